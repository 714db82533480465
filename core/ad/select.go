package ad

import (
	"fmt"

	"pushpull/core/kernel"
)

// At returns entry i of the first axis: x [v, n, d] gives [n, d]. Memory is shared.
func (t *Tape) At(x *Value, i int) *Value {
	var shape [4]int
	copy(shape[:], x.dims[1:x.rank])
	return t.Reshape(t.SliceRows(x, i, i+1), shape[:x.rank-1]...)
}

// ZeroDiagonal returns x [n, n] with 0 in place of x[i, i].
func (t *Tape) ZeroDiagonal(x *Value) *Value {
	mustBeSquare("ZeroDiagonal", x)
	y := t.node(zeroDiagonalBack, x, nil, nil, x.Shape()...)
	copy(y.Data, x.Data)
	for i := 0; i < len(y.Data); i += y.dims[1] + 1 {
		y.Data[i] = 0
	}
	return y
}

func zeroDiagonalBack(y *Value) {
	g, n := y.in[0].want(), y.dims[1]
	for i := range y.dims[0] {
		lo, at, hi := i*n, i*(n+1), (i+1)*n
		kernel.Axpy(1, y.Grad[lo:at], g[lo:at])
		kernel.Axpy(1, y.Grad[at+1:hi], g[at+1:hi])
	}
}

// GatherDots returns the dot products of each row of x [n, d] with m rows of table [rows, d], those that index [n·m]
// names: [n, m].
func (t *Tape) GatherDots(x, table *Value, index []int32) *Value {
	mustBeMatrix("GatherDots", x)
	mustBeMatrix("GatherDots", table)
	n, d := x.dims[0], x.dims[1]
	if table.dims[1] != d || n == 0 || len(index)%n != 0 {
		panic(fmt.Sprintf("ad.GatherDots: %v with %d rows of %v", x.Shape(), len(index), table.Shape()))
	}
	m := len(index) / n
	y := t.node(gatherDotsBack, x, table, nil, n, m)
	y.idx = index
	for at, r := range index {
		y.Data[at] = kernel.Dot(x.Data[at/m*d:][:d], table.Data[int(r)*d:][:d])
	}
	return y
}

func gatherDotsBack(y *Value) {
	x, table := y.in[0], y.in[1]
	d, m := x.dims[1], y.dims[1]
	dx, dt := x.want(), table.want()
	for at, r := range y.idx {
		if dx != nil {
			kernel.Axpy(y.Grad[at], table.Data[int(r)*d:][:d], dx[at/m*d:][:d])
		}
		if dt != nil {
			kernel.Axpy(y.Grad[at], x.Data[at/m*d:][:d], dt[int(r)*d:][:d])
		}
	}
}

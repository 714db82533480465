package ad

import (
	"fmt"

	"pushpull/core/kernel"
)

// MatMul returns a·b for a [m, k], b [k, n].
func (t *Tape) MatMul(a, b *Value) *Value { return t.product(a, b, false, false) }

// MatMulT returns a·bᵀ for a [m, k], b [n, k]: the dot products of all pairs of rows.
func (t *Tape) MatMulT(a, b *Value) *Value { return t.product(a, b, false, true) }

// TMatMul returns aᵀ·b for a [k, m], b [k, n].
func (t *Tape) TMatMul(a, b *Value) *Value { return t.product(a, b, true, false) }

func (t *Tape) product(a, b *Value, ta, tb bool) *Value {
	mustBeMatrix("MatMul", a)
	mustBeMatrix("MatMul", b)
	m, k := a.dims[0], a.dims[1]
	if ta {
		m, k = k, m
	}
	kb, n := b.dims[0], b.dims[1]
	if tb {
		kb, n = n, kb
	}
	if k != kb {
		panic(fmt.Sprintf("ad.MatMul: %v × %v (transposed: %v, %v)", a.Shape(), b.Shape(), ta, tb))
	}
	y := t.node(productBack, a, b, nil, m, n)
	y.n = [8]int{m, n, k, flag(ta), flag(tb)}
	kernel.Gemm(ta, tb, m, n, k, 1, a.Data, a.dims[1], b.Data, b.dims[1], 0, y.Data, n)
	return y
}

// productBack: for y = a·b it is da = dy·bᵀ and db = aᵀ·dy, with each factor as it is stored.
func productBack(y *Value) {
	a, b := y.in[0], y.in[1]
	m, n, k, ta, tb := y.n[0], y.n[1], y.n[2], y.n[3] == 1, y.n[4] == 1
	if g := a.want(); g != nil {
		if ta { // stored [k, m]: b·dyᵀ
			kernel.Gemm(tb, true, k, m, n, 1, b.Data, b.dims[1], y.Grad, n, 1, g, m)
		} else {
			kernel.Gemm(false, !tb, m, k, n, 1, y.Grad, n, b.Data, b.dims[1], 1, g, k)
		}
	}
	if g := b.want(); g != nil {
		if tb { // stored [n, k]: dyᵀ·a
			kernel.Gemm(true, ta, n, k, m, 1, y.Grad, n, a.Data, a.dims[1], 1, g, k)
		} else {
			kernel.Gemm(!ta, false, k, n, m, 1, a.Data, a.dims[1], y.Grad, n, 1, g, n)
		}
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Transpose returns xᵀ for x [m, n].
func (t *Tape) Transpose(x *Value) *Value {
	mustBeMatrix("Transpose", x)
	m, n := x.dims[0], x.dims[1]
	y := t.node(transposeBack, x, nil, nil, n, m)
	for i := range m {
		for j := range n {
			y.Data[j*m+i] = x.Data[i*n+j]
		}
	}
	return y
}

func transposeBack(y *Value) {
	g := y.in[0].want()
	n, m := y.dims[0], y.dims[1]
	for i := range m {
		for j := range n {
			g[i*n+j] += y.Grad[j*m+i]
		}
	}
}

// Linear returns x·wᵀ + b over the last axis: x [..., in], w [out, in], b [out] or nil; the result is [..., out].
func (t *Tape) Linear(x, w, b *Value) *Value {
	mustBeMatrix("Linear", w)
	rows, in, out := x.Rows(), x.Cols(), w.dims[0]
	if w.dims[1] != in || b != nil && b.Len() != out {
		panic(fmt.Sprintf("ad.Linear: %v × weight %v and %d biases", x.Shape(), w.Shape(), len(data(b))))
	}
	shape := x.dims
	shape[x.rank-1] = out
	y := t.node(linearBack, x, w, b, shape[:x.rank]...)
	kernel.Gemm(false, true, rows, out, in, 1, x.Data, in, w.Data, in, 0, y.Data, out)
	if b != nil {
		kernel.AddBias(y.Data, b.Data)
	}
	return y
}

func linearBack(y *Value) {
	x, w, b := y.in[0], y.in[1], y.in[2]
	rows, in, out := x.Rows(), x.Cols(), w.dims[0]
	if g := x.want(); g != nil {
		kernel.Gemm(false, false, rows, in, out, 1, y.Grad, out, w.Data, in, 1, g, in)
	}
	if g := w.want(); g != nil {
		kernel.Gemm(true, false, out, in, rows, 1, y.Grad, out, x.Data, in, 1, g, in)
	}
	if g := b.want(); g != nil {
		kernel.SumRows(g, y.Grad)
	}
}

// AddRow returns x plus row b [d] on each row of x [..., d].
func (t *Tape) AddRow(x, b *Value) *Value {
	if b.Len() != x.Cols() {
		panic(fmt.Sprintf("ad.AddRow: %v + row %v", x.Shape(), b.Shape()))
	}
	y := t.node(addRowBack, x, b, nil, x.Shape()...)
	copy(y.Data, x.Data)
	kernel.AddBias(y.Data, b.Data)
	return y
}

func addRowBack(y *Value) {
	if g := y.in[0].want(); g != nil {
		kernel.Axpy(1, y.Grad, g)
	}
	if g := y.in[1].want(); g != nil {
		kernel.SumRows(g, y.Grad)
	}
}

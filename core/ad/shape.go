package ad

import (
	"fmt"

	"pushpull/core/kernel"
)

// StopGradient returns x as a constant: no gradient flows through.
func (t *Tape) StopGradient(x *Value) *Value { return t.Input(x.Data, x.Shape()...) }

// Reshape returns x with other axes of the same number of elements. Memory is shared.
func (t *Tape) Reshape(x *Value, shape ...int) *Value {
	y := t.value(shape)
	if y.Len() != x.Len() {
		panic(fmt.Sprintf("ad.Reshape: %v to %v", x.Shape(), y.Shape()))
	}
	y.Data = x.Data
	t.link(y, reshapeBack, x)
	return y
}

func reshapeBack(y *Value) { kernel.Axpy(1, y.Grad, y.in[0].want()) }

// ConcatRows stacks values with equal axes but the first.
func (t *Tape) ConcatRows(xs ...*Value) *Value {
	shape := xs[0].dims
	shape[0] = 0
	for _, x := range xs {
		if x.rank != xs[0].rank || x.Len()/max(x.dims[0], 1) != xs[0].Len()/max(xs[0].dims[0], 1) {
			panic(fmt.Sprintf("ad.ConcatRows: %v under %v", x.Shape(), xs[0].Shape()))
		}
		shape[0] += x.dims[0]
	}
	y := t.nodeOf(concatRowsBack, xs, shape[:xs[0].rank]...)
	at := 0
	for _, x := range xs {
		at += copy(y.Data[at:], x.Data)
	}
	return y
}

// nodeOf is node with any number of inputs, which Value.more keeps.
func (t *Tape) nodeOf(back func(*Value), xs []*Value, shape ...int) *Value {
	y := t.value(shape)
	y.Data = t.Floats(y.Len())
	t.link(y, back, xs...)
	from := len(t.lists)
	t.lists = append(t.lists, xs...)
	y.more = t.lists[from:len(t.lists):len(t.lists)]
	return y
}

func concatRowsBack(y *Value) {
	at := 0
	for _, x := range y.more {
		g := x.want()
		kernel.Axpy(1, y.Grad[at:at+len(g)], g)
		at += len(x.Data)
	}
}

// ConcatCols joins matrices of equal rows side by side: [n, d1], [n, d2] … give [n, d1+d2+…].
func (t *Tape) ConcatCols(xs ...*Value) *Value {
	rows, cols := xs[0].Rows(), 0
	for _, x := range xs {
		if x.Rows() != rows {
			panic(fmt.Sprintf("ad.ConcatCols: %v beside %v", x.Shape(), xs[0].Shape()))
		}
		cols += x.Cols()
	}
	y := t.nodeOf(concatColsBack, xs, rows, cols)
	at := 0
	for _, x := range xs {
		d := x.Cols()
		for i := range rows {
			copy(y.Data[i*cols+at:][:d], x.Data[i*d:])
		}
		at += d
	}
	return y
}

func concatColsBack(y *Value) {
	at, cols := 0, y.Cols()
	for _, x := range y.more {
		d := x.Cols()
		if g := x.want(); g != nil {
			for i := range x.Rows() {
				kernel.Axpy(1, y.Grad[i*cols+at:][:d], g[i*d:][:d])
			}
		}
		at += d
	}
}

// SliceRows returns entries lo to hi−1 of the first axis. Memory is shared.
func (t *Tape) SliceRows(x *Value, lo, hi int) *Value {
	if lo < 0 || hi < lo || hi > x.dims[0] {
		panic(fmt.Sprintf("ad.SliceRows: %d to %d of %v", lo, hi, x.Shape()))
	}
	shape := x.dims
	shape[0] = hi - lo
	y := t.value(shape[:x.rank])
	width := x.Len() / max(x.dims[0], 1)
	y.Data = x.Data[lo*width : hi*width]
	y.n[0] = lo * width
	t.link(y, sliceRowsBack, x)
	return y
}

func sliceRowsBack(y *Value) {
	g := y.in[0].want()
	kernel.Axpy(1, y.Grad, g[y.n[0]:y.n[0]+len(y.Grad)])
}

// SliceCols returns columns lo to hi−1 of the last axis of x.
func (t *Tape) SliceCols(x *Value, lo, hi int) *Value {
	d := x.Cols()
	if lo < 0 || hi < lo || hi > d {
		panic(fmt.Sprintf("ad.SliceCols: %d to %d of %v", lo, hi, x.Shape()))
	}
	shape := x.dims
	shape[x.rank-1] = hi - lo
	y := t.node(sliceColsBack, x, nil, nil, shape[:x.rank]...)
	y.n[0] = lo
	for i := range x.Rows() {
		copy(y.Data[i*(hi-lo):(i+1)*(hi-lo)], x.Data[i*d+lo:])
	}
	return y
}

func sliceColsBack(y *Value) {
	g, d, w := y.in[0].want(), y.in[0].Cols(), y.Cols()
	for i := range y.Rows() {
		kernel.Axpy(1, y.Grad[i*w:(i+1)*w], g[i*d+y.n[0]:][:w])
	}
}

// GatherRows returns row index[i] of table [rows, d] for each i: an embedding. The result has shape's axes and d.
func (t *Tape) GatherRows(table *Value, index []int32, shape ...int) *Value {
	mustBeMatrix("GatherRows", table)
	var dims [4]int
	rank := copy(dims[:], shape)
	if rank == 0 {
		dims[0], rank = len(index), 1
	}
	d := table.dims[1]
	dims[rank] = d
	y := t.node(gatherRowsBack, table, nil, nil, dims[:rank+1]...)
	y.idx = index
	if y.Rows() != len(index) {
		panic(fmt.Sprintf("ad.GatherRows: %d indices for shape %v", len(index), y.Shape()))
	}
	for i, r := range index {
		if r < 0 || int(r) >= table.dims[0] {
			panic(fmt.Sprintf("ad.GatherRows: row %d of %v", r, table.Shape()))
		}
		copy(y.Data[i*d:(i+1)*d], table.Data[int(r)*d:])
	}
	return y
}

func gatherRowsBack(y *Value) {
	g, d := y.in[0].want(), y.Cols()
	for i, r := range y.idx {
		kernel.Axpy(1, y.Grad[i*d:(i+1)*d], g[int(r)*d:][:d])
	}
}

// Diagonal returns the elements x[i, i] of x [n, m], n ≤ m, as [n].
func (t *Tape) Diagonal(x *Value) *Value {
	mustBeMatrix("Diagonal", x)
	if x.dims[0] > x.dims[1] {
		panic(fmt.Sprintf("ad.Diagonal: %v has more rows than columns", x.Shape()))
	}
	y := t.node(diagonalBack, x, nil, nil, x.dims[0])
	for i := range y.Data {
		y.Data[i] = x.Data[i*x.dims[1]+i]
	}
	return y
}

func diagonalBack(y *Value) {
	x := y.in[0]
	g := x.want()
	for i, d := range y.Grad {
		g[i*x.dims[1]+i] += d
	}
}

// MaskDiagonal returns x [n, m] with −∞ in place of x[i, i], so that a softmax over the row leaves it out.
func (t *Tape) MaskDiagonal(x *Value) *Value { return t.MaskDiagonals(x, max(x.Rows(), x.Cols())) }

// MaskDiagonals is MaskDiagonal with every x[i, j] masked for which i−j is a multiple of period: with period n, of a
// matrix [2n, 2n] of two stacked views, an image's similarities to itself and to its other view.
func (t *Tape) MaskDiagonals(x *Value, period int) *Value {
	mustBeMatrix("MaskDiagonals", x)
	y := t.node(maskDiagonalsBack, x, nil, nil, x.Shape()...)
	y.n[0] = period
	copy(y.Data, x.Data)
	y.fillDiagonals(y.Data, negInf)
	return y
}

func (y *Value) fillDiagonals(a []float32, v float32) {
	rows, cols, period := y.dims[0], y.dims[1], y.n[0]
	for i := range rows {
		for j := i % period; j < cols; j += period {
			a[i*cols+j] = v
		}
	}
}

func maskDiagonalsBack(y *Value) {
	dy := y.Grad
	if y.keep { // stays readable
		dy = y.tape.Floats(len(dy))
		copy(dy, y.Grad)
	}
	y.fillDiagonals(dy, 0)
	y.handOn(y.in[0], dy)
}

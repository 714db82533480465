package ad

import (
	"fmt"
	"slices"

	"pushpull/core/kernel"
)

// Sum returns the sum of all elements.
func (t *Tape) Sum(x *Value) *Value {
	y := t.node(sumBack, x, nil, nil)
	y.f[0] = 1
	y.Data[0] = kernel.Sum(x.Data)
	return y
}

// Mean returns the mean of all elements.
func (t *Tape) Mean(x *Value) *Value {
	y := t.node(sumBack, x, nil, nil)
	y.f[0] = 1 / float32(x.Len())
	y.Data[0] = kernel.Sum(x.Data) / float32(x.Len())
	return y
}

func sumBack(y *Value) {
	d := y.Grad[0] * y.f[0]
	g := y.in[0].want()
	for i := range g {
		g[i] += d
	}
}

// RowSum returns the sum of each row: x [..., d] gives [rows].
func (t *Tape) RowSum(x *Value) *Value {
	y := t.node(rowSumBack, x, nil, nil, x.Rows())
	d := x.Cols()
	for i := range y.Data {
		y.Data[i] = kernel.Sum(x.Data[i*d : (i+1)*d])
	}
	return y
}

func rowSumBack(y *Value) {
	g, d := y.in[0].want(), y.in[0].Cols()
	for i, e := range y.Grad {
		for j := range d {
			g[i*d+j] += e
		}
	}
}

// ColMean returns the mean of each column: x [..., d] gives [d].
func (t *Tape) ColMean(x *Value) *Value {
	y := t.node(colMeanBack, x, nil, nil, x.Cols())
	y.f[0] = 1 / float32(x.Rows())
	clear(y.Data)
	kernel.SumRows(y.Data, x.Data)
	kernel.Scale(y.f[0], y.Data)
	return y
}

func colMeanBack(y *Value) {
	g, d := y.in[0].want(), y.Cols()
	for i := 0; i < len(g); i += d {
		kernel.Axpy(y.f[0], y.Grad, g[i:i+d])
	}
}

// RowDot returns the dot product of each pair of rows: a, b [n, d] give [n].
func (t *Tape) RowDot(a, b *Value) *Value {
	mustMatch("RowDot", a, b)
	y := t.node(rowDotBack, a, b, nil, a.Rows())
	d := a.Cols()
	for i := range y.Data {
		y.Data[i] = kernel.Dot(a.Data[i*d:(i+1)*d], b.Data[i*d:(i+1)*d])
	}
	return y
}

func rowDotBack(y *Value) {
	a, b := y.in[0], y.in[1]
	d := a.Cols()
	da, db := a.want(), b.want()
	for i, e := range y.Grad {
		lo, hi := i*d, (i+1)*d
		if da != nil {
			kernel.Axpy(e, b.Data[lo:hi], da[lo:hi])
		}
		if db != nil {
			kernel.Axpy(e, a.Data[lo:hi], db[lo:hi])
		}
	}
}

// NormalizeRows scales each row of x [..., d] to length 1; a row shorter than 1e-12 is divided by 1e-12.
func (t *Tape) NormalizeRows(x *Value) *Value { return t.NormalizeRowsEps(x, 1e-12) }

// NormalizeRowsEps is NormalizeRows with eps in place of 1e-12: y = x/max(|x|, eps).
func (t *Tape) NormalizeRowsEps(x *Value, eps float32) *Value {
	y := t.node(normalizeRowsBack, x, nil, nil, x.Shape()...)
	y.aux[0], y.f[0] = t.Floats(x.Rows()), eps
	kernel.NormalizeRows(y.Data, y.aux[0], x.Data, x.Cols(), eps)
	return y
}

// normalizeRowsBack: dx = (dy − y·(y·dy))/|x|, or dy/eps where |x| < eps.
func normalizeRowsBack(y *Value) {
	g, norms, eps, d := y.in[0].want(), y.aux[0], y.f[0], y.Cols()
	if len(norms) > 0 && slices.Min(norms) > eps {
		kernel.NormalizeRowsGrad(g, y.Data, norms, y.Grad, d)
		return
	}
	for i, norm := range norms {
		lo, hi := i*d, (i+1)*d
		if norm > eps {
			kernel.NormalizeRowsGrad(g[lo:hi], y.Data[lo:hi], norms[i:i+1], y.Grad[lo:hi], d)
		} else {
			kernel.Axpy(1/eps, y.Grad[lo:hi], g[lo:hi])
		}
	}
}

// MulRows returns x [n, d] with row i multiplied by c[i], constants.
func (t *Tape) MulRows(x *Value, c []float32) *Value {
	if len(c) != x.Rows() {
		panic(fmt.Sprintf("ad.MulRows: %v with %d factors", x.Shape(), len(c)))
	}
	y := t.node(mulRowsBack, x, nil, nil, x.Shape()...)
	y.aux[0] = c
	d := x.Cols()
	for i, f := range c {
		for j := i * d; j < (i+1)*d; j++ {
			y.Data[j] = f * x.Data[j]
		}
	}
	return y
}

func mulRowsBack(y *Value) {
	g, d := y.in[0].want(), y.Cols()
	for i, f := range y.aux[0] {
		kernel.Axpy(f, y.Grad[i*d:(i+1)*d], g[i*d:(i+1)*d])
	}
}

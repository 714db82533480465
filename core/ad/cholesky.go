package ad

import (
	"fmt"
	"math"
)

// Cholesky returns the lower triangular L with L·Lᵀ = a for a symmetric positive definite a [d, d]; its gradient is
// symmetric. Where a is not positive definite the result is NaN.
func (t *Tape) Cholesky(a *Value) *Value {
	mustBeSquare("Cholesky", a)
	d := a.dims[0]
	y := t.node(choleskyBack, a, nil, nil, d, d)
	clear(y.Data)
	for i := range d {
		for j := range i + 1 {
			s := float64(a.Data[i*d+j]) - dot64(y.Data[i*d:i*d+j], y.Data[j*d:j*d+j])
			if i == j {
				y.Data[i*d+i] = float32(math.Sqrt(s))
			} else {
				y.Data[i*d+j] = float32(s / float64(y.Data[j*d+j]))
			}
		}
	}
	return y
}

// choleskyBack: da = (S + Sᵀ)/2 with S = L⁻ᵀ·Φ(Lᵀ·dL)·L⁻¹, where Φ keeps the lower triangle and half the diagonal
// (Murray 2016, "Differentiation of the Cholesky decomposition", equation 9).
func choleskyBack(y *Value) {
	d, l := y.dims[0], y.Data
	p := y.tape.arena.Zeros(d * d)
	for i := range d {
		for j := range i + 1 {
			s := 0.0
			for k := i; k < d; k++ {
				s += float64(l[k*d+i]) * float64(y.Grad[k*d+j])
			}
			if i == j {
				s /= 2
			}
			p[i*d+j] = float32(s)
		}
	}
	solveLowerColumns(l, p, d)  // L⁻ᵀ·Φ, column by column
	solveLowerTRows(l, p, d, d) // ·L⁻¹, row by row
	g := y.in[0].want()
	for i := range d {
		for j := range d {
			g[i*d+j] += (p[i*d+j] + p[j*d+i]) / 2
		}
	}
	y.tape.arena.Recycle(p)
}

// SolveRows solves L·y = x for each row of x [n, d] with L [d, d] lower triangular: y = x·L⁻ᵀ. What stands above the
// diagonal of l is not read.
func (t *Tape) SolveRows(x, l *Value) *Value {
	mustBeSquare("SolveRows", l)
	mustBeMatrix("SolveRows", x)
	n, d := x.dims[0], x.dims[1]
	if l.dims[0] != d {
		panic(fmt.Sprintf("ad.SolveRows: rows of %v with %v", x.Shape(), l.Shape()))
	}
	y := t.node(solveRowsBack, x, l, nil, n, d)
	for r := 0; r < n*d; r += d {
		row := y.Data[r : r+d]
		for i := range row {
			row[i] = float32((float64(x.Data[r+i]) - dot64(l.Data[i*d:i*d+i], row[:i])) / float64(l.Data[i*d+i]))
		}
	}
	return y
}

// solveRowsBack: dx = dy·L⁻¹ and dL = −tril(dxᵀ·y).
func solveRowsBack(y *Value) {
	x, l := y.in[0], y.in[1]
	n, d := y.dims[0], y.dims[1]
	e := y.tape.Floats(n * d)
	copy(e, y.Grad)
	solveLowerTRows(l.Data, e, n, d)
	if g := x.want(); g != nil {
		for i, v := range e {
			g[i] += v
		}
	}
	if g := l.want(); g != nil {
		for r := 0; r < n*d; r += d {
			for i := range d {
				for j := range i + 1 {
					g[i*d+j] -= e[r+i] * y.Data[r+j]
				}
			}
		}
	}
	y.tape.arena.Recycle(e)
}

// solveLowerTRows overwrites each row b of x [n, d] with b·L⁻¹.
func solveLowerTRows(l, x []float32, n, d int) {
	for r := 0; r < n*d; r += d {
		row := x[r : r+d]
		for i := d - 1; i >= 0; i-- {
			row[i] /= l[i*d+i]
			for j := range i {
				row[j] -= row[i] * l[i*d+j]
			}
		}
	}
}

// solveLowerColumns overwrites x [d, d] with L⁻ᵀ·x.
func solveLowerColumns(l, x []float32, d int) {
	for i := d - 1; i >= 0; i-- {
		for j := range d {
			s := float64(x[i*d+j])
			for k := i + 1; k < d; k++ {
				s -= float64(l[k*d+i]) * float64(x[k*d+j])
			}
			x[i*d+j] = float32(s / float64(l[i*d+i]))
		}
	}
}

// dot64 is the dot product of a and b, summed in float64.
func dot64(a, b []float32) float64 {
	s := 0.0
	for i, v := range a {
		s += float64(v) * float64(b[i])
	}
	return s
}

func mustBeSquare(op string, a *Value) {
	if a.rank != 2 || a.dims[0] != a.dims[1] {
		panic(fmt.Sprintf("ad.%s: shape %v, want a square matrix", op, a.Shape()))
	}
}

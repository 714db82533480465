package ad

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// NuclearNorm returns the sum of the singular values of each matrix: x [m, n] gives one number, x [b, m, n] gives [b].
// Singular values below a millionth of the largest count as 0 and give no gradient.
func (t *Tape) NuclearNorm(x *Value) *Value {
	m, n := x.dims[max(x.rank-2, 0)], x.Cols()
	var y *Value
	switch x.rank {
	case 2:
		y = t.node(nuclearNormBack, x, nil, nil)
	case 3:
		y = t.node(nuclearNormBack, x, nil, nil, x.dims[0])
	default:
		panic(fmt.Sprintf("ad.NuclearNorm: shape %v, want a matrix or several", x.Shape()))
	}
	y.aux[0] = t.Floats(x.Len())
	for b := range y.Data {
		y.Data[b] = float32(t.polar(y.aux[0][b*m*n:][:m*n], x.Data[b*m*n:][:m*n], m, n))
	}
	return y
}

// nuclearNormBack: the gradient of Σσ is U·Vᵀ, the orthogonal factor of x = U·Σ·Vᵀ.
func nuclearNormBack(y *Value) {
	g := y.in[0].want()
	size := len(g) / len(y.Data)
	for i := range g {
		g[i] += y.Grad[i/size] * y.aux[0][i]
	}
}

// polar writes U·Vᵀ of x = U·Σ·Vᵀ [m, n] and returns Σσ. With the eigenvectors E and values σ² of the smaller of xᵀ·x and
// x·xᵀ it is x·E·Σ⁻¹·Eᵀ or E·Σ⁻¹·Eᵀ·x.
func (t *Tape) polar(factor, x []float32, m, n int) float64 {
	k := min(m, n)
	need := 2*k*k + k + m*n + 4*k
	if cap(t.doubles) < need {
		t.doubles = make([]float64, need)
	}
	memory := t.doubles[:need]
	take := func(size int) []float64 {
		part := memory[:size]
		memory = memory[size:]
		return part
	}
	wide := blas64.General{Rows: m, Cols: n, Stride: n, Data: take(m * n)}
	for i, v := range x {
		wide.Data[i] = float64(v)
	}
	gram := blas64.Symmetric{Uplo: blas.Lower, N: k, Stride: k, Data: take(k * k)}
	root := blas64.General{Rows: k, Cols: k, Stride: k, Data: take(k * k)}
	side := blas.NoTrans
	if n < m {
		side = blas.Trans
	}
	blas64.Syrk(side, 1, wide, 0, gram)
	values := take(k)
	trace := 0.0
	for i := range k {
		trace += gram.Data[i*(k+1)]
	}
	// On numbers that are not finite LAPACK need not end.
	if math.IsNaN(trace) || math.IsInf(trace, 0) || !lapack64.Syev(lapack.EVCompute, gram, values, take(4*k), 4*k) {
		for i := range factor {
			factor[i] = float32(math.NaN())
		}
		return math.NaN()
	}
	total, largest := 0.0, math.Sqrt(math.Max(values[k-1], 0))
	clear(root.Data)
	for e, v := range values {
		sigma := math.Sqrt(math.Max(v, 0))
		if sigma <= 1e-6*largest {
			continue
		}
		total += sigma
		for i := range k { // root += e·eᵀ/σ
			blas64.Axpy(gram.Data[i*k+e]/sigma, blas64.Vector{N: k, Inc: k, Data: gram.Data[e:]}, blas64.Vector{N: k, Inc: 1, Data: root.Data[i*k:]})
		}
	}
	for i := range m {
		for j := range n {
			s := 0.0
			for l := range k {
				if n < m {
					s += wide.Data[i*n+l] * root.Data[l*k+j]
				} else {
					s += root.Data[i*k+l] * wide.Data[l*n+j]
				}
			}
			factor[i*n+j] = float32(s)
		}
	}
	return total
}

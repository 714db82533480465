package probe

import (
	"math"

	"pushpull/core/kernel"
)

// nearestRotation returns the orthogonal matrix nearest to a [k, k]: U Wᵀ where a = U Σ Wᵀ. What a leaves open, if it
// is singular, is filled in somehow, always in the same way.
func nearestRotation(a []float64, k int) []float64 {
	w := make([]float64, k*k) // aᵀa, then its eigenvectors
	for i := range k {
		for j := range k {
			for l := range k {
				w[i*k+j] += a[l*k+i] * a[l*k+j]
			}
		}
	}
	squares := eigen(w, k)
	u := make([]float32, k*k) // row i is a w_i, made orthonormal
	for i := range k {
		if squares[i] > 1e-20*squares[0] {
			for l := range k {
				var s float64
				for j := range k {
					s += a[l*k+j] * w[i*k+j]
				}
				u[i*k+l] = float32(s / math.Sqrt(squares[i]))
			}
		}
	}
	orthonormalize(u, k)
	r := make([]float64, k*k)
	for i := range k {
		for l := range k {
			for j := range k {
				r[l*k+j] += float64(u[i*k+l]) * w[i*k+j]
			}
		}
	}
	return r
}

// orthonormalize makes the rows of b [p, d], p <= d, orthonormal, each from what the rows before it leave of it. A row
// of which they leave nothing becomes what they leave of a unit vector.
func orthonormalize(b []float32, d int) {
	for i := 0; i < len(b); i += d {
		row, before := b[i:][:d], b[:i]
		size := kernel.SumSquares(row)
		project(row, before, d)
		if left := kernel.SumSquares(row); !(left > 1e-10*size) || size == 0 {
			clear(row)
			row[freest(before, d)] = 1
			project(row, before, d)
		}
		kernel.Scale(float32(1/math.Sqrt(float64(kernel.SumSquares(row)))), row)
		project(row, before, d) // again, as the first time leaves rounding of what was large
		kernel.Scale(float32(1/math.Sqrt(float64(kernel.SumSquares(row)))), row)
	}
}

// project subtracts from row its part along each of the orthonormal rows of b.
func project(row, b []float32, d int) {
	for j := 0; j < len(b); j += d {
		kernel.Axpy(-kernel.Dot(row, b[j:][:d]), b[j:][:d], row)
	}
}

// freest returns the coordinate whose unit vector has least in the span of the orthonormal rows of b.
func freest(b []float32, d int) int {
	best, least := 0, math.Inf(1)
	for c := range d {
		var s float64
		for j := c; j < len(b); j += d {
			s += float64(b[j]) * float64(b[j])
		}
		if s < least {
			best, least = c, s
		}
	}
	return best
}

// mix replaces the rows of b [p, d] by m b, m [p, p].
func mix(b []float32, m []float64, d int) {
	p := len(b) / d
	column := make([]float64, p)
	for c := range d {
		for i := range p {
			column[i] = float64(b[i*d+c])
		}
		for i := range p {
			var s float64
			for j, v := range column {
				s += m[i*p+j] * v
			}
			b[i*d+c] = float32(s)
		}
	}
}

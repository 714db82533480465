package probe

import (
	"fmt"
	"math"

	"pushpull/core/kernel"
)

// PCA is a projection onto the k directions of greatest variance.
type PCA struct {
	Mean       []float32 // [d], of the rows it was fitted on
	Components []float32 // [k, d], orthonormal rows; the entry of greatest magnitude in each is positive
	Variance   []float64 // [k], along each component, divisor n-1
	Ratio      []float64 // [k], their shares of the total variance
}

// FitPCA returns the k first principal components of x [n, d]. It is an error if n < 2 or k is not in [1, min(n, d)].
func FitPCA(x []float32, d, k int) (*PCA, error) {
	n := rowsOf("FitPCA", x, d)
	switch {
	case n < 2:
		return nil, fmt.Errorf("PCA of %d rows: it needs at least 2", n)
	case k < 1 || k > min(n, d):
		return nil, fmt.Errorf("PCA of %d rows of length %d to %d components: there must be from 1 to %d", n, d, k, min(n, d))
	}
	mean := columnMeans(x, d)
	c := moment(x, mean, x, mean)
	variance := eigen(c, d)
	all := total(variance)
	p := &PCA{make([]float32, d), make([]float32, k*d), make([]float64, k), make([]float64, k)}
	for j, v := range mean {
		p.Mean[j] = float32(v)
	}
	for i := range k {
		row := c[i*d:][:d]
		fixSign(row)
		for j, v := range row {
			p.Components[i*d+j] = float32(v)
		}
		p.Variance[i] = variance[i] / float64(n-1)
		if all != 0 {
			p.Ratio[i] = variance[i] / all
		}
	}
	return p, nil
}

// fixSign flips v so that its entry of greatest magnitude, of equals the first, is positive.
func fixSign[F float32 | float64](v []F) {
	at := 0
	for j := range v {
		if math.Abs(float64(v[j])) > math.Abs(float64(v[at])) {
			at = j
		}
	}
	if v[at] < 0 {
		for j := range v {
			v[j] = -v[j]
		}
	}
}

// Project returns the coordinates [n, k] of the rows of x [n, d].
func (p *PCA) Project(x []float32) []float32 {
	const block = 1024
	d := len(p.Mean)
	k, n := len(p.Components)/d, rowsOf("PCA.Project", x, d)
	y := make([]float32, n*k)
	row := make([]float32, min(n, block)*d) // centred before the product, which would cancel otherwise
	for lo := 0; lo < n; lo += block {
		rows := min(block, n-lo)
		for i, v := range x[lo*d : (lo+rows)*d] {
			row[i] = v - p.Mean[i%d]
		}
		kernel.Gemm(false, true, rows, k, d, 1, row, d, p.Components, d, 0, y[lo*k:], k)
	}
	return y
}

package probe

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// columnMeans returns the mean of each column of x [n, d], zeros if n is 0.
func columnMeans(x []float32, d int) []float64 {
	mean := make([]float64, d)
	if len(x) == 0 {
		return mean
	}
	for i := 0; i < len(x); i += d {
		for j, v := range x[i:][:d] {
			mean[j] += float64(v)
		}
	}
	for j := range mean {
		mean[j] /= float64(len(x) / d)
	}
	return mean
}

// centered returns a copy of x [n, d] with mean [d] subtracted from each row.
func centered(x []float32, mean []float64) []float32 {
	d := len(mean)
	y := make([]float32, len(x))
	for i := 0; i < len(x); i += d {
		for j, v := range x[i:][:d] {
			y[i+j] = float32(float64(v) - mean[j])
		}
	}
	return y
}

// moment returns Σ (x-mean(x))ᵀ (y-mean(y)) over the rows of x [n, len(xMean)] and y [n, len(yMean)], in float64:
// singular values far below the largest one would drown in the rounding of float32.
func moment(x []float32, xMean []float64, y []float32, yMean []float64) blas64.General {
	const block = 256 // rows converted at a time
	dx, dy := len(xMean), len(yMean)
	n := len(x) / dx
	sum := blas64.General{Rows: dx, Cols: dy, Stride: dy, Data: make([]float64, dx*dy)}
	a, b := make([]float64, block*dx), make([]float64, block*dy)
	for lo := 0; lo < n; lo += block {
		rows := min(block, n-lo)
		widen(a, x[lo*dx:][:rows*dx], xMean)
		widen(b, y[lo*dy:][:rows*dy], yMean)
		blas64.Gemm(blas.Trans, blas.NoTrans, 1,
			blas64.General{Rows: rows, Cols: dx, Stride: dx, Data: a},
			blas64.General{Rows: rows, Cols: dy, Stride: dy, Data: b}, 1, sum)
	}
	return sum
}

// widen writes the rows of x minus mean to dst.
func widen(dst []float64, x []float32, mean []float64) {
	d := len(mean)
	for i := 0; i < len(x); i += d {
		for j, v := range x[i:][:d] {
			dst[i+j] = float64(v) - mean[j]
		}
	}
}

// eigen returns the eigenvalues of the symmetric a, greatest first, and overwrites a: row i becomes the eigenvector of
// value i. Negative values are those of rounding and returned as 0. All values are NaN where a holds NaN or Inf.
func eigen(a blas64.General) []float64 {
	n := a.Rows
	values := make([]float64, n)
	for _, v := range a.Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			for i := range values {
				values[i] = math.NaN()
			}
			return values
		}
	}
	sym := blas64.Symmetric{N: n, Stride: a.Stride, Data: a.Data, Uplo: blas.Upper}
	size := make([]float64, 1)
	lapack64.Syev(lapack.EVCompute, sym, values, size, -1)
	work := make([]float64, int(size[0]))
	if !lapack64.Syev(lapack.EVCompute, sym, values, work, len(work)) {
		panic("probe: the eigenvalues of a finite symmetric matrix did not converge")
	}
	// Eigenvectors are columns in ascending order; make them rows in descending order.
	for i := range n {
		for j := range i {
			a.Data[i*n+j], a.Data[j*n+i] = a.Data[j*n+i], a.Data[i*n+j]
		}
	}
	for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
		for k := range n {
			a.Data[i*n+k], a.Data[j*n+k] = a.Data[j*n+k], a.Data[i*n+k]
		}
	}
	slices.Reverse(values)
	for i, v := range values {
		values[i] = max(v, 0)
	}
	return values
}

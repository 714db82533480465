package probe

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// eigen returns the eigenvalues of the symmetric a [n, n], greatest first, and overwrites a: row i becomes the
// eigenvector of value i. a may have no negative eigenvalue but those of rounding, returned as 0. All values are NaN
// where a holds NaN or Inf.
func eigen(a []float64, n int) []float64 {
	values := syev(lapack.EVCompute, a, n)
	// The eigenvectors are columns in ascending order: make them rows in descending order.
	for i := range n {
		for j := range i {
			a[i*n+j], a[j*n+i] = a[j*n+i], a[i*n+j]
		}
	}
	for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
		for k := range n {
			a[i*n+k], a[j*n+k] = a[j*n+k], a[i*n+k]
		}
	}
	return values
}

// eigenvalues is eigen without the vectors, several times faster. It overwrites a, too.
func eigenvalues(a []float64, n int) []float64 { return syev(lapack.EVNone, a, n) }

func syev(job lapack.EVJob, a []float64, n int) []float64 {
	values := make([]float64, n)
	for _, v := range a {
		if math.IsNaN(v) || math.IsInf(v, 0) { // on which the algorithm need not end
			for i := range values {
				values[i] = math.NaN()
			}
			return values
		}
	}
	sym := blas64.Symmetric{N: n, Stride: n, Data: a, Uplo: blas.Upper}
	size := make([]float64, 1)
	lapack64.Syev(job, sym, values, size, -1)
	if work := make([]float64, int(size[0])); !lapack64.Syev(job, sym, values, work, len(work)) {
		panic("probe: the eigenvalues of a finite symmetric matrix did not converge")
	}
	slices.Reverse(values)
	for i, v := range values {
		values[i] = max(v, 0)
	}
	return values
}

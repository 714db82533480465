package probe

import (
	"math"

	"pushpull/core/kernel"
)

// Cosines returns the cosine similarities of the rows of x [n, d]: [n, n].
func Cosines(x []float32, d int) []float32 {
	n := rowsOf("Cosines", x, d)
	u, s := Unit(x, d), make([]float32, n*n)
	kernel.Gemm(false, true, n, n, d, 1, u, d, u, d, 0, s, n)
	return s
}

// blockFloats bounds the memory of one block of similarities: 8 MB.
const blockFloats = 1 << 21

// blockRows is the number of rows of m numbers handled at a time. At least 8 keep the matrix product efficient.
func blockRows(n, m int) int { return min(n, max(8, min(256, blockFloats/m))) }

// products calls visit for consecutive blocks of rows of a [n, d] with their inner products with all rows of b [m, d]:
// s [hi-lo, m]. visit may overwrite s.
func products(a, b []float32, d int, visit func(lo, hi int, s []float32)) {
	n, m := len(a)/d, len(b)/d
	if n == 0 || m == 0 {
		return
	}
	block := blockRows(n, m)
	s := make([]float32, block*m)
	for lo := 0; lo < n; lo += block {
		hi := min(lo+block, n)
		s := s[:(hi-lo)*m]
		kernel.Gemm(false, true, hi-lo, m, d, 1, a[lo*d:hi*d], d, b, d, 0, s, m)
		visit(lo, hi, s)
	}
}

// eachRow calls run for the rows lo to hi-1 on all threads. run may write only what belongs to its row.
func eachRow(lo, hi int, run func(i int)) {
	kernel.Split(hi-lo, 1, kernel.Task{Obj: &rowJob{lo, run}}, func(t *kernel.Task, _, from, to int) {
		job := t.Obj.(*rowJob)
		for i := from; i < to; i++ {
			job.run(job.first + i)
		}
	})
}

type rowJob struct {
	first int
	run   func(i int)
}

// squaredDistances calls visit for consecutive blocks of rows of x [n, d] with their squared euclidean distances to all
// rows: s [hi-lo, n], exactly 0 on the diagonal.
func squaredDistances(x []float32, d int, visit func(lo, hi int, s []float32)) {
	n := len(x) / d
	y := make([]float32, len(x))
	center(y, x, columnMeans(x, d)) // small numbers: little is lost in |a|² + |b|² - 2 a·b
	norms := make([]float32, n)
	for i := range norms {
		norms[i] = kernel.SumSquares(y[i*d:][:d])
	}
	products(y, y, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			row := s[(i-lo)*n:][:n]
			for j, v := range row {
				row[j] = max(0, norms[i]+norms[j]-2*v)
			}
			row[i] = 0
		})
		visit(lo, hi, s)
	})
}

// nearestRows returns, of each row of x [n, d], the k nearest others, scored by minus their squared distances: [n, k].
func nearestRows(x []float32, d, k int) []candidate {
	n := len(x) / d
	near := make([]candidate, n*k)
	squaredDistances(x, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			row := s[(i-lo)*n:][:n]
			for j, v := range row {
				row[j] = -v
			}
			row[i] = float32(math.NaN()) // no row is its own neighbour
			selectTop(near[i*k:][:k], row)
		})
	})
	return near
}

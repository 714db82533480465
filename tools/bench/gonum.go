package main

import (
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"pushpull/tools/bench/work"
)

// gonum returns the median seconds of a product by gonum.
func gonum(p work.Product, budget time.Duration) float64 {
	matrix := func(rows, columns int) blas32.General {
		return blas32.General{Rows: rows, Cols: columns, Stride: columns, Data: work.Noise(rows * columns)}
	}
	a, b, c := matrix(p.M, p.K), matrix(p.K, p.N), matrix(p.M, p.N)
	return work.Median(budget/4, func() { blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c) })
}

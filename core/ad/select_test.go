package ad_test

import (
	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

func selectOps() (ops []operation) {
	r := adtest.Random
	for _, s := range [][]int{{3}, {3, 2}, {3, 2, 5}, {2, 1, 3, 2}} {
		for i := range s[0] {
			in := ins(r(1, s...))
			ops = append(ops, operation{"At", name(in), in,
				func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.Scale(t.At(x[0], i), 2) },
				func(x [][]float64) (y []float64) {
					size := len(x[0]) / s[0]
					for _, v := range x[0][i*size : (i+1)*size] {
						y = append(y, 2*v)
					}
					return y
				}})
		}
	}
	for _, n := range []int{1, 2, 5} {
		in := ins(r(2, n, n))
		ops = append(ops, operation{"ZeroDiagonal", name(in), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.ZeroDiagonal(x[0]) },
			func(x [][]float64) []float64 {
				y := append([]float64(nil), x[0]...)
				for i := range n {
					y[i*n+i] = 0
				}
				return y
			}})
	}
	for _, index := range [][]int32{{0}, {3, 3}, {1, 0, 2, 1}, {4, 0, 0, 1, 2, 3}} {
		n := min(len(index), 2)
		in := ins(r(3, n, 3), r(4, 5, 3))
		ops = append(ops, operation{"GatherDots", name(in), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.GatherDots(x[0], x[1], index) },
			func(x [][]float64) []float64 {
				y := make([]float64, len(index))
				for at, row := range index {
					for j := range 3 {
						y[at] += x[0][at*n/len(index)*3+j] * x[1][int(row)*3+j]
					}
				}
				return y
			}})
	}
	return ops
}

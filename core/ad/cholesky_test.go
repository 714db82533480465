package ad_test

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// cholesky64 is the textbook recurrence for the lower triangular factor of a [d, d].
func cholesky64(a []float64, d int) []float64 {
	l := make([]float64, d*d)
	for j := range d {
		for i := j; i < d; i++ {
			s := (a[i*d+j] + a[j*d+i]) / 2
			for k := range j {
				s -= l[i*d+k] * l[j*d+k]
			}
			if i == j {
				l[i*d+i] = math.Sqrt(s)
			} else {
				l[i*d+j] = s / l[j*d+j]
			}
		}
	}
	return l
}

func choleskyOps() (ops []operation) {
	for _, d := range []int{1, 2, 5} {
		// Every matrix [d, d] gives a positive definite one: x·xᵀ + 1.
		in := ins(adtest.Random(uint64(d), d, d))
		one := make([]float32, d*d)
		for i := range d {
			one[i*d+i] = 1
		}
		ops = append(ops, operation{"Cholesky", name(in), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value {
				return t.Cholesky(t.Add(t.MatMulT(x[0], x[0]), t.Input(one, d, d)))
			},
			func(x [][]float64) []float64 {
				a := make([]float64, d*d)
				for i := range d {
					a[i*d+i] = 1
					for j := range d {
						for k := range d {
							a[i*d+j] += x[0][i*d+k] * x[0][j*d+k]
						}
					}
				}
				return cholesky64(a, d)
			}})
		rows := ins(adtest.Random(7, 4, d), adtest.Random(8, d, d).OffKinks(1))
		ops = append(ops, operation{"SolveRows", name(rows), rows,
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.SolveRows(x[0], x[1]) },
			func(x [][]float64) []float64 {
				y := make([]float64, len(x[0]))
				for r := 0; r < len(y); r += d {
					for i := range d {
						y[r+i] = x[0][r+i]
						for j := range i {
							y[r+i] -= x[1][i*d+j] * y[r+j]
						}
						y[r+i] /= x[1][i*d+i]
					}
				}
				return y
			}})
	}
	return ops
}

func TestCholeskyOfIndefiniteMatrixIsNaN(t *testing.T) {
	tape := &ad.Tape{}
	y := tape.Cholesky(tape.Input([]float32{1, 2, 2, 1}, 2, 2))
	if last := y.Data[3]; last == last {
		t.Errorf("last element %v, want NaN", last)
	}
}

package ad_test

import (
	"fmt"
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

func reduceOps() (ops []operation) {
	for _, shape := range [][]int{{1, 1}, {1, 9}, {7, 1}, {5, 17}, {2, 3, 4}} {
		d := shape[len(shape)-1]
		x := ins(adtest.Random(1, shape...))
		rows := len(x[0].Data) / d
		add := func(op string, f func(*ad.Tape, *ad.Value) *ad.Value, want func(x []float64) []float64) {
			ops = append(ops, operation{op, name(x), x, one(f), func(x [][]float64) []float64 { return want(x[0]) }})
		}
		add("Sum", (*ad.Tape).Sum, func(x []float64) []float64 {
			s := 0.0
			for _, v := range x {
				s += v
			}
			return []float64{s}
		})
		add("Mean", (*ad.Tape).Mean, func(x []float64) []float64 {
			s := 0.0
			for _, v := range x {
				s += v / float64(len(x))
			}
			return []float64{s}
		})
		add("RowSum", (*ad.Tape).RowSum, func(x []float64) []float64 {
			y := make([]float64, rows)
			for i, v := range x {
				y[i/d] += v
			}
			return y
		})
		add("ColMean", (*ad.Tape).ColMean, func(x []float64) []float64 {
			y := make([]float64, d)
			for i, v := range x {
				y[i%d] += v / float64(rows)
			}
			return y
		})
		normalize := func(eps float64) func(x []float64) []float64 {
			return func(x []float64) []float64 {
				squares := make([]float64, rows)
				for i, v := range x {
					squares[i/d] += v * v
				}
				y := make([]float64, len(x))
				for i, v := range x {
					y[i] = v / max(math.Sqrt(squares[i/d]), eps)
				}
				return y
			}
		}
		add("NormalizeRows", (*ad.Tape).NormalizeRows, normalize(1e-12))
		for _, eps := range []float32{1e-12, 2, 1000} { // 2: some rows are shorter, 1000: all
			add("NormalizeRowsEps", func(t *ad.Tape, x *ad.Value) *ad.Value { return t.NormalizeRowsEps(x, eps) }, normalize(float64(eps)))
		}
		factors := adtest.Random(9, rows).Data
		add("MulRows", func(t *ad.Tape, x *ad.Value) *ad.Value { return t.MulRows(x, factors) }, func(x []float64) []float64 {
			y := make([]float64, len(x))
			for i, v := range x {
				y[i] = v * float64(factors[i/d])
			}
			return y
		})
		pair := ins(adtest.Random(1, shape...), adtest.Random(2, shape...))
		ops = append(ops, operation{"RowDot", name(pair), pair, two((*ad.Tape).RowDot), func(x [][]float64) []float64 {
			y := make([]float64, rows)
			for i, v := range x[0] {
				y[i/d] += v * x[1][i]
			}
			return y
		}})
	}
	return ops
}

func TestNormalizeRowsOfZeroAndTinyRows(t *testing.T) {
	for _, tiny := range []float32{0, 1e-20, 3e-13} {
		tape := &ad.Tape{}
		x := tape.Variable([]float32{3, 4, tiny, 0}, 2, 2)
		tape.BackwardFrom(tape.NormalizeRows(x), []float32{1, 0, 2, 5})
		for i, want := range []float64{0.128, -0.096, 2e12, 5e12} {
			if got := float64(x.Grad[i]); !(math.Abs(got-want) <= 1e-5*math.Abs(want)) {
				t.Errorf("row (%v, 0): gradient[%d] = %v, want %v", tiny, i, got, want)
			}
		}
	}
}

// Rows so long or short that their squares leave the range of float32 still come out with length 1.
func TestNormalizeRowsOfExtremeRows(t *testing.T) {
	for _, scale := range []float32{1e-6, 1e6, 1e18} {
		t.Run(fmt.Sprint(scale), func(t *testing.T) {
			tape := &ad.Tape{}
			y := tape.NormalizeRows(tape.Input([]float32{3 * scale, 4 * scale}, 1, 2))
			if !(math.Abs(float64(y.Data[0])-0.6) < 1e-6 && math.Abs(float64(y.Data[1])-0.8) < 1e-6) {
				t.Errorf("%v", y.Data)
			}
		})
	}
}

func TestNormalizeRowsOfNone(t *testing.T) {
	tape := &ad.Tape{}
	tape.Backward(tape.Sum(tape.NormalizeRows(tape.Variable(nil, 0, 3))))
}

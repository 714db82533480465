package ad_test

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// logSumExp64 returns log Σ e^x.
func logSumExp64(x []float64) float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = max(top, v)
	}
	s := 0.0
	for _, v := range x {
		s += math.Exp(v - top)
	}
	return top + math.Log(s)
}

// logSoftmax64 returns the logarithm of the softmax of each row of x [..., d].
func logSoftmax64(x []float64, d int) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = x[i] - logSumExp64(x[i/d*d:i/d*d+d])
	}
	return y
}

// crossEntropy64 returns the mean over rows with a target of −Σ p log softmax, p the smoothed target.
func crossEntropy64(x []float64, d int, target []int32, e float64) []float64 {
	l := logSoftmax64(x, d)
	loss, count := 0.0, 0.0
	for i, k := range target {
		if k < 0 {
			continue
		}
		count++
		for j := range d {
			p := e / float64(d)
			if j == int(k) {
				p += 1 - e
			}
			loss -= p * l[i*d+j]
		}
	}
	return []float64{loss / max(count, 1)}
}

func softmaxOps() (ops []operation) {
	for _, shape := range [][]int{{1, 1}, {1, 9}, {7, 1}, {5, 17}, {2, 3, 4}} {
		for _, large := range []float32{1, 60} { // 60: e^x is beyond float32 unless the row's maximum goes first
			d := shape[len(shape)-1]
			x := ins(times(large)(adtest.Random(1, shape...)))
			rows := len(x[0].Data) / d
			add := func(op, more string, f func(*ad.Tape, *ad.Value) *ad.Value, want func(x []float64) []float64) {
				ops = append(ops, operation{op, name(x) + more, x, one(f), func(x [][]float64) []float64 { return want(x[0]) }})
			}
			add("Softmax", "", (*ad.Tape).Softmax, func(x []float64) []float64 {
				y := logSoftmax64(x, d)
				for i, v := range y {
					y[i] = math.Exp(v)
				}
				return y
			})
			add("LogSoftmax", "", (*ad.Tape).LogSoftmax, func(x []float64) []float64 { return logSoftmax64(x, d) })
			add("LogSumExp", "", (*ad.Tape).LogSumExp, func(x []float64) []float64 {
				y := make([]float64, rows)
				for i := range y {
					y[i] = logSumExp64(x[i*d : i*d+d])
				}
				return y
			})
			every, some, none := make([]int32, rows), make([]int32, rows), make([]int32, rows)
			for i := range rows {
				every[i], some[i], none[i] = int32(i*7%d), int32(i*5%d), -1
			}
			some[0] = -1
			for what, target := range map[string][]int32{" all rows": every, " all but one": some, " no row": none} {
				add("CrossEntropy", what, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.CrossEntropy(x, target) },
					func(x []float64) []float64 { return crossEntropy64(x, d, target, 0) })
				add("CrossEntropySmooth", what, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.CrossEntropySmooth(x, target, 0.2) },
					func(x []float64) []float64 { return crossEntropy64(x, d, target, float64(float32(0.2))) })
			}
			soft := adtest.Random(2, rows, d).Positive(0.1).Data
			add("SoftCrossEntropy", "", func(t *ad.Tape, x *ad.Value) *ad.Value { return t.SoftCrossEntropy(x, soft) },
				func(x []float64) []float64 {
					loss := 0.0
					for i, l := range logSoftmax64(x, d) {
						loss -= float64(soft[i]) * l / float64(rows)
					}
					return []float64{loss}
				})
		}
	}
	return ops
}

// Masked entries get no probability and no gradient, and leave the others' as if they were not there.
func TestSoftmaxOfMaskedRows(t *testing.T) {
	inf := float32(math.Inf(-1))
	for what, f := range map[string]func(*ad.Tape, *ad.Value) *ad.Value{
		"LogSumExp":    (*ad.Tape).LogSumExp,
		"CrossEntropy": func(t *ad.Tape, x *ad.Value) *ad.Value { return t.CrossEntropy(x, []int32{0}) },
		"Softmax":      func(t *ad.Tape, x *ad.Value) *ad.Value { return t.SliceCols(t.Softmax(x), 0, 1) },
		"LogSoftmax":   func(t *ad.Tape, x *ad.Value) *ad.Value { return t.SliceCols(t.LogSoftmax(x), 0, 1) },
	} {
		tape := &ad.Tape{}
		masked, plain := tape.Variable([]float32{1, inf, 2, inf}, 1, 4), tape.Variable([]float32{1, 2}, 1, 2)
		a, b := f(tape, masked), f(tape, plain)
		tape.BackwardFrom(tape.Add(a, b), []float32{1})
		if diff := math.Abs(float64(a.Data[0] - b.Data[0])); !(diff < 1e-6) {
			t.Errorf("%s: %v masked, %v without the masked entries", what, a.Data[0], b.Data[0])
		}
		for i, want := range []float32{plain.Grad[0], 0, plain.Grad[1], 0} {
			if diff := math.Abs(float64(masked.Grad[i] - want)); !(diff < 1e-6) {
				t.Errorf("%s: gradient[%d] = %v, want %v", what, i, masked.Grad[i], want)
			}
		}
	}
	tape := &ad.Tape{}
	x := tape.Variable([]float32{inf, inf}, 1, 2)
	y := tape.LogSumExp(x)
	tape.BackwardFrom(y, []float32{1})
	if y.Data[0] != inf || x.Grad[0] != 0 || x.Grad[1] != 0 {
		t.Errorf("a row of −∞ alone gives %v and the gradient %v, want −∞ and 0", y.Data, x.Grad)
	}
}

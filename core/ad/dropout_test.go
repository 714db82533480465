package ad_test

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/random"
)

// dropped is the stream of dropoutOps, which must not be allocated in them.
var dropped random.Stream

func dropoutOps() (ops []operation) {
	for _, s := range [][]int{{1}, {4, 3}, {5, 2, 3}} {
		in := ins(adtest.Random(51, s...))
		add := func(op string, size int, f func(t *ad.Tape, x *ad.Value) *ad.Value) {
			ops = append(ops, operation{op, name(in), in, func(t *ad.Tape, x []*ad.Value) *ad.Value {
				dropped = random.New(52)
				t.Random = &dropped
				return f(t, x[0])
			}, func(x [][]float64) []float64 {
				r := random.New(52)
				y := make([]float64, len(x[0]))
				for i := 0; i < len(y); i += size {
					kept := r.Float32() >= 0.4
					for j := i; kept && j < i+size; j++ {
						y[j] = x[0][j] / (1 - float64(float32(0.4)))
					}
				}
				return y
			}})
		}
		add("Dropout", 1, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.Dropout(x, 0.4) })
		add("DropPath", len(in[0].Data)/s[0], func(t *ad.Tape, x *ad.Value) *ad.Value { return t.DropPath(x, 0.4) })
	}
	return ops
}

// What is dropped is made up for: the mean stays.
func TestDropoutKeepsTheMean(t *testing.T) {
	r := random.New(53)
	tape := &ad.Tape{Training: true, Random: &r}
	ones := make([]float32, 20_000)
	for i := range ones {
		ones[i] = 1
	}
	x := tape.Input(ones, 10_000, 2)
	for name, y := range map[string]*ad.Value{"Dropout": tape.Dropout(x, 0.3), "DropPath": tape.DropPath(x, 0.3)} {
		if mean := float64(tape.Mean(y).Scalar()); math.Abs(mean-1) > 0.03 {
			t.Errorf("%s: the mean of ones is %v", name, mean)
		}
	}
	tape.Training = false
	if tape.Dropout(x, 0.3) != x || tape.DropPath(x, 0.3) != x {
		t.Error("something is dropped in evaluation")
	}
}

package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	views := func(v, n, d int, tau float64) example {
		return example{
			name: "all pairs", inputs: []adtest.Input{adtest.Random(17, v, n, d)},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return MultiViewLoss(t, z[0], float32(tau)) },
			want: func(z [][]float64) float64 {
				rows := unit64(z[0], d)
				total, count := 0.0, 0.0
				for a := range v {
					for b := range v {
						if a == b {
							continue
						}
						for i := range n { // the anchor is row i of view a
							var logits []float64
							for j := range n {
								logits = append(logits, dot64(rows[a*n+i], rows[b*n+j])/tau)
							}
							total += logSumExp64(logits) - logits[i]
							count++
						}
					}
				}
				return total / count
			},
			cosine: []int{0}, collapsed: value(math.Log(float64(n))),
		}
	}
	checked["multi_view"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"multi_view": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			b.check(MultiViewLoss(b.Tape, b.in("z"), b.float("temperature")))
		}},
		examples: []example{views(2, 3, 4, 0.5), views(4, 2, 3, 0.2), views(3, 4, 5, 0.01)},
	}
}

func TestMultiViewOfTwoIsInfoNCE(t *testing.T) {
	tape := &ad.Tape{Training: true}
	z := tape.Input(adtest.Random(18, 2, 5, 4).Data, 2, 5, 4)
	got := MultiViewLoss(tape, z, 0.3).Scalar()
	if want := InfoNCE(tape, tape.At(z, 0), tape.At(z, 1), 0.3).Scalar(); math.Abs(float64(got-want)) > 1e-5 {
		t.Errorf("%v, want %v", got, want)
	}
}

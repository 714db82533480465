package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	v3 := func(name string, n, d int, tau float64) example {
		return example{
			name: name, inputs: adtest.Normal(7, 4, n, d),
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return MoCoV3Loss(t, z[0], z[1], z[2], z[3], float32(tau)) },
			want: func(z [][]float64) float64 {
				total := 0.0
				for _, pair := range [][2]int{{0, 3}, {1, 2}} { // q1 with k2, q2 with k1
					q, k := unit64(z[pair[0]], d), unit64(z[pair[1]], d)
					for i := range q {
						var logits []float64
						for j := range k {
							logits = append(logits, dot64(q[i], k[j])/tau)
						}
						total += 2 * tau * (logSumExp64(logits) - logits[i]) / float64(n)
					}
				}
				return total
			},
			swap: []int{1, 0, 3, 2}, cosine: []int{0, 1, 2, 3}, collapsed: value(4 * tau * math.Log(float64(n))),
		}
	}
	checked["moco_v3"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"moco_v3": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			k1, k2 := b.StopGradient(b.in("k1")), b.StopGradient(b.in("k2"))
			b.check(MoCoV3Loss(b.Tape, b.in("q1"), b.in("q2"), k1, k2, b.float("temperature")))
		}},
		examples: []example{v3("two images", 2, 3, 0.2), v3("off the vector width", 5, 7, 1), v3("cold", 4, 8, 0.01)},
	}
}

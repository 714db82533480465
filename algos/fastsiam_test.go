package algos

import (
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	fast := func(v, n, d int) example {
		return example{
			name: "gradient to both", inputs: []adtest.Input{adtest.Random(19, v, n, d), adtest.Random(20, v, n, d)},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return FastSiamLoss(t, z[0], z[1]) },
			want: func(z [][]float64) float64 {
				p, target := rows64(z[0], d), rows64(z[1], d)
				total := 0.0
				for a := range v {
					for i := range n {
						mean := make([]float64, d)
						for b := range v {
							for j, x := range target[b*n+i] {
								if b != a {
									mean[j] += x / float64(v-1)
								}
							}
						}
						total -= cosine64(p[a*n+i], mean)
					}
				}
				return total / float64(v*n)
			},
			cosine: []int{0}, collapsed: value(-1),
		}
	}
	checked["fastsiam"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"fastsiam": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			b.check(FastSiamLoss(b.Tape, b.in("p"), b.StopGradient(b.in("z"))))
		}},
		examples: []example{fast(2, 3, 4), fast(4, 2, 3)},
	}
}

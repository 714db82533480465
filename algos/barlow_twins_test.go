package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	barlow := func(n, d int, lambda float64) example {
		return example{
			name: "correlations", inputs: adtest.Normal(10, 2, n, d), swap: []int{1, 0},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				invariance, redundancy := BarlowTwinsTerms(t, z[0], z[1])
				return t.Add(invariance, t.Scale(redundancy, float32(lambda)))
			},
			want: func(z [][]float64) float64 {
				a, b := columns64(z[0], d), columns64(z[1], d)
				total := 0.0
				for i := range a {
					for j := range b {
						ma, va := moments64(a[i])
						mb, vb := moments64(b[j])
						c := 0.0
						for k := range n {
							c += (a[i][k] - ma) * (b[j][k] - mb) / float64(n)
						}
						c /= math.Sqrt((va + 1e-5) * (vb + 1e-5))
						if i == j {
							total += (1 - c) * (1 - c)
						} else {
							total += lambda * c * c
						}
					}
				}
				return total
			},
			collapsed: value(float64(d)), // nothing varies, so nothing correlates
		}
	}
	checked["barlow_twins"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"barlow_twins": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value {
			invariance, redundancy := BarlowTwinsTerms(b.Tape, z1, z2)
			b.c.Output(b.t, "invariance", invariance.Data)
			b.c.Output(b.t, "redundancy", redundancy.Data)
			return b.Add(invariance, b.Scale(redundancy, b.float("lambda")))
		})},
		examples: []example{barlow(6, 3, 0.02), barlow(9, 5, 0.5)},
	}
}

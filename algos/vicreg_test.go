package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	const n, d = 7, 4
	vicreg := func(name string, size float32) example {
		inputs := adtest.Normal(11, 2, n, d)
		for _, in := range inputs {
			for i := range in.Data {
				in.Data[i] *= size
			}
		}
		return example{
			name: name, inputs: inputs, swap: []int{1, 0},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				invariance, variance, covariance := VICRegTerms(t, z[0], z[1], 1e-4)
				return t.Add(t.Scale(invariance, 3), t.Add(t.Scale(variance, 5), t.Scale(covariance, 2)))
			},
			want: func(z [][]float64) float64 {
				total := 0.0
				for i := range z[0] {
					total += 3 * (z[0][i] - z[1][i]) * (z[0][i] - z[1][i]) / (n * d)
				}
				for _, view := range z {
					c := columns64(view, d)
					for i := range c {
						total += 5 * math.Max(0, 1-math.Sqrt(covariance64(c[i], c[i])+1e-4)) / (2 * d)
						for j := range c {
							if i != j {
								total += 2 * covariance64(c[i], c[j]) * covariance64(c[i], c[j]) / d
							}
						}
					}
				}
				return total
			},
			collapsed: value(5 * 0.99), // deviations are √eps = 0.01
		}
	}
	checked["vicreg"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"vicreg": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value {
			invariance, variance, covariance := VICRegTerms(b.Tape, z1, z2, b.float("eps"))
			b.c.Output(b.t, "invariance", invariance.Data)
			b.c.Output(b.t, "variance", variance.Data)
			b.c.Output(b.t, "covariance", covariance.Data)
			return b.Add(b.Scale(invariance, b.float("invariance_weight")),
				b.Add(b.Scale(variance, b.float("variance_weight")), b.Scale(covariance, b.float("covariance_weight"))))
		})},
		examples: []example{vicreg("deviations below 1", 0.2), vicreg("deviations above 1", 4)},
	}
}

package algos

import (
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	const n, d = 6, 4
	in := adtest.Random(42, d, d).Data
	covariance := make([]float32, d*d) // symmetric, as all second moments
	for i := range d {
		for j := range d {
			covariance[i*d+j] = in[i*d+j] + in[j*d+i]
		}
	}
	checked["tico"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"tico": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			z1, z2 := b.in("z1"), b.StopGradient(b.in("z2"))
			next := MoveCovariance(b.Tape, c.Input(t, "covariance").F32(), z1, b.float("beta"))
			c.Output(t, "covariance_after", next)
			b.check(TiCoLoss(b.Tape, z1, z2, next, b.float("rho")))
		}},
		examples: []example{{
			name: "given covariance", inputs: adtest.Normal(43, 2, n, d), cosine: []int{0, 1},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return TiCoLoss(t, z[0], z[1], covariance, 3) },
			want: func(z [][]float64) float64 {
				a, b := unit64(z[0], d), unit64(z[1], d)
				total := 1.0
				for i := range a {
					total -= dot64(a[i], b[i]) / n
					for j := range d {
						for k := range d {
							total += 3 * a[i][j] * float64(covariance[j*d+k]) * a[i][k] / n
						}
					}
				}
				return total
			},
		}},
	}
}

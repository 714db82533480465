package algos

import (
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	spectral := func(n, d int) example {
		return example{
			name: "squares of the others", inputs: adtest.Normal(26, 2, n, d), swap: []int{1, 0},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return SpectralLoss(t, z[0], z[1]) },
			want: func(z [][]float64) float64 {
				a, b := rows64(z[0], d), rows64(z[1], d)
				total := 0.0
				for i := range a {
					total -= 2 * dot64(a[i], b[i]) / float64(n)
					for j := range b {
						if i != j {
							total += dot64(a[i], b[j]) * dot64(a[i], b[j]) / float64(n*(n-1))
						}
					}
				}
				return total
			},
		}
	}
	checked["spectral"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"spectral": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value {
			return SpectralLoss(b.Tape, z1, z2)
		})},
		examples: []example{spectral(2, 3), spectral(5, 4)},
	}
}

package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	dcl := func(name string, n, d int, tau float64) example {
		return example{
			name: name, inputs: adtest.Normal(12, 2, n, d),
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return DCL(t, z[0], z[1], float32(tau)) },
			want: func(z [][]float64) float64 {
				return decoupled64(unit64(z[0], d), unit64(z[1], d), tau, func(int) float64 { return 1 })
			},
			swap: []int{1, 0}, cosine: []int{0, 1}, collapsed: value(math.Log(float64(2*n - 2))),
		}
	}
	checked["dcl"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"dcl": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value {
			return DCL(b.Tape, z1, z2, b.float("temperature"))
		})},
		examples: []example{dcl("two images", 2, 3, 0.2), dcl("off the vector width", 5, 7, 0.5), dcl("cold", 4, 8, 0.01)},
	}
}

// decoupled64 is equation 6 of Yeh et al. 2022 with the weights of equation 7, for rows of length 1.
func decoupled64(a, b [][]float64, tau float64, weight func(i int) float64) float64 {
	n, total := len(a), 0.0
	for i := range a {
		for _, view := range [2][2][][]float64{{a, b}, {b, a}} {
			own, other := view[0], view[1]
			var negatives []float64
			for j := range n {
				if j != i {
					negatives = append(negatives, dot64(own[i], own[j])/tau, dot64(own[i], other[j])/tau)
				}
			}
			total += logSumExp64(negatives) - weight(i)*dot64(own[i], other[i])/tau
		}
	}
	return total / float64(2*n)
}

package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	infoNCE := func(name string, n, d int, tau float64) example {
		return example{
			name: name, inputs: adtest.Normal(2, 2, n, d),
			loss:      func(t *ad.Tape, z []*ad.Value) *ad.Value { return InfoNCE(t, z[0], z[1], float32(tau)) },
			want:      func(z [][]float64) float64 { return infoNCE64(unit64(z[0], d), unit64(z[1], d), tau) },
			swap:      []int{1, 0},
			cosine:    []int{0, 1},
			collapsed: value(math.Log(float64(n))),
		}
	}
	checked["info_nce"] = checks{
		golden: map[string]func(*testing.T, golden.Case){
			"info_nce": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value { return InfoNCE(b.Tape, z1, z2, b.float("temperature")) }),
		},
		examples: []example{infoNCE("two images", 2, 3, 0.2), infoNCE("off the vector width", 5, 7, 0.5), infoNCE("cold", 4, 8, 0.01)},
	}
}

// infoNCE64 is the mean cross-entropy of finding a's row among those of b, and the other way round.
func infoNCE64(a, b [][]float64, tau float64) float64 {
	total := 0.0
	for i := range a {
		var there, back []float64
		for j := range b {
			there = append(there, dot64(a[i], b[j])/tau)
			back = append(back, dot64(b[i], a[j])/tau)
		}
		total += logSumExp64(there) - there[i] + logSumExp64(back) - back[i]
	}
	return total / float64(2*len(a))
}

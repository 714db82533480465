package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	ntXent := func(name string, n, d int, tau float64) example {
		return example{
			name: name, inputs: adtest.Normal(1, 2, n, d),
			loss:      func(t *ad.Tape, z []*ad.Value) *ad.Value { return NTXent(t, z[0], z[1], float32(tau)) },
			want:      func(z [][]float64) float64 { return ntXent64(z[0], z[1], d, tau) },
			swap:      []int{1, 0},
			cosine:    []int{0, 1},
			collapsed: value(math.Log(float64(2*n - 1))),
		}
	}
	checked["simclr"] = checks{
		golden: map[string]func(*testing.T, golden.Case){
			"nt_xent": goldenNTXent,
		},
		examples: []example{
			ntXent("fewest images", 2, 2, 0.5),
			ntXent("sizes off the vector width", 5, 3, 0.5),
			ntXent("hot", 4, 8, 5),
			ntXent("cold: exp overflows unless the row maximum goes first", 4, 8, 0.01),
		},
	}
}

var goldenNTXent = pair(func(b *bench, z1, z2 *ad.Value) *ad.Value {
	return NTXent(b.Tape, z1, z2, b.float("temperature"))
})

// ntXent64 is equation 1 of Chen et al. 2020.
func ntXent64(z1, z2 []float64, d int, tau float64) float64 {
	z := append(unit64(z1, d), unit64(z2, d)...)
	n := len(z) / 2
	total := 0.0
	for i := range z {
		var others []float64
		for k := range z {
			if k != i {
				others = append(others, dot64(z[i], z[k])/tau)
			}
		}
		total += logSumExp64(others) - dot64(z[i], z[(i+n)%(2*n)])/tau
	}
	return total / float64(2*n)
}

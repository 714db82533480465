package algos

import (
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	const n, d = 5, 3
	inputs := adtest.Normal(13, 2, n, d)
	// The weights are constants: they are taken from the inputs as they are, not as the check moves them.
	a, b := unit64(wide(inputs[0].Data), d), unit64(wide(inputs[1].Data), d)
	var likeness []float64
	for i := range a {
		likeness = append(likeness, dot64(a[i], b[i])/0.5)
	}
	share := softmax64(likeness)
	checked["dclw"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"dclw": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value {
			return DCLW(b.Tape, z1, z2, b.float("temperature"), b.float("sigma"))
		})},
		examples: []example{{
			name: "weights are constants", inputs: inputs,
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return DCLW(t, z[0], z[1], 0.2, 0.5) },
			want: func(z [][]float64) float64 {
				return decoupled64(unit64(z[0], d), unit64(z[1], d), 0.2, func(i int) float64 { return 2 - n*share[i] })
			},
			swap: []int{1, 0}, cosine: []int{0, 1},
		}},
	}
}

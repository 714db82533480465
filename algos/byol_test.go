package algos

import (
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	checked["byol"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"byol": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			p1, p2 := b.in("p1"), b.in("p2")
			z1, z2 := b.StopGradient(b.in("z1")), b.StopGradient(b.in("z2"))
			b.check(BYOLLoss(b.Tape, p1, p2, z1, z2))
		}},
		examples: []example{{
			name: "gradient to all four", inputs: adtest.Normal(5, 4, 5, 3),
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return BYOLLoss(t, z[0], z[1], z[2], z[3]) },
			want: func(z [][]float64) float64 {
				p1, p2, z1, z2 := unit64(z[0], 3), unit64(z[1], 3), unit64(z[2], 3), unit64(z[3], 3)
				total := 0.0
				for i := range p1 {
					for j := range 3 {
						total += (p1[i][j]-z2[i][j])*(p1[i][j]-z2[i][j]) + (p2[i][j]-z1[i][j])*(p2[i][j]-z1[i][j])
					}
				}
				return total / float64(len(p1))
			},
			swap: []int{1, 0, 3, 2}, cosine: []int{0, 1, 2, 3}, collapsed: value(0),
		}},
	}
}

package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	checked["hard_negative"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"hard_negative": pair(goldenHardNegative)},
		examples: []example{
			hardNegative("reweighted", 5, 4, 0.5, 0.1, 1), hardNegative("weights alone", 4, 3, 0.2, 0, 0.7),
			hardNegative("prior so large that the bound holds", 4, 6, 0.5, 0.4, 0.5), hardNegative("cold", 4, 8, 0.02, 0.1, 1),
		},
	}
}

func goldenHardNegative(b *bench, z1, z2 *ad.Value) *ad.Value {
	return HardNegativeLoss(b.Tape, z1, z2, b.float("temperature"), b.float("tau_plus"), b.float("beta"))
}

// hardNegative is an example of the loss; its definition is equation 4 of Robinson et al. 2021.
func hardNegative(name string, n, d int, tau, prior, beta float64) example {
	return example{
		name: name, inputs: adtest.Normal(24, 2, n, d), swap: []int{1, 0}, cosine: []int{0, 1},
		loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
			return HardNegativeLoss(t, z[0], z[1], float32(tau), float32(prior), float32(beta))
		},
		want: func(z [][]float64) float64 {
			all := append(unit64(z[0], d), unit64(z[1], d)...)
			count, total := float64(2*n-2), 0.0
			for i := range all {
				var s, scaled []float64
				for j := range all {
					if j%n != i%n {
						s = append(s, dot64(all[i], all[j])/tau)
						scaled = append(scaled, beta*s[len(s)-1])
					}
				}
				pos, sum := math.Exp(dot64(all[i], all[(i+n)%(2*n)])/tau), 0.0
				for j, share := range softmax64(scaled) {
					sum += count * share * math.Exp(s[j])
				}
				g := math.Max((sum-prior*count*pos)/(1-prior), count*math.Exp(-1/tau))
				total += math.Log((pos + g) / pos)
			}
			return total / float64(2*n)
		},
	}
}

func TestHardNegativeWithoutPriorAndHardnessIsNTXent(t *testing.T) {
	tape := &ad.Tape{Training: true}
	in := adtest.Normal(25, 2, 6, 4)
	z1, z2 := tape.Input(in[0].Data, 6, 4), tape.Input(in[1].Data, 6, 4)
	for _, tau := range []float32{0.01, 0.3, 2} {
		got, want := HardNegativeLoss(tape, z1, z2, tau, 0, 0).Scalar(), NTXent(tape, z1, z2, tau).Scalar()
		if !(math.Abs(float64(got-want)) <= 1e-5*(1+float64(want))) {
			t.Errorf("temperature %v: %v, want %v", tau, got, want)
		}
	}
}

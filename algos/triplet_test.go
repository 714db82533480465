package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	triplet := func(name string, margin float64, swap bool) example {
		const n, d = 6, 4
		return example{
			name: name, inputs: adtest.Normal(28, 3, n, d), collapsed: value(margin),
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				return TripletLoss(t, z[0], z[1], z[2], float32(margin), swap)
			},
			want: func(z [][]float64) float64 {
				a, p, q := rows64(z[0], d), rows64(z[1], d), rows64(z[2], d)
				total := 0.0
				for i := range a {
					far := shifted64(a[i], q[i])
					if swap {
						far = math.Min(far, shifted64(p[i], q[i]))
					}
					total += math.Max(0, shifted64(a[i], p[i])-far+margin) / n
				}
				return total
			},
		}
	}
	checked["triplet"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"triplet": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			swap := c.Params["swap"].(bool)
			b.check(TripletLoss(b.Tape, b.in("anchor"), b.in("positive"), b.in("negative"), b.float("margin"), swap))
		}},
		examples: []example{triplet("anchor", 1, false), triplet("no margin", 0, false), triplet("swap", 0.5, true)},
	}
}

// shifted64 is the distance of a and b with 1e-6 added to each difference.
func shifted64(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += (a[i] - b[i] + 1e-6) * (a[i] - b[i] + 1e-6)
	}
	return math.Sqrt(s)
}

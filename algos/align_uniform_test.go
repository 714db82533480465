package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	both := func(name string, n, d int, alpha, scale float64) example {
		return example{
			name: name, inputs: adtest.Normal(27, 2, n, d),
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				u := t.Add(Uniformity(t, z[0], float32(scale)), Uniformity(t, z[1], float32(scale)))
				return t.Add(Alignment(t, z[0], z[1], float32(alpha)), t.Scale(u, 0.5))
			},
			want: func(z [][]float64) float64 {
				a, b := unit64(z[0], d), unit64(z[1], d)
				total := 0.0
				for i := range a {
					total += math.Pow(distance64(a[i], b[i]), alpha) / float64(n)
				}
				for _, view := range [][][]float64{a, b} {
					mean, pairs := 0.0, float64(n*(n-1)/2)
					for i := range view {
						for j := range i {
							mean += math.Exp(-scale*math.Pow(distance64(view[i], view[j]), 2)) / pairs
						}
					}
					total += math.Log(mean) / 2
				}
				return total
			},
			swap: []int{1, 0}, cosine: []int{0, 1},
		}
	}
	squared := both("squared distance", 5, 3, 2, 2)
	squared.collapsed = value(0)
	checked["align_uniform"] = checks{
		golden: map[string]func(*testing.T, golden.Case){
			"alignment": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value { return Alignment(b.Tape, z1, z2, b.float("alpha")) }),
			"uniformity": func(t *testing.T, c golden.Case) {
				b := newBench(t, c)
				b.check(Uniformity(b.Tape, b.in("z"), b.float("t")))
			},
			"align_uniform": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value {
				alignment := Alignment(b.Tape, z1, z2, b.float("alpha"))
				uniformity := b.Scale(b.Add(Uniformity(b.Tape, z1, b.float("t")), Uniformity(b.Tape, z2, b.float("t"))), 0.5)
				b.c.Output(b.t, "alignment", alignment.Data)
				b.c.Output(b.t, "uniformity", uniformity.Data)
				return b.Add(alignment, b.Scale(uniformity, b.float("lambda")))
			}),
		},
		examples: []example{squared, both("distance", 4, 6, 1, 0.5), both("two images", 2, 3, 3, 10)},
	}
}

func distance64(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += (a[i] - b[i]) * (a[i] - b[i])
	}
	return math.Sqrt(s)
}

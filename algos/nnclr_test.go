package algos

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	nnclr := func(name string, n, d int, tau float64) example {
		return example{
			name: name, inputs: adtest.Normal(14, 4, n, d),
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return NNCLRLoss(t, z[0], z[1], z[2], z[3], float32(tau)) },
			want: func(z [][]float64) float64 {
				total := 0.0
				for _, pair := range [][2]int{{0, 3}, {1, 2}} { // nn1 with p2, nn2 with p1
					nn, p := unit64(z[pair[0]], d), unit64(z[pair[1]], d)
					for i := range nn {
						var logits []float64
						for j := range p {
							logits = append(logits, dot64(nn[i], p[j])/tau)
						}
						total += (logSumExp64(logits) - logits[i]) / float64(2*n)
					}
				}
				return total
			},
			swap: []int{1, 0, 3, 2}, cosine: []int{0, 1, 2, 3}, collapsed: value(math.Log(float64(n))),
		}
	}
	checked["nnclr"] = checks{
		golden: map[string]func(*testing.T, golden.Case){
			"nnclr/paper": goldenNNCLR(func(b *bench, nn1, nn2, p1, p2 *ad.Value) *ad.Value {
				return NNCLRLoss(b.Tape, nn1, nn2, p1, p2, b.float("temperature"))
			}),
			"nnclr/nt_xent": goldenNNCLR(func(b *bench, nn1, nn2, p1, p2 *ad.Value) *ad.Value {
				there, back := NTXent(b.Tape, nn1, p2, b.float("temperature")), NTXent(b.Tape, nn2, p1, b.float("temperature"))
				return b.Scale(b.Add(there, back), 0.5)
			}),
		},
		examples: []example{nnclr("two images", 2, 3, 0.2), nnclr("off the vector width", 5, 7, 1), nnclr("cold", 4, 8, 0.01)},
	}
}

func goldenNNCLR(loss func(b *bench, nn1, nn2, p1, p2 *ad.Value) *ad.Value) func(*testing.T, golden.Case) {
	return func(t *testing.T, c golden.Case) {
		b := newBench(t, c)
		support := b.StopGradient(b.in("support"))
		var neighbours [2]*ad.Value
		for v, name := range []string{"1", "2"} {
			index := Nearest(b.Tape, b.NormalizeRows(b.StopGradient(b.in("z"+name))), support)
			golden.Compare(t, c, "index"+name, widen(index), c.Outputs["index"+name])
			neighbours[v] = b.GatherRows(support, index)
		}
		b.check(loss(b, neighbours[0], neighbours[1], b.in("p1"), b.in("p2")))
	}
}

// widen returns a copy of x as float32.
func widen(x []int32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

func TestNearestTakesTheFirstOfEquals(t *testing.T) {
	tape := &ad.Tape{}
	adtest.Poison(tape)
	support := tape.Input([]float32{0, 1, 1, 0, 1, 0}, 3, 2)
	if got := Nearest(tape, tape.Input([]float32{1, 0, 0.6, 0.8, 0.5, 0.5}, 3, 2), support); !slices.Equal(got, []int32{1, 0, 0}) {
		t.Errorf("%v, want [1 0 0]", got)
	}
}

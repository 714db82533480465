package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	supcon := func(name string, labels []int32, tau float64) example {
		n, d := len(labels), 5
		return example{
			name: name, inputs: adtest.Normal(15, 2, n, d), ordered: true,
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return SupConLoss(t, z[0], z[1], labels, float32(tau)) },
			want: func(z [][]float64) float64 {
				all := append(unit64(z[0], d), unit64(z[1], d)...)
				total := 0.0
				for i := range all {
					var others []float64
					for k := range all {
						if k != i {
							others = append(others, dot64(all[i], all[k])/tau)
						}
					}
					var sum, count float64
					for p := range all {
						if p != i && labels[p%n] == labels[i%n] {
							sum += dot64(all[i], all[p])/tau - logSumExp64(others)
							count++
						}
					}
					total -= sum / count
				}
				return total / float64(2*n)
			},
			swap: []int{1, 0}, cosine: []int{0, 1}, collapsed: value(math.Log(float64(2*n - 1))),
		}
	}
	checked["supcon"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"supcon": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			b.check(SupConLoss(b.Tape, b.in("z1"), b.in("z2"), c.Input(t, "labels").I32(), b.float("temperature")))
		}},
		examples: []example{
			supcon("some alike", []int32{2, 0, 2, 1, 2}, 0.2), supcon("all alike", []int32{4, 4, 4}, 0.5),
			supcon("cold", []int32{1, 0, 1, 0}, 0.01),
		},
	}
}

func TestSupConOfDifferentClassesIsNTXent(t *testing.T) {
	tape := &ad.Tape{Training: true}
	in := adtest.Normal(16, 2, 6, 4)
	z1, z2 := tape.Input(in[0].Data, 6, 4), tape.Input(in[1].Data, 6, 4)
	got := SupConLoss(tape, z1, z2, []int32{5, 3, 1, 0, 2, 4}, 0.3).Scalar()
	if want := NTXent(tape, z1, z2, 0.3).Scalar(); math.Abs(float64(got-want)) > 1e-5 {
		t.Errorf("%v, want %v", got, want)
	}
}

package algos

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
	"pushpull/core/random"
)

func init() {
	hidden := []bool{true, false, true, true, false}
	target := adtest.Random(60, 5, 3)
	checked["can"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"nt_xent": goldenNTXent},
		examples: []example{{
			name: "hidden rows alone count", inputs: adtest.Normal(61, 1, 5, 3), ordered: true,
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				return MaskedError(t, z[0], t.Input(target.Data, 5, 3), hidden)
			},
			want: func(z [][]float64) float64 {
				total := 0.0
				for i, x := range z[0] {
					if hidden[i/3] {
						total += (x - float64(target.Data[i])) * (x - float64(target.Data[i])) / 9
					}
				}
				return total
			},
		}},
	}
}

func TestPatchesAreStandardised(t *testing.T) {
	tape := &ad.Tape{}
	x := adtest.Random(62, 2, 4, 6, 3)
	p := Patches(tape, tape.Input(x.Data, x.Shape...), 2)
	// Row 4 of the patches is the second in the second row of the first image: its pixels are those at rows 2 and 3,
	// columns 2 and 3.
	var want []float64
	for _, at := range [][2]int{{2, 2}, {2, 3}, {3, 2}, {3, 3}} {
		for c := range 3 {
			want = append(want, float64(x.Data[(at[0]*6+at[1])*3+c]))
		}
	}
	mean, variance := moments64(want)
	for i, v := range want {
		if got := float64(p[4*12+i]); math.Abs(got-(v-mean)/math.Sqrt(variance+1e-6)) > 1e-5 {
			t.Errorf("pixel %d is %v, want %v", i, got, (v-mean)/math.Sqrt(variance))
		}
	}
}

// Every patch is either seen, by the token that the decoder takes it from, or hidden and replaced by the mask token.
func TestMaskHidesTheRightPatches(t *testing.T) {
	const n, patches, kept, first = 3, 7, 3, 1
	r := random.New(1)
	tape := &ad.Tape{Random: &r}
	a := &CAN{}
	index, source := a.choose(tape, n, patches, kept, first)
	for i := range n {
		if index[i*(first+kept)] != int32(i*(first+patches)) {
			t.Errorf("image %d: the class token is not the first one seen", i)
		}
		for p := range patches {
			at := i*patches + p
			if a.hidden[at] {
				if source[at] != n*(first+kept) {
					t.Errorf("hidden patch %d comes from token %d", at, source[at])
				}
			} else if token := index[source[at]]; int(token) != i*(first+patches)+first+p {
				t.Errorf("patch %d of image %d comes from token %d", p, i, token)
			}
		}
	}
	count := 0
	for _, h := range a.hidden {
		if h {
			count++
		}
	}
	if count != n*(patches-kept) {
		t.Errorf("%d patches are hidden, want %d", count, n*(patches-kept))
	}
}

func TestCANNeedsPatches(t *testing.T) {
	checkRefused(t, "can", smallSet(), small, "choose the encoder vit")
}

// All of the decoder learns, also what stands for a hidden patch and where it is.
func TestDecoderLearns(t *testing.T) {
	tr := begin(t, registry["can"], smallSet(), small)
	d := &tr.Objective.(*CAN).decoder
	parts := map[string]*ad.Value{"enter": d.enter.Weight, "mask": d.mask, "position": d.position, "leave": d.leave.Weight}
	before := map[string][]float32{}
	for name, p := range parts {
		before[name] = slices.Clone(p.Data)
	}
	losses(t, tr, 2)
	for name, p := range parts {
		if slices.Equal(p.Data, before[name]) {
			t.Errorf("%s stays as it was", name)
		}
	}
}

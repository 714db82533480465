package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// The weights of pairs are the gradient of the loss: the gradient of each projection, a unit vector, is the sum of the
// others by their weights.
func TestPairWeightsAreTheGradient(t *testing.T) {
	const n, d = 6, 5
	labels := []int32{0, 1, 0, 2, 1, 0}
	for _, tc := range []struct {
		name string
		loss func(t *ad.Tape, z1, z2 *ad.Value, tau float32) *ad.Value
	}{
		{"simclr", NTXent}, {"info_nce", InfoNCE}, {"dcl", DCL},
		{"supcon", func(t *ad.Tape, z1, z2 *ad.Value, tau float32) *ad.Value { return SupConLoss(t, z1, z2, labels, tau) }},
	} {
		a, err := Find(tc.name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Resolve(tc.name, "shapes", "convnet", map[string]string{"temperature": "0.3"})
		if err != nil {
			t.Fatal(err)
		}
		o, err := a.New(c)
		if err != nil {
			t.Fatal(err)
		}
		z := adtest.Normal(1, 1, 2*n, d)[0].Data
		var tape ad.Tape
		unit := append([]float32(nil), tape.NormalizeRows(tape.Input(z, 2*n, d)).Data...)
		tape.Reset()
		v := tape.Variable(unit, 2*n, d)
		tape.Backward(tc.loss(&tape, tape.SliceRows(v, 0, n), tape.SliceRows(v, n, 2*n), 0.3))
		w, why := o.(PairWeigher).PairWeights(c, z, d, labels)
		if why != "" || w.Temperature != 0.3 {
			t.Errorf("%s: temperature %v, %s", tc.name, w.Temperature, why)
			continue
		}
		for i := range 2 * n {
			sum, g, along := 0.0, make([]float64, d), 0.0
			for j := range 2 * n {
				sum += float64(w.Softmax[i*2*n+j])
				for k := range d {
					g[k] += float64(w.Gradient[i*2*n+j]) * float64(unit[j*d+k])
				}
			}
			if !(math.Abs(sum-1) < 1e-5) || w.Softmax[i*2*n+i] != 0 {
				t.Errorf("%s: row %d of the softmax sums to %v with %v for itself", tc.name, i, sum, w.Softmax[i*2*n+i])
			}
			for k := range d { // the loss scales rows to length 1, so what points along the row is lost
				along += g[k] * float64(unit[i*d+k])
			}
			for k := range d {
				want := g[k] - along*float64(unit[i*d+k])
				if got := float64(v.Grad[i*d+k]); !(math.Abs(got-want) < 1e-5) {
					t.Errorf("%s: gradient of row %d is %v, the pairs say %v", tc.name, i, got, want)
				}
			}
		}
	}
	for _, off := range []string{"negatives", "normalise"} {
		c, err := Resolve("simclr", "shapes", "convnet", map[string]string{off: "false"})
		if err != nil {
			t.Fatal(err)
		}
		if _, why := (&SimCLR{}).PairWeights(c, make([]float32, 2*n*d), d, nil); why == "" {
			t.Errorf("weights without %s", off)
		}
	}
}

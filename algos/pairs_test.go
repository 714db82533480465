package algos

import (
	"fmt"
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
	for _, at := range []struct{ tau, near float32 }{{0.3, 1e-5}, {0.001, 0.05}} {
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
			c, err := Resolve(tc.name, "shapes", "convnet", map[string]string{"temperature": fmt.Sprint(at.tau)})
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
			tape.Backward(tc.loss(&tape, tape.SliceRows(v, 0, n), tape.SliceRows(v, n, 2*n), at.tau))
			w, why := o.(PairWeigher).PairWeights(c, z, d, labels)
			if why != "" || w.Temperature != at.tau {
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
					if got := float64(v.Grad[i*d+k]); !(math.Abs(got-want) < float64(at.near)) {
						t.Errorf("%s: gradient of row %d is %v, the pairs say %v", tc.name, i, got, want)
					}
				}
			}
		}
	}
}

// What a step tells of pairs is the gradient of that step, with each switch either way, or there is a reason why not; also
// where the temperature is learned and has moved since.
func TestPairWeightsAreThoseOfTheStep(t *testing.T) {
	d := smallSet()
	for _, a := range All() {
		var keys []string
		for _, key := range []string{"symmetric", "normalise", "negatives", "learn-temperature"} {
			if _, owned := a.Defaults[key]; owned {
				keys = append(keys, key)
			}
		}
		for flips := range 1 << len(keys) {
			given := with("optimiser", "sgd")
			given["lr"] = "1"
			for i, key := range keys {
				given[key] = []string{"false", "true"}[flips>>i&1]
			}
			tr := begin(t, a, d, given)
			o, ok := tr.Objective.(PairWeigher)
			if !ok {
				break
			}
			tr.KeepGradients(true)
			losses(t, tr, 1)
			seen, _ := tr.Seen()
			c, width := tr.Config.Clone(), tr.Width()
			if err := tr.Set("temperature", "0.9"); err != nil {
				t.Fatal(err)
			}
			w, why := o.PairWeights(c, seen.Z, width, seen.Labels)
			if why != "" {
				if c.Values["negatives"] != false && c.Values["normalise"] != false && c.Values["symmetric"] != false {
					t.Errorf("%s: no weights: %s", a.Name, why)
				}
				continue
			}
			m := len(seen.Z) / width
			tape := &ad.Tape{}
			unit := tape.NormalizeRows(tape.Input(seen.Z, m, width)).Data
			for i := range m {
				g, along, length := make([]float64, width), 0.0, 0.0
				for k := range width {
					for j := range m {
						g[k] += float64(w.Gradient[i*m+j]) * float64(unit[j*width+k])
					}
					along += g[k] * float64(unit[i*width+k])
					length += float64(seen.Z[i*width+k]) * float64(seen.Z[i*width+k])
				}
				for k := range width {
					want := (g[k] - along*float64(unit[i*width+k])) / math.Sqrt(length)
					if got := float64(seen.GradZ[i*width+k]); math.Abs(got-want) > 1e-5 {
						t.Fatalf("%s, %v: gradient of row %d is %v, the pairs say %v", a.Name, given, i, got, want)
					}
				}
			}
		}
	}
}

func TestNoPairWeightsWithoutNegatives(t *testing.T) {
	const n, d = 6, 5
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

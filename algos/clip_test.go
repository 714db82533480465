package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
	"pushpull/core/train"
)

func init() {
	clip := func(n, d int, scale float64) example {
		logScale := adtest.Input{Data: []float32{float32(math.Log(scale))}}
		return example{
			name: "scale learned", inputs: append(adtest.Normal(29, 2, n, d), logScale), swap: []int{1, 0, 2}, cosine: []int{0, 1},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return CLIPLoss(t, z[0], z[1], z[2]) },
			want: func(z [][]float64) float64 {
				return infoNCE64(unit64(z[0], d), unit64(z[1], d), math.Exp(-z[2][0]))
			},
		}
	}
	checked["clip"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"clip": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			b.check(CLIPLoss(b.Tape, b.in("image"), b.in("text"), b.in("logit_scale")))
		}},
		examples: []example{clip(2, 3, 14.3), clip(5, 7, 1), clip(4, 8, 100)},
	}
}

// A learned temperature that is set in the middle of a run is that of the next step, and is learned on from there.
func TestLearnedTemperatureCanBeSet(t *testing.T) {
	for _, name := range []string{"simclr", "info_nce", "clip", "siglip"} {
		tr := begin(t, registry[name], smallSet(), with("learn-temperature", "true"))
		losses(t, tr, 2)
		for text, want := range map[string]float64{"0.2": math.Log(5), "0.005": math.Log(100)} {
			if err := tr.Set("temperature", text); err != nil {
				t.Fatal(err)
			}
			var scale []float32
			for _, x := range kept(t, tr) {
				if x.Name == "temperature.log_scale" {
					scale = x.Data
				}
			}
			if len(scale) != 1 || math.Abs(float64(scale[0])-want) > 1e-5 {
				t.Errorf("%s: after temperature %s log 1/τ is %v, want %v", name, text, scale, want)
			}
		}
	}
}

// However far a step goes, a learned temperature does not fall below 0.01.
func TestLearnedTemperatureHasAFloor(t *testing.T) {
	for _, name := range []string{"simclr", "info_nce"} {
		given := with("learn-temperature", "true")
		given["augment"], given["optimiser"], given["lr"] = "none", "adam", "100" // with equal views every step makes it colder
		tr := begin(t, registry[name], smallSet(), given)
		losses(t, tr, 1)
		if tau := tr.Objective.(interface {
			Temperature(train.Config) float32
		}).Temperature(tr.Config); !(math.Abs(float64(tau)-0.01) < 1e-6) {
			t.Errorf("%s: the temperature is %v, want 0.01", name, tau)
		}
	}
}

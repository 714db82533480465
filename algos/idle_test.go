package algos

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pushpull/core/nn"
	"pushpull/core/train"
)

// TestIdleSettingsChangeNothing: a setting that is told to do nothing leaves losses, gradients and weights as they are, bit for
// bit, whatever it is set to. Each that is declared to do nothing at times is met so.
func TestIdleSettingsChangeNothing(t *testing.T) {
	d, met := smallSet(), map[string]bool{}
	outcome := func(a Algorithm, given map[string]string) ([]float32, *train.Trainer) {
		tr := begin(t, a, d, given)
		var all []float32
		for _, m := range steps(t, tr, 6) { // of two epochs
			all = append(all, m.Loss, m.GradNorm)
		}
		for _, p := range slices.Concat(nn.Parameters(tr.Encoder), nn.Parameters(tr.Head)) {
			all = append(all, p.Data...)
		}
		return all, tr
	}
	for _, a := range All() {
		for _, given := range switchedOff(a) {
			tr := begin(t, a, d, given)
			var want []float32
			idle := tr.Idle()
			for key, why := range idle {
				p, _ := train.Find(key)
				if p.Group == "views" || !p.Owned && a.Name != "simclr" {
					continue // tested with the views; settings of all algorithms are tested with one
				}
				if want == nil {
					want, _ = outcome(a, given)
				}
				met[key] = true
				other := maps.Clone(given)
				other[key] = another(p, tr.Config.Values[key])
				got, changed := outcome(a, other)
				if changed.Idle()[key] != why {
					t.Errorf("%s: %s does nothing since %q, and set to %s since %q", a.Name, key, why, other[key], changed.Idle()[key])
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s: %s does nothing since %q, and set to %s changes the run", a.Name, key, why, other[key])
				}
			}
		}
	}
	for _, p := range train.Params {
		if p.Idle != nil && !met[p.Key] {
			t.Errorf("no run was met in which %s does nothing", p.Key)
		}
	}
}

// switchedOff returns small runs of an algorithm: as it is, and one for each of its settings that can be off or 0, which is so there.
func switchedOff(a Algorithm) []map[string]string {
	all := []map[string]string{small}
	if a.Name == "simclr" {
		all = append(all, with("head-layers", "0"), with("head-layers", "1"), with("lr", "0"))
	}
	for key := range a.Defaults {
		switch p, _ := train.Find(key); {
		case p.Kind == train.Bool:
			all = append(all, with(key, "false"))
		case p.Owned && p.Min == 0:
			all = append(all, with(key, "0"))
		}
	}
	return all
}

// another returns another value of a hyperparameter.
func another(p train.Param, v any) string {
	switch v := v.(type) {
	case bool:
		return fmt.Sprint(!v)
	case int:
		return fmt.Sprint(v + 2)
	case float64:
		return fmt.Sprint((v + p.Min) / 2)
	case string:
		if p.Kind == train.Choice {
			return p.Choices[len(p.Choices)-1]
		}
		return "3" + v[1:] // of several widths the first
	}
	panic("no other value of " + p.Key)
}

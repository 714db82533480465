package train

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pushpull/core/augment"
)

// TestPinnedViews: views of a seed never change, since results are quoted with their seeds.
func TestPinnedViews(t *testing.T) {
	set := tiny(t)
	for _, tc := range []struct{ views, gray, want string }{
		{"simclr", "0.3", "7.77 4.16"},
		{"digits", "0", "-9.73 -0.04"},
		{"none", "0.3", "-0.17 2.27"},
	} {
		c, err := Resolve("x", "tiny", "mlp", nil, map[string]string{"augment": tc.views, "crop-min": "0.3", "flip": "0.4", "rotate": "10",
			"jitter": "1.2", "jitter-prob": "0.7", "gray-prob": tc.gray, "blur-prob": "0.5"})
		if err != nil {
			t.Fatal(err)
		}
		l := NewLoader(c, set.Train, InputOf(set), Plan{Images: 3, Views: 4, Weak: 1, Local: Crops{2, 4, 4, 0.1, 0.4}})
		l.Load(2, []int32{5, 0, 2})
		if got := fmt.Sprintf("%.2f %.2f", moment(l.whole), moment(l.local)); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.views, got, tc.want)
		}
	}
}

// Whole views take turns, the weak ones come after them and the local ones last.
func TestViewsTakeTurns(t *testing.T) {
	c, err := Resolve("x", "tiny", "mlp", nil, map[string]string{"augment": "dino"})
	if err != nil {
		t.Fatal(err)
	}
	r := recipe{Kind: "dino", Strengths: strengths(c), Plan: Plan{Views: 5, Weak: 1, Local: Crops{2, 4, 4, 0.1, 0.4}}}
	r.prepare()
	for v, want := range []augment.Pipeline{r.views.First, r.views.Second, r.views.First, r.views.Second, r.views.Weak, r.views.Local, r.views.Local} {
		if got := r.pipeline(v); !reflect.DeepEqual(got, want) {
			t.Errorf("view %d is made by %+v, want %+v", v, got, want)
		}
	}
	if reflect.DeepEqual(r.views.First, r.views.Second) {
		t.Error("both views of a pair are made alike")
	}
}

// moment is a sum that hardly depends on rounding, but on each number and its place.
func moment(x []float32) (sum float64) {
	for i, v := range x {
		sum += float64(v) * math.Sin(float64(i))
	}
	return sum
}

// TestEachStrengthActs: every hyperparameter of the views that a kind of views has changes what it makes. So none is
// misspelt, and none is ignored in silence.
func TestEachStrengthActs(t *testing.T) {
	for _, preset := range augment.Presets {
		if preset.Name == "none" {
			continue
		}
		c, err := Resolve("x", "tiny", "mlp", nil, map[string]string{"augment": preset.Name})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range Params { // everything has to happen for its strength to count
			if v, ok := c.Values[p.Key].(float64); ok && v == 0 && p.Group == "views" {
				c.Values[p.Key] = p.Max / 2
			}
		}
		before := preset.Views(strengths(c))
		for _, p := range Params {
			old, has := c.Values[p.Key]
			if !has || p.Group != "views" || p.Kind == Choice {
				continue
			}
			switch v := old.(type) { // to another value, a little away from the ends
			case float64:
				c.Values[p.Key] = p.Min + math.Mod(v-p.Min+0.3*(p.Max-p.Min), 0.9*(p.Max-p.Min))
			case int:
				c.Values[p.Key] = v + 1
			}
			if reflect.DeepEqual(preset.Views(strengths(c)), before) {
				t.Errorf("%s: %s does nothing", preset.Name, p.Key)
			}
			c.Values[p.Key] = old
		}
		for key := range preset.Strengths {
			if p, ok := Find(key); !ok || p.Group != "views" {
				t.Errorf("%s has the unknown strength %s", preset.Name, key)
			}
		}
	}
}

func TestKindsOfViewsHaveKeysOfTheirOwn(t *testing.T) {
	c, err := Resolve("x", "tiny", "mlp", nil, map[string]string{"augment": "randaugment", "rand-ops": "3"})
	if err != nil || c.Int("rand-ops") != 3 || c.Float("rand-magnitude") != 9 || c.Float("jitter") != 0 {
		t.Errorf("%v, %v", c.Values, err)
	}
	if _, has := c.Values["band-jitter"]; has {
		t.Error("randaugment has band-jitter")
	}
	_, err = Resolve("x", "tiny", "mlp", nil, map[string]string{"second-blur-prob": "1"})
	if err == nil || !strings.Contains(err.Error(), "views of the kind simclr do not use second-blur-prob: set augment to byol or dino") {
		t.Errorf("error %v", err)
	}
	// The algorithm's own default stands above that of the kind of views, and what is given above both.
	c, err = Resolve("x", "tiny", "mlp", Values{"crop-min": 0.9}, map[string]string{"augment": "byol", "blur-prob": "0.25"})
	if err != nil || c.Values["crop-min"] != 0.9 || c.Values["saturation"] != 0.2 || c.Values["blur-prob"] != 0.25 {
		t.Errorf("%v, %v", c.Values, err)
	}
	// What a file of before lacks is as it was then.
	if err := json.Unmarshal([]byte(`{"values": {"augment": "digits", "crop-min": 0.4}}`), &c); err != nil ||
		c.Values["crop-min"] != 0.4 || c.Values["blur-sigma"] != 1.0 || c.Values["hue"] != 0.0 || c.Values["batch"] != 256 {
		t.Errorf("%v, %v", c.Values, err)
	}
}

// TestPairsDiffer: the views of BYOL's pair differ in their blur; those of the weak and strong pair in all but the crop.
func TestPairsDiffer(t *testing.T) {
	for kind, check := range map[string]func(first, second augment.Record) bool{
		"byol":        func(first, second augment.Record) bool { return first.Blur > 0 && second.Blur == 0 },
		"weak_strong": func(_, second augment.Record) bool { return second.Brightness == 1 && second.Box.Height < 8 },
	} {
		c, err := Resolve("x", "tiny", "mlp", nil, map[string]string{"augment": kind, "blur-prob": "1"})
		if err != nil {
			t.Fatal(err)
		}
		if kind == "byol" {
			c.Values["second-blur-prob"] = 0.0
		}
		set := tiny(t)
		l := NewLoader(c, set.Train, InputOf(set), Plan{Images: 8, Views: 2})
		l.Load(0, []int32{0, 1, 2, 3, 4, 5, 6, 7})
		seen := 0
		for i := range 8 {
			if check(l.Record(i, 0), l.Record(i, 1)) {
				seen++
			}
		}
		if seen < 4 {
			t.Errorf("%s: the views differ as they should for %d of 8 images", kind, seen)
		}
	}
}

func TestPixelsAreNormalisedAsAsked(t *testing.T) {
	for name, want := range map[string][2]float32{"imagenet": {0.485, 0.229}, "none": {0, 1}, "mnist": {0.1307, 0.3081}, "data": {}} {
		tr := start(t, &pull{}, map[string]string{"pixel-norm": name})
		in := tr.Input
		if name == "data" {
			want = [2]float32{tr.Data.Mean[0], tr.Data.Std[0]}
		}
		if in.Mean[0] != want[0] || in.Std[0] != want[1] || len(in.Mean) != 3 || in.check() != nil {
			t.Errorf("%s: %+v, want %v", name, in, want)
		}
		losses(t, tr, 1)
		path := filepath.Join(t.TempDir(), "checkpoint")
		if err := tr.Save(path); err != nil {
			t.Fatal(err)
		}
		if c, err := Load(path); err != nil || c.Input.Mean[0] != want[0] {
			t.Errorf("%s: saved as %v, %v", name, c.Input, err)
		}
	}
	gray := Input{H: 4, W: 4, C: 1, Mean: []float32{0.3}, Std: []float32{0.2}}.normalisedBy("cifar10")
	if gray.check() != nil || gray.Mean[0] < 0.47 || gray.Mean[0] > 0.48 {
		t.Errorf("gray: %+v", gray)
	}
}

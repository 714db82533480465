package train

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pushpull/core/augment"
	"pushpull/core/data"
)

// cropped starts a run of three views, one of them weak, and two local ones.
func cropped(t *testing.T, d *data.Dataset, given map[string]string) *Trainer {
	t.Helper()
	all := map[string]string{"batch": "4", "conv-channels": "4-8", "conv-strides": "1-2"}
	maps.Copy(all, given)
	c, err := Resolve("crops", "tiny", "convnet", Values{"local-views": 2, "local-size": 0, "local-crop-min": 0.1, "local-crop-max": 0.3}, all)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := New(c, d, &crops{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// gray returns the data set with one channel.
func gray(d *data.Dataset) *data.Dataset {
	one := *d
	for _, set := range []**data.Set{&one.Train, &one.Test} {
		s := **set
		s.C, s.Pixels = 1, s.Pixels[:s.Len()*s.H*s.W]
		*set = &s
	}
	one.Mean, one.Std = one.Mean[:1], one.Std[:1]
	return &one
}

// TestSamplesAreViewsOfTraining: but for the normalising of pixels, which they lack, they are what a loader makes.
func TestSamplesAreViewsOfTraining(t *testing.T) {
	tr := cropped(t, tiny(t), nil)
	source, views := tr.SampleViews(5, 3)
	want := make([]float32, len(source.Pix))
	if tr.Data.Train.Image(5, want); !slices.Equal(source.Pix, want) {
		t.Error("the source is another image")
	}
	l := NewLoader(tr.Config, tr.Data.Train, tr.Input, tr.Plan())
	whole := l.Load(-4, []int32{5})
	if len(views) != 5 || views[4].H != 4 || views[2].H != 8 {
		t.Fatalf("%d views, the last of %d rows", len(views), views[4].H)
	}
	for v, view := range views {
		augment.Normalize(view.Image, view.Image, tr.Input.Mean, tr.Input.Std)
		all, at := whole, v
		if v >= 3 {
			all, at = l.local, v-3
		}
		if n := len(view.Pix); !slices.Equal(view.Pix, all[at*n:(at+1)*n]) || view.Record != l.Record(0, v) {
			t.Errorf("view %d differs from training's", v)
		}
	}
}

// TestIdleStrengths: a strength that is told to do nothing does nothing, whatever it is set to, and one that is not does.
func TestIdleStrengths(t *testing.T) {
	views := func(tr *Trainer) (all []float32) {
		for i := range 16 {
			_, of := tr.SampleViews(i%tr.Data.Train.Len(), uint32(i))
			for _, v := range of {
				all = append(all, v.Pix...)
			}
		}
		return all
	}
	for _, preset := range augment.Presets {
		for name, given := range map[string]map[string]string{
			"as it is":           {},
			"all on":             {"jitter": "1", "saturation": "0.4", "hue": "0.1", "gray-prob": "0.3", "blur-prob": "0.5"},
			"no jitter, no blur": {"jitter-prob": "0", "blur-prob": "0"},
		} {
			given = maps.Clone(given)
			given["augment"] = preset.Name
			for c, d := range map[int]*data.Dataset{1: gray(tiny(t)), 3: tiny(t)} {
				tr := cropped(t, d, given)
				idle, before := tr.Idle(), views(tr)
				for key, v := range strengths(tr.Config) {
					if c == 1 && key == "gray-prob" {
						continue // its draws, or their lack, give later steps others
					}
					if err := tr.Set(key, fmt.Sprint(another(key, v))); err != nil {
						t.Fatal(err)
					}
					if same := slices.Equal(views(tr), before); same != (idle[key] != "") {
						t.Errorf("%s, %s, %d channels: %s changes nothing: %v; it is told %q", preset.Name, name, c, key, same, idle[key])
					}
					if err := tr.Set(key, fmt.Sprint(v)); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// TestWhyStrengthsAreIdle: the reason names what to switch on, where that helps.
func TestWhyStrengthsAreIdle(t *testing.T) {
	for _, tc := range []struct {
		given map[string]string
		want  map[string]string
	}{
		{map[string]string{"jitter": "0", "blur-prob": "0"}, map[string]string{"hue": "jitter is 0", "jitter-prob": "jitter is 0", "blur-sigma": "blur-prob is 0", "flip": ""}},
		{map[string]string{"jitter": "0", "jitter-prob": "0"}, map[string]string{"hue": "jitter and jitter-prob are 0", "jitter": "jitter-prob is 0"}},
		{map[string]string{"hue": "0", "saturation": "0", "contrast": "0", "brightness": "0"}, map[string]string{"jitter": "brightness, contrast, hue and saturation are 0"}},
		{map[string]string{"augment": "none"}, map[string]string{"crop-min": "augment is none"}},
		{map[string]string{"augment": "dino"}, map[string]string{"local-blur-prob": "no view of this run uses it", "second-blur-prob": ""}},
	} {
		tr := start(t, &pull{}, tc.given)
		idle := tr.Idle()
		for key, want := range tc.want {
			if idle[key] != want {
				t.Errorf("%v: %s has no effect since %q, want %q", tc.given, key, idle[key], want)
			}
		}
	}
	c, err := Resolve("crops", "tiny", "convnet", Values{"local-views": 0, "local-size": 0, "local-crop-min": 0.1, "local-crop-max": 0.3}, map[string]string{"batch": "4"})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := New(c, tiny(t), &crops{})
	if err != nil {
		t.Fatal(err)
	}
	if idle := tr.Idle(); idle["local-crop-max"] != "local-views is 0" {
		t.Errorf("without local views it is told %v", idle)
	}
	unlabelled := cropped(t, tiny(t), nil)
	unlabelled.Data.Test.Labels = nil
	if idle := unlabelled.Idle(); idle["knn-k"] != "the images have no classes" || idle["momentum"] != "optimiser is adam" || idle["vit-dim"] != "encoder is convnet" {
		t.Errorf("without classes it is told %v", idle)
	}
	if idle := cropped(t, gray(tiny(t)), nil).Idle(); idle["hue"] != "the images are gray" || idle["gray-prob"] == "" || idle["brightness"] != "" {
		t.Errorf("of gray images it is told %v", idle)
	}
}

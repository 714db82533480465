package transfer

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/probe"
	"pushpull/core/train"
)

func TestMeasure(t *testing.T) {
	d := faint(120, 60, 20)
	n := untrained(t, d, map[string]string{"knn-temperature": "0.1"})
	before := untrained(t, d, nil)
	nn.Copy(n, untrained(t, d, map[string]string{"seed": "9"})) // other weights than it began with
	r, err := Measure(n, d, 0.01, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Train != 120 || r.Test != 60 || r.Classes != 3 {
		t.Errorf("%d training and %d test images, %d classes", r.Train, r.Test, r.Classes)
	}

	// The figures are those of the protocol that is told.
	bank, _ := n.Embed(d.Train, everything(d.Train))
	query, _ := n.Embed(d.Test, everything(d.Test))
	vote := func(bank, query []float32, d2 int) float64 {
		v, err := probe.KNN{K: r.KNN.K, Temperature: r.KNN.Temperature}.Classify(bank, d.Train.Labels, query, d2, 3)
		if err != nil {
			t.Fatal(err)
		}
		return probe.Accuracy(v.Class, d.Test.Labels)
	}
	if r.KNN.K != 12 || r.KNN.Temperature != 0.1 || r.KNN.Bank != 120 || r.KNN.Queries != 60 {
		t.Errorf("protocol %+v", r.KNN)
	}
	if want := vote(bank, query, n.Dim()); r.KNN.Top1 != want {
		t.Errorf("kNN %g, want %g", r.KNN.Top1, want)
	}
	if want := vote(n.Pixels(d.Train, everything(d.Train)), n.Pixels(d.Test, everything(d.Test)), 8*8*3); r.KNN.RawPixels != want {
		t.Errorf("kNN of raw pixels %g, want %g", r.KNN.RawPixels, want)
	}
	freshBank, _ := before.Embed(d.Train, everything(d.Train))
	freshQuery, _ := before.Embed(d.Test, everything(d.Test))
	if want := vote(freshBank, freshQuery, n.Dim()); r.KNN.Untrained != want {
		t.Errorf("kNN untrained %g, want %g", r.KNN.Untrained, want)
	}
	fit := func(bank []float32) *probe.Linear {
		m, err := probe.LinearProbe{L2: 0.01, Standardize: true}.Fit(bank, d.Train.Labels, n.Dim(), 3)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := fit(bank)
	want := Linear{probe.Accuracy(m.Predict(query), d.Test.Labels), probe.Accuracy(fit(freshBank).Predict(freshQuery), d.Test.Labels),
		probe.Accuracy(m.Predict(bank), d.Train.Labels), 0.01, m.Iterations}
	if *r.Linear != want {
		t.Errorf("linear %+v, want %+v", *r.Linear, want)
	}
	if r.KNN.Top1 == r.KNN.Untrained || r.KNN.Top1 == r.KNN.RawPixels || r.Linear.Top1 == r.Linear.Untrained {
		t.Errorf("figures that are mistaken for each other would pass: %+v, %+v", r.KNN, r.Linear)
	}
}

func TestGeometry(t *testing.T) {
	d := stripes(30, 80)
	n := untrained(t, d, nil)
	g, err := measureGeometry(n, d.Test)
	if err != nil {
		t.Fatal(err)
	}
	h, z := n.Embed(d.Test, everything(d.Test))
	loader := train.NewLoader(n.Config, d.Test, n.Input, train.Plan{Images: 80, Views: 2})
	hs, zs := n.EmbedViews(loader.Load(0, everything(d.Test)), d.Test)
	for _, tc := range []struct {
		name     string
		got      Space
		x, views []float32
		d        int
	}{{"h", g.H, h, hs, n.Dim()}, {"z", g.Z, z, zs, n.Width()}} {
		s := tc.got
		if s.Dim != tc.d || len(s.Std) != tc.d || s.Uniformity != probe.Uniformity(tc.x, tc.d, 2) || s.RankMe != probe.RankMe(tc.x, tc.d) ||
			s.NormalizedStd != probe.NormalizedStd(tc.x, tc.d) || s.EffectiveRank != probe.EffectiveRank(tc.x, tc.d) {
			t.Errorf("%s: %+v is not what probe says", tc.name, s)
		}
		var sum float64
		for _, v := range s.Spectrum {
			sum += v
		}
		if math.Abs(sum-1) > 1e-9 || !slices.IsSortedFunc(s.Spectrum, func(a, b float64) int { return int(math.Copysign(1, b-a)) }) {
			t.Errorf("%s: spectrum %v", tc.name, s.Spectrum)
		}
		if want := probe.Alignment(tc.views[:80*tc.d], tc.views[80*tc.d:], tc.d, 2); !(math.Abs(s.Alignment-want) < 1e-5*want) {
			t.Errorf("%s: alignment %g, want %g", tc.name, s.Alignment, want)
		}
	}

	// Without augmentation both views are the image.
	same, err := measureGeometry(untrained(t, d, map[string]string{"augment": "none"}), d.Test)
	if err != nil {
		t.Fatal(err)
	}
	if same.H.Alignment != 0 || same.Z.Alignment != 0 || same.Views != "none" {
		t.Errorf("alignment %g and %g of equal views (%s)", same.H.Alignment, same.Z.Alignment, same.Views)
	}
}

func TestDirections(t *testing.T) {
	s := Space{Spectrum: []float64{0.5, 0.3, 0.1, 0.1}}
	for share, want := range map[float64]int{0.4: 1, 0.5: 1, 0.51: 2, 0.8: 2, 0.9: 3, 1: 4} {
		if got := s.Directions(share); got != want {
			t.Errorf("%d directions hold %g, want %d", got, share, want)
		}
	}
	if got := (&Space{Spectrum: make([]float64, 3)}).Directions(0.9); got != 0 { // all embeddings are equal
		t.Errorf("%d directions of none", got)
	}
}

func TestMeasureWithoutLabels(t *testing.T) {
	d := stripes(30, 12)
	d.Train.Labels, d.Test.Labels = nil, nil
	r, err := Measure(untrained(t, d, nil), d, 0.01, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.KNN != nil || r.Linear != nil || r.Geometry.Images != 12 {
		t.Errorf("%+v", r)
	}
}

func TestMeasureRefuses(t *testing.T) {
	d := stripes(30, 12)
	broken := untrained(t, d, nil)
	state(broken.Encoder)[0][0] = float32(math.NaN())
	gray := *d
	gray.Test = &data.Set{H: 8, W: 8, C: 1, Pixels: d.Test.Pixels[:12*64], Labels: d.Test.Labels, Classes: d.Test.Classes}
	lone := *d
	lone.Test = &data.Set{H: 8, W: 8, C: 3, Pixels: d.Test.Pixels[:8*8*3], Labels: d.Test.Labels[:1], Classes: d.Test.Classes}

	for _, tc := range []struct {
		name string
		err  func() error
		want string
	}{
		{"diverged", func() error { _, err := Measure(broken, d, 0.01, nil); return err }, "not finite numbers"},
		{"gray", func() error { _, err := Measure(untrained(t, d, nil), &gray, 0.01, nil); return err }, "1 channel"},
		{"one image", func() error { _, err := Measure(untrained(t, d, nil), &lone, 0.01, nil); return err }, "at least 2"},
	} {
		if err := tc.err(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", tc.name, err, tc.want)
		}
	}
}

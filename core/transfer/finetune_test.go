package transfer

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/nn"
)

// settings are small ones.
func settings(t testing.TB, given map[string]string) Settings {
	t.Helper()
	all := map[string]string{"epochs": "4", "batch": "16", "labels": "0.5", "head-lr": "0.01", "backbone-lr": "0.01", "crop-min": "1"}
	for k, v := range given {
		all[k] = v
	}
	s, err := Resolve(all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func silent(Epoch) {}

func TestFineTune(t *testing.T) {
	d := stripes(120, 60)
	n := untrained(t, d, nil)
	var seen []Epoch
	o, err := settings(t, nil).FineTune(context.Background(), n, d, func(e Epoch) { seen = append(seen, e) })
	if err != nil {
		t.Fatal(err)
	}
	if o.Learned != 48 || o.Held != 12 || o.Tested != 60 || o.Steps != 4*3 {
		t.Errorf("%d learned from, %d held out, %d tested, %d steps; want 48, 12, 60, 12", o.Learned, o.Held, o.Tested, o.Steps)
	}
	if o.Test < 0.9 {
		t.Errorf("test accuracy %g of what is easily told apart", o.Test)
	}
	if len(o.Curve) != 5 || !slices.Equal(o.Curve, seen) {
		t.Errorf("curve %v, told %v", o.Curve, seen)
	}
	for _, e := range o.Curve {
		if e.Validation > o.Validation || e.Validation == o.Validation && e.Epoch < o.Best {
			t.Errorf("best epoch %d with %g, but epoch %d has %g", o.Best, o.Validation, e.Epoch, e.Validation)
		}
	}
	if last := o.Curve[4]; !(last.Loss < o.Curve[1].Loss) {
		t.Errorf("loss went from %g to %g", o.Curve[1].Loss, last.Loss)
	}
}

func TestFineTuneIsReproducible(t *testing.T) {
	defer kernel.SetThreads(0)
	d := stripes(60, 30)
	var outcomes [2]*Outcome
	var weights [2][][]float32
	for i, threads := range []int{1, 3} {
		kernel.SetThreads(threads)
		n := untrained(t, d, nil)
		var err error
		if outcomes[i], err = settings(t, nil).FineTune(context.Background(), n, d, silent); err != nil {
			t.Fatal(err)
		}
		weights[i] = state(n)
	}
	if !slices.Equal(outcomes[0].Curve, outcomes[1].Curve) {
		t.Errorf("curves differ:\n%v\n%v", outcomes[0].Curve, outcomes[1].Curve)
	}
	for i := range weights[0] {
		if !slices.Equal(weights[0][i], weights[1][i]) {
			t.Fatal("weights differ")
		}
	}
}

// The network ends with the weights of the best epoch: those that a run up to there leaves.
func TestFineTuneKeepsTheBestEpoch(t *testing.T) {
	d := stripes(60, 30)
	s := settings(t, map[string]string{"epochs": "6", "head-lr": "0.3", "backbone-lr": "0.3"}) // goes up and down
	n := untrained(t, d, nil)
	o, err := s.FineTune(context.Background(), n, d, silent)
	if err != nil {
		t.Fatal(err)
	}
	if o.Best == 0 || o.Best == 6 {
		t.Fatalf("best epoch %d of curve %v tests nothing", o.Best, o.Curve)
	}
	images, _, err := split(d.Train, s.Labels, s.Validation, uint64(s.Seed))
	if err != nil {
		t.Fatal(err)
	}
	again := untrained(t, d, nil)
	tuner := newTuner(s, again, d.Train, images)
	for epoch := range o.Best {
		if _, err := tuner.epoch(context.Background(), epoch); err != nil {
			t.Fatal(err)
		}
	}
	want := state(again)
	for i, x := range state(n) {
		if !slices.Equal(x, want[i]) {
			t.Fatal("the weights are not those of the best epoch")
		}
	}
}

// Each learning rate moves its own part; at 0 a part stays.
func TestLearningRates(t *testing.T) {
	d := stripes(60, 30)
	images, _, _ := split(d.Train, 1, 0.2, 1)
	for _, tc := range []struct {
		head, backbone string
	}{{"0", "0.01"}, {"0.01", "0"}} {
		n := untrained(t, d, nil)
		tuner := newTuner(settings(t, map[string]string{"head-lr": tc.head, "backbone-lr": tc.backbone}), n, d.Train, images)
		before := [2][]float32{parameters(tuner.classifier), parameters(n.Encoder)}
		if _, err := tuner.epoch(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
		if moved := !slices.Equal(before[0], parameters(tuner.classifier)); moved != (tc.head != "0") {
			t.Errorf("head-lr %s: classifier moved: %v", tc.head, moved)
		}
		if moved := !slices.Equal(before[1], parameters(n.Encoder)); moved != (tc.backbone != "0") {
			t.Errorf("backbone-lr %s: encoder moved: %v", tc.backbone, moved)
		}
	}
}

func parameters(p nn.Part) []float32 {
	var all []float32
	for _, v := range nn.Parameters(p) {
		all = append(all, v.Data...)
	}
	return all
}

// An epoch shows each image once, in batches that differ by at most one image, none beyond the limit.
func TestEpochShowsEachImageOnce(t *testing.T) {
	d := stripes(60, 30)
	for _, batch := range []string{"7", "16", "50", "64"} {
		n := untrained(t, d, nil)
		images, _, _ := split(d.Train, 1, 0.2, 1)
		tuner := newTuner(settings(t, map[string]string{"batch": batch}), n, d.Train, images)
		if _, err := tuner.epoch(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(slices.Values(tuner.order)); !slices.Equal(got, images) {
			t.Errorf("batch %s: the epoch showed %v, want %v", batch, got, images)
		}
		if most := (len(images) + tuner.perEpoch - 1) / tuner.perEpoch; most > tuner.Batch {
			t.Errorf("batch %s: %d images in a step", batch, most)
		}
	}
}

func TestFineTuneRefuses(t *testing.T) {
	unlabelled := stripes(60, 30)
	unlabelled.Test.Labels = nil
	gray := stripes(60, 30)
	gray.Train = &data.Set{H: 8, W: 8, C: 1, Pixels: gray.Train.Pixels[:60*64], Labels: gray.Train.Labels, Classes: gray.Train.Classes}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	for _, tc := range []struct {
		name  string
		ctx   context.Context
		d     *data.Dataset
		given map[string]string
		want  string
	}{
		{"unlabelled", context.Background(), unlabelled, nil, "no labels"},
		{"gray", context.Background(), gray, nil, "1 channel"},
		{"few", context.Background(), stripes(60, 30), map[string]string{"labels": "0.01"}, "set labels to 0.1 or more"},
		{"stopped", stopped, stripes(60, 30), nil, "canceled"},
		{"diverged", context.Background(), stripes(60, 30), map[string]string{"backbone-lr": "1e6", "head-lr": "1e6", "epochs": "50"}, "lower head-lr and backbone-lr"},
	} {
		_, err := settings(t, tc.given).FineTune(tc.ctx, untrained(t, stripes(60, 30), nil), tc.d, silent)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", tc.name, err, tc.want)
		}
	}
}

// A steady step allocates nothing.
func TestStepAllocatesNothing(t *testing.T) {
	d := stripes(60, 30)
	images, _, _ := split(d.Train, 1, 0.2, 1)
	tuner := newTuner(settings(t, nil), untrained(t, d, nil), d.Train, images)
	batch := images[:16]
	step := func() {
		if loss, err := tuner.step(0, batch); err != nil || math.IsNaN(float64(loss)) {
			t.Fatal(loss, err)
		}
	}
	step()
	step()
	if n := testing.AllocsPerRun(5, step); n > 0 {
		t.Errorf("%g allocations a step", n)
	}
}

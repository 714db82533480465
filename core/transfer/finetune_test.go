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
	"pushpull/core/probe"
)

// settings are small ones.
func settings(t testing.TB, given map[string]string) Settings {
	t.Helper()
	all := map[string]string{"epochs": "4", "batch": "16", "labels": "0.5", "scratch-lr": "0.01", "crop-min": "1"}
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

func TestFromScratch(t *testing.T) {
	d := stripes(120, 60)
	n := untrained(t, d, nil)
	var seen []Epoch
	o, err := settings(t, nil).FromScratch(context.Background(), n, d, func(e Epoch) { seen = append(seen, e) })
	if err != nil {
		t.Fatal(err)
	}
	if o.Learned != 48 || o.Held != 12 || o.Tested != 60 || o.Steps != 4*3 || o.Probe != nil {
		t.Errorf("%d learned from, %d held out, %d tested, %d steps, probe %v; want 48, 12, 60, 12, none", o.Learned, o.Held, o.Tested, o.Steps, o.Probe)
	}
	if o.Test < 0.9 {
		t.Errorf("test accuracy %g of what is easily told apart", o.Test)
	}
	if len(o.Curve) != 5 || !slices.Equal(o.Curve, seen) {
		t.Errorf("curve %v, told %v", o.Curve, seen)
	}
	for _, e := range o.Curve {
		if e.Validation > o.Validation {
			t.Errorf("best epoch %d with %g, but epoch %d has %g", o.Best, o.Validation, e.Epoch, e.Validation)
		}
	}
	if first, last := o.Curve[1], o.Curve[4]; !(last.Loss < first.Loss && first.Loss < 1.2*math.Log(3)) {
		t.Errorf("loss went from %g to %g; that of guessing is %g", first.Loss, last.Loss, math.Log(3))
	}
}

// Fine-tuning starts from the linear probe that does best on the images held out.
func TestFineTuneStartsFromAProbe(t *testing.T) {
	d := faint(240, 120, 12)
	s := settings(t, map[string]string{"epochs": "1"})
	n := untrained(t, d, nil)
	learn, held, err := split(d.Train, s.Labels, s.Validation, uint64(s.Seed))
	if err != nil {
		t.Fatal(err)
	}
	x, _ := n.Embed(d.Train, learn)
	y, _ := n.Embed(d.Train, held)
	test, _ := n.Embed(d.Test, everything(d.Test))
	judged := func(l2 float64) (validation score, tested float64) {
		m, err := probe.LinearProbe{L2: l2, Standardize: true}.Fit(x, data.Pick(d.Train.Labels, learn), n.Dim(), 3)
		if err != nil {
			t.Fatal(err)
		}
		return scoreOf(m, y, data.Pick(d.Train.Labels, held)), probe.Accuracy(m.Predict(test), d.Test.Labels)
	}
	o, err := s.FineTune(context.Background(), n, d, silent)
	if err != nil {
		t.Fatal(err)
	}
	validation, tested := judged(o.Probe.L2)
	if want := (Probe{tested, validation.accuracy, o.Probe.L2}); *o.Probe != want {
		t.Errorf("probe %+v, want %+v", *o.Probe, want)
	}
	if o.Curve[0].Validation != validation.accuracy || o.Validation < validation.accuracy {
		t.Errorf("curve %v, best %g; the probe has %v", o.Curve, o.Validation, validation)
	}
	worse := 0
	for _, l2 := range penalties {
		switch v, _ := judged(l2); {
		case v.above(validation):
			t.Errorf("l2 %g has %v, the chosen %g has %v", l2, v, o.Probe.L2, validation)
		case validation.above(v):
			worse++
		}
	}
	if worse == 0 {
		t.Error("all penalties do equally well: nothing is tested")
	}
}

// Of equal accuracies the lower cross-entropy wins; it is that of the softmax, whatever the size of the logits.
func TestScore(t *testing.T) {
	m := &probe.Linear{Weight: []float32{1, 0, 0, 1}, Bias: []float32{0, 0}}
	got := scoreOf(m, []float32{2, 1, 0, 300}, []int32{0, 0})
	want := score{0.5, (math.Log(1+math.Exp(-1)) + 300) / 2}
	if got.accuracy != want.accuracy || math.Abs(got.loss-want.loss) > 1e-5 {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, tc := range []struct {
		a, b  score
		above bool
	}{
		{score{0.5, 2}, score{0.4, 1}, true},
		{score{0.5, 1}, score{0.5, 2}, true},
		{score{0.5, 2}, score{0.5, 2}, false},
		{score{0.4, 1}, score{0.5, 2}, false},
	} {
		if tc.a.above(tc.b) != tc.above {
			t.Errorf("%v above %v: %v", tc.a, tc.b, !tc.above)
		}
	}
}

func TestFineTuneIsReproducible(t *testing.T) {
	defer kernel.SetThreads(0)
	d := faint(60, 30, 20)
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
func TestBestEpochIsKept(t *testing.T) {
	d := stripes(60, 30)
	s := settings(t, map[string]string{"epochs": "6", "scratch-lr": "0.3"}) // goes up and down
	n := untrained(t, d, nil)
	o, err := s.FromScratch(context.Background(), n, d, silent)
	if err != nil {
		t.Fatal(err)
	}
	if o.Best == 0 || o.Best == 6 {
		t.Fatalf("best epoch %d of curve %v tests nothing", o.Best, o.Curve)
	}
	again := untrained(t, d, nil)
	tuner, _, err := s.prepare(again, d, [2]float32{s.ScratchLR, s.ScratchLR})
	if err != nil {
		t.Fatal(err)
	}
	for epoch := range o.Best {
		if _, err := tuner.epoch(context.Background(), epoch); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(parameters(n.Encoder), parameters(again.Encoder)) || !slices.Equal(parameters(o.Classifier), parameters(tuner.classifier)) {
		t.Error("the weights are not those of the best epoch")
	}
	want := nn.Running(again.Encoder)
	for i, x := range nn.Running(n.Encoder) {
		if !slices.Equal(x, want[i]) {
			t.Error("the statistics are not those of the best epoch")
		}
	}
}

// Each learning rate moves its own part; at 0 a part stays.
func TestLearningRates(t *testing.T) {
	d := stripes(60, 30)
	images, _, _ := split(d.Train, 1, 0.2, 1)
	for _, rates := range [][2]float32{{0, 0.01}, {0.01, 0}} {
		n := untrained(t, d, nil)
		tuner := newTuner(settings(t, nil), n, d.Train, images, rates)
		before := [2][]float32{parameters(tuner.classifier), parameters(n.Encoder)}
		if _, err := tuner.epoch(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
		if steps := tuner.Epochs * tuner.perEpoch; steps != 12 || tuner.rates[0].At(steps/2) < 0.4*rates[0] || tuner.rates[0].At(steps-1) > 0 {
			t.Errorf("of %d steps the middle one has the rate %g, the last %g", steps, tuner.rates[0].At(steps/2), tuner.rates[0].At(steps-1))
		}
		for i, after := range [2][]float32{parameters(tuner.classifier), parameters(n.Encoder)} {
			if moved := !slices.Equal(before[i], after); moved != (rates[i] != 0) {
				t.Errorf("rates %v: %s moved: %v", rates, []string{"classifier", "encoder"}[i], moved)
			}
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
	for _, batch := range []string{"7", "16", "47", "64"} { // of 48 images
		n := untrained(t, d, nil)
		images, _, _ := split(d.Train, 1, 0.2, 1)
		tuner := newTuner(settings(t, map[string]string{"batch": batch}), n, d.Train, images, [2]float32{0.01, 0.01})
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
		{"diverged", context.Background(), stripes(60, 30), map[string]string{"backbone-lr": "1e6", "head-lr": "1e6", "epochs": "50"}, "lower the learning rates"},
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
	tuner := newTuner(settings(t, nil), untrained(t, d, nil), d.Train, images, [2]float32{0.01, 0.01})
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

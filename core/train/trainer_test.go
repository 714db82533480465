package train

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/nn"
	"pushpull/core/random"
)

// pull is a small objective with a module, a state and hooks of its own.
type pull struct {
	predictor nn.Sequence
	seen      []float32 // mean projection over the steps
	epochs    []int
	broken    bool
}

func (p *pull) Build(b *Build) error {
	p.predictor = nn.Head{Layers: 2, Hidden: 8, Out: b.Width, BatchNorm: true}.New(b.Width, &b.Random)
	b.Learn("predictor", p.predictor)
	p.seen = make([]float32, b.Width)
	b.Keep("mean", p)
	return nil
}

func (p *pull) Visit(v nn.Visitor) { v.State("seen", p.seen, len(p.seen)) }

func (p *pull) Loss(s *Step) *ad.Value {
	t := s.Tape
	a := t.NormalizeRows(p.predictor.Forward(t, s.Project(0)))
	b := t.NormalizeRows(t.AddRow(s.Project(1), t.Input(p.seen, len(p.seen))))
	loss := t.Scale(t.Mean(t.RowDot(a, t.StopGradient(b))), -1)
	if p.broken {
		return t.Scale(loss, float32(math.Inf(1)))
	}
	return loss
}

func (p *pull) AfterStep(s *Step) {
	z := s.Project(0)
	for i := range p.seen {
		p.seen[i] = 0.9*p.seen[i] + 0.1*z.Data[i]
	}
}

func (p *pull) StartEpoch(e *Epoch) error {
	p.epochs = append(p.epochs, e.Index)
	return nil
}

// tiny is a data set of noise with two classes that differ in brightness.
func tiny(t testing.TB) *data.Dataset {
	t.Helper()
	r := random.New(3)
	set := func(n int) *data.Set {
		s := &data.Set{H: 8, W: 8, C: 3, Pixels: make([]uint8, n*8*8*3), Labels: make([]int32, n), Classes: []string{"dark", "light"}}
		for i := range n {
			s.Labels[i] = int32(i % 2)
			for j := range 8 * 8 * 3 {
				s.Pixels[i*8*8*3+j] = uint8(r.IntN(128) + 127*(i%2))
			}
		}
		return s
	}
	return &data.Dataset{Name: "tiny", Train: set(40), Test: set(20), Mean: []float32{.5, .5, .5}, Std: []float32{.3, .3, .3}}
}

func start(t testing.TB, o Objective, given map[string]string) *Trainer {
	t.Helper()
	all := map[string]string{"batch": "8", "epochs": "3", "conv-channels": "4-8", "conv-strides": "1-2", "head-hidden": "8", "head-dim": "6"}
	for k, v := range given {
		all[k] = v
	}
	c, err := Resolve("pull", "tiny", "convnet", Values{}, all)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := New(c, tiny(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func losses(t testing.TB, tr *Trainer, n int) []float32 {
	t.Helper()
	var all []float32
	for range n {
		m, err := tr.Step()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m.Loss)
	}
	return all
}

func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d losses, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: loss %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestThreadsChangeNothing(t *testing.T) {
	before := kernel.Threads()
	defer kernel.SetThreads(before)
	want := losses(t, start(t, &pull{}, map[string]string{"threads": "1"}), 12)
	for _, n := range []string{"2", "3"} {
		sameBits(t, n+" threads", losses(t, start(t, &pull{}, map[string]string{"threads": n}), 12), want)
	}
	other := losses(t, start(t, &pull{}, map[string]string{"seed": "2"}), 1)
	if other[0] == want[0] {
		t.Error("another seed gives the same loss")
	}
}

func TestDivergedStepNamesTheRemedy(t *testing.T) {
	o := &pull{}
	tr := start(t, o, nil)
	last := losses(t, tr, 2)[1]
	var before [][]float32
	for _, x := range tr.tensors() {
		before = append(before, slices.Clone(x.Data))
	}
	o.broken = true
	_, err := tr.Step()
	var diverged *DivergedError
	if !errors.As(err, &diverged) || diverged.Step != 2 || diverged.LastLoss != last {
		t.Fatalf("error %#v, want a DivergedError after 2 steps with the last loss %v", err, last)
	}
	if !strings.Contains(err.Error(), fmt.Sprintf("at step 3; the last finite loss was %.4g", last)) || !strings.Contains(diverged.Hint(), "lr is") {
		t.Errorf("%v; %s", err, diverged.Hint())
	}
	for i, x := range tr.tensors() {
		if !slices.Equal(x.Data, before[i]) {
			t.Errorf("the diverged step changed %s", x.Name)
		}
	}
}

func TestBatchLargerThanTheSetIsRefused(t *testing.T) {
	c, err := Resolve("pull", "tiny", "mlp", nil, map[string]string{"batch": "41"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(c, tiny(t), &pull{}); err == nil || !strings.Contains(err.Error(), "40 images: set batch to 40 or less") {
		t.Errorf("error %v", err)
	}
	c.Values["batch"] = 40
	if _, err := New(c, tiny(t), &pull{}); err != nil {
		t.Errorf("a batch of all images: %v", err)
	}
}

func TestEveryImageOnceAnEpoch(t *testing.T) {
	tr := start(t, &pull{}, nil)
	orders := map[int32]int{}
	first := make([]int32, 0, 2)
	for range 2 {
		clear(orders)
		for i := range tr.StepsPerEpoch() {
			if _, err := tr.Step(); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = append(first, tr.current.Samples[0])
			}
			for row, s := range tr.current.Samples {
				orders[s]++
				if tr.current.Labels[row] != s%2 {
					t.Fatalf("row %d shows image %d but has label %d", row, s, tr.current.Labels[row])
				}
			}
		}
		if len(orders) != 40 {
			t.Errorf("%d different images in an epoch, want 40", len(orders))
		}
	}
	if first[0] == first[1] {
		t.Error("two epochs begin with the same image")
	}
}

func TestLiveValuesChangeWhileTraining(t *testing.T) {
	tr := start(t, &pull{}, nil)
	if err := tr.Set("lr", "0.5"); err != nil {
		t.Fatal(err)
	}
	m, err := tr.Step()
	if err != nil || m.LR != 0.5 {
		t.Errorf("lr %v, %v; want 0.5", m.LR, err)
	}
	if err := tr.Set("batch", "4"); err == nil || !strings.Contains(err.Error(), "start again") {
		t.Errorf("batch: %v", err)
	}
	if err := tr.Set("lr", "-1"); err == nil {
		t.Error("a negative learning rate was accepted")
	}
}

// What is set before the first step acts as if the run had begun with it, and not at all where it is told to be idle.
func TestLiveValuesActAsGivenOnes(t *testing.T) {
	for _, given := range []map[string]string{
		{"optimiser": "adam"}, {"optimiser": "adamw"}, {"optimiser": "lars"}, {"optimiser": "sgd", "head-layers": "1", "head-final-norm": "true"},
	} {
		plain := start(t, &pull{}, given)
		before, idle := losses(t, plain, 6), plain.Idle()
		for _, p := range Params {
			v, used := plain.Config.Values[p.Key]
			if !p.Live || !used || p.Group == "evaluation" || p.Group == "views" && given["optimiser"] != "adam" {
				continue
			}
			var text string
			switch v := v.(type) {
			case bool:
				text = TextOf(!v)
			case int:
				text = TextOf(v + 2)
			case float64:
				text = TextOf(min(v/2+0.07, p.Max))
			}
			with := maps.Clone(given)
			with[p.Key] = text
			want := losses(t, start(t, &pull{}, with), 6)
			tr := start(t, &pull{}, given)
			if err := tr.Set(p.Key, text); err != nil {
				t.Fatal(err)
			}
			sameBits(t, p.Key+" of "+given["optimiser"], losses(t, tr, 6), want)
			if why := idle[p.Key]; slices.Equal(want, before) != (why != "") {
				t.Errorf("%v: %s at %s has the losses %v, at %v %v; it is said to be idle: %q", given, p.Key, text, want, v, before, why)
			}
		}
	}
}

// A finished run that gets more epochs goes on as one that was resumed with them.
func TestMoreEpochsProlongARun(t *testing.T) {
	tr := start(t, &pull{}, map[string]string{"epochs": "2"})
	losses(t, tr, 10)
	if !tr.Done() {
		t.Fatal("two epochs of five steps are not done after ten")
	}
	var file bytes.Buffer
	if err := tr.Write(&file); err != nil {
		t.Fatal(err)
	}
	saved, err := Read(&file, int64(file.Len()), "saved")
	if err != nil {
		t.Fatal(err)
	}
	resumed := start(t, &pull{}, map[string]string{"epochs": "4"})
	if err := resumed.Restore(saved); err != nil {
		t.Fatal(err)
	}
	if err := tr.Set("epochs", "4"); err != nil || tr.Done() || tr.TotalSteps() != 20 {
		t.Fatalf("with four epochs: %v, done %t, %d steps in all", err, tr.Done(), tr.TotalSteps())
	}
	a, err := tr.Step()
	if err != nil {
		t.Fatal(err)
	}
	b, err := resumed.Step()
	if err != nil {
		t.Fatal(err)
	}
	if a.LR != b.LR || !(a.LR > 0) {
		t.Errorf("the learning rate goes on at %g, of a resumed run at %g", a.LR, b.LR)
	}
	sameBits(t, "prolonged", losses(t, tr, 9), losses(t, resumed, 9))
	if !tr.Done() {
		t.Error("the prolonged run does not end")
	}
}

func TestSteadyStepAllocatesNothing(t *testing.T) {
	tr := start(t, &pull{}, map[string]string{"epochs": "100"})
	losses(t, tr, 5)
	n := testing.AllocsPerRun(20, func() {
		if _, err := tr.Step(); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations a step, want 0", n)
	}
}

// evens shows only the images with an even number, which are those of one class.
type evens struct{ pull }

func (evens) Order(order []int32, r *random.Stream) {
	for i := range order {
		order[i] = int32(2 * r.IntN(len(order)/2))
	}
}

func TestObjectiveMayChooseImages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	first := start(t, &evens{}, nil)
	losses(t, first, 3)
	if err := first.Save(path); err != nil {
		t.Fatal(err)
	}
	for _, l := range first.current.Labels {
		if l != 0 {
			t.Fatalf("labels %v, want those of even images alone", first.current.Labels)
		}
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	second := start(t, &evens{}, nil)
	if err := second.Restore(c); err != nil {
		t.Fatal(err)
	}
	sameBits(t, "resumed", losses(t, second, 6), losses(t, first, 6))
}

func TestForgetClearsOneModule(t *testing.T) {
	tr := start(t, &pull{}, nil)
	losses(t, tr, 2)
	e := &Epoch{trainer: tr}
	e.Forget("predictor")
	tr.optimiser.Visit(nn.Visitor{Buffer: func(name string, data []float32, _ ...int) {
		zero := true
		for _, v := range data {
			zero = zero && v == 0
		}
		if own := strings.HasPrefix(name, "predictor."); own != zero {
			t.Errorf("%s is all zeros: %v", name, zero)
		}
	}})
}

// crops asks for three views, of which one is weak, and two local ones.
type crops struct{ pull }

func (p *crops) Build(b *Build) error {
	if err := p.pull.Build(b); err != nil {
		return err
	}
	b.Views, b.Weak = 3, 1
	return b.AskForLocal()
}

func TestWeakAndLocalViews(t *testing.T) {
	c, err := Resolve("crops", "tiny", "convnet", Values{"local-views": 2, "local-size": 0, "local-crop-min": 0.1, "local-crop-max": 0.3},
		map[string]string{"batch": "8", "conv-channels": "4-8", "conv-strides": "1-2", "gray-prob": "1", "jitter-prob": "1"})
	if err != nil {
		t.Fatal(err)
	}
	d := tiny(t)
	tr, err := New(c, d, &crops{})
	if err != nil {
		t.Fatal(err)
	}
	losses(t, tr, 2)
	s := &tr.current
	gray := func(x *ad.Value) bool {
		for i := 0; i < len(x.Data); i += 3 {
			for k := range 3 { // as it was before it was normalised
				if diff := x.Data[i+k]*d.Std[k] + d.Mean[k] - x.Data[i]*d.Std[0] - d.Mean[0]; diff > 1e-5 || diff < -1e-5 {
					return false
				}
			}
		}
		return true
	}
	for v, weak := range []bool{false, false, true} {
		if !gray(s.Images(v)) {
			t.Errorf("view %d is not gray", v)
		}
		if got := tr.loader.Record(0, v).Brightness == 1; got != weak {
			t.Errorf("view %d is as bright as its image: %v, want %v", v, got, weak)
		}
	}
	local := s.LocalImages()
	if got := local.Shape(); got[0] != 16 || got[1] != 4 || got[2] != 4 || got[3] != 3 || s.Local() != 2 {
		t.Errorf("%d local views of shape %v, want 2 of 4x4 of 8 images", s.Local(), got)
	}
	if !gray(local) {
		t.Error("the local views are not gray")
	}
	for _, tc := range []struct {
		encoder     string
		size, views int
		side        int // of the views
	}{{"convnet", 6, 2, 6}, {"mlp", 0, 2, 8}, {"mlp", 8, 2, 8}, {"mlp", 6, 0, 6}} {
		c.Encoder, c.Values["local-size"], c.Values["local-views"] = tc.encoder, tc.size, tc.views
		tr, err := New(c, d, &crops{})
		if err != nil {
			t.Fatal(err)
		}
		if l := tr.loader.Plan.Local; l.H != tc.side || l.W != tc.side || l.Views != tc.views {
			t.Errorf("%+v: %d local views of %dx%d", tc, l.Views, l.H, l.W)
		}
	}
	c.Encoder, c.Values["local-size"], c.Values["local-views"] = "mlp", 4, 2
	if _, err := New(c, d, &crops{}); err == nil || !strings.Contains(err.Error(), "one size only") {
		t.Errorf("small views for an MLP: %v", err)
	}
}

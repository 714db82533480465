package session

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pushpull/algos"
	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/safetensors"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// bench is a session without a page: commands are handled one after the other, each until nothing is left to do.
type bench struct {
	*Session
	t    *testing.T
	lock sync.Mutex         // files are read beside other work
	sent []protocol.Message // since the last command
	turn func()             // between two parts of a work
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, turn: func() {}}
	b.Session = &Session{
		Send: func(m protocol.Message) {
			b.lock.Lock()
			b.sent = append(b.sent, m)
			b.lock.Unlock()
		},
		Load: func(string, func(done, total int)) (*data.Dataset, error) { return data.Shapes(0, 48, 24), nil },
		Read: given, Turn: func() { b.turn() }, look: firstLook,
	}
	return b
}

// do handles commands and works until the session is idle.
func (b *bench) do(commands ...protocol.Message) {
	b.t.Helper()
	b.sent = nil
	for _, m := range commands {
		b.handle(m)
		b.change()
		for n := 0; !b.idle() || b.reading != nil; n++ {
			if n > 10_000 {
				b.t.Fatalf("%T does not end", m)
			}
			if b.idle() {
				b.take(<-b.reading)
			} else {
				b.work()
			}
			b.change()
		}
	}
	for _, m := range b.sent {
		if e, ok := m.(*protocol.Error); ok && e.Fatal {
			b.t.Fatal(e.Message)
		}
	}
}

// start builds a run of the tiny hyperparameters and some others.
func (b *bench) start(algo, dataset string, values map[string]string) {
	b.t.Helper()
	all := maps.Clone(tiny)
	maps.Copy(all, values)
	b.do(&protocol.Start{Algo: algo, Data: dataset, Encoder: "convnet", Values: all})
}

func (b *bench) set(key, value string) {
	b.t.Helper()
	b.do(&protocol.Set{Values: map[string]string{key: value}})
}

// last returns the latest report of a kind, nil where there was none since the last command.
func last[M protocol.Message](b *bench) (m M) {
	for _, r := range b.sent {
		if r, ok := r.(M); ok {
			m = r
		}
	}
	return m
}

// evaluation returns the latest evaluation since the last command.
func (b *bench) evaluation() *protocol.Metrics {
	b.t.Helper()
	for _, r := range slices.Backward(b.sent) {
		if m, ok := r.(*protocol.Metrics); ok && m.Std != nil {
			return m
		}
	}
	b.t.Fatal("there was no evaluation")
	return nil
}

// endless has a loss without end.
type endless struct{}

func (endless) Loss(s *train.Step) *ad.Value { return s.Tape.Input([]float32{float32(math.Inf(1))}) }

// Where a run stopped since its numbers were no longer finite, the verdict says so until a step succeeds.
func TestDivergedStaysTheVerdict(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Step{N: 2})
	healthy := b.trainer.Objective
	b.trainer.Objective, b.stale = endless{}, true // as while it plays, since when it was not evaluated
	b.do(&protocol.Step{N: 1})
	b.evaluation()
	if v := last[*protocol.Verdict](b); v.State != "diverged" {
		t.Errorf("after a step without a finite loss and an evaluation: %+v", v)
	}
	b.trainer.Objective = healthy
	b.do(&protocol.Step{N: 1})
	if v := last[*protocol.Verdict](b); v.State == "diverged" {
		t.Errorf("after another step: %+v", v)
	}
}

// Other images of the user's have raw pixels of their own.
func TestRawPixelsOfOtherImages(t *testing.T) {
	b := newBench(t)
	classes := 0
	b.Read = func(m *protocol.Files, progress func(done, total int)) (*data.Dataset, error) {
		d := data.Shapes(uint64(len(m.Names)), 40, 16)
		if classes++; classes == 2 { // all of one class
			clear(d.Train.Labels)
			clear(d.Test.Labels)
		}
		return d, nil
	}
	give := func() float64 {
		b.do(files("cats"))
		b.start("simclr", train.Yours, nil)
		return last[*protocol.References](b).RawPixels
	}
	if one, two := give(), give(); one == 1 || two != 1 {
		t.Errorf("raw pixels %v of images of many classes, %v of images of one", one, two)
	}
}

// Pixels that are normalised in another way have other nearest neighbours.
func TestRawPixelsOfAnotherNormalisation(t *testing.T) {
	raw := map[string][]float64{}
	for _, order := range [][]string{{"data", "none"}, {"none", "data"}} {
		b := newBench(t)
		b.Load = func(string, func(done, total int)) (*data.Dataset, error) { return data.Shapes(0, 300, 200), nil }
		for _, norm := range order {
			b.start("simclr", "shapes", map[string]string{"pixel-norm": norm})
			raw[norm] = append(raw[norm], last[*protocol.References](b).RawPixels)
		}
	}
	if raw["data"][0] != raw["data"][1] || raw["none"][0] != raw["none"][1] || raw["data"][0] == raw["none"][0] {
		t.Errorf("raw pixels depend on the run before: %v", raw)
	}
}

// A colour that is measured goes on after Reset, and is measured anew.
func TestLossOfPointsAfterReset(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Look{Projection: "sphere", Space: "z", Colour: "loss", Focus: -1})
	untrained := last[*protocol.Snapshot](b)
	b.do(&protocol.Step{N: 8})
	if m := last[*protocol.Snapshot](b); len(m.Values) != 1 || slices.Equal(m.Values[0], untrained.Values[0]) {
		t.Errorf("after 8 steps: %d figures, or those of the untrained encoder", len(m.Values))
	}
	b.do(&protocol.Reset{})
	if m := last[*protocol.Snapshot](b); len(m.Values) != 1 || !slices.Equal(m.Values[0], untrained.Values[0]) {
		t.Errorf("after Reset: %d figures, or others than before the first step", len(m.Values))
	}
}

// The pairs and arrows of a run do not stay on the picture of the next one, which has none yet or never will.
func TestPairsOfTheRunBeforeGo(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Look{Projection: "sphere", Space: "z", Pairs: true, Focus: -1})
	b.do(&protocol.Step{N: 1})
	if m := last[*protocol.Pairs](b); m == nil || m.N != 8 {
		t.Fatalf("%+v", m)
	}
	b.do(&protocol.Reset{})
	if m := last[*protocol.Pairs](b); m == nil || m.N != 0 || !strings.Contains(m.Why, "take one") {
		t.Errorf("after Reset: %+v", m)
	}
	b.do(&protocol.Step{N: 1})
	b.start("clip", "shapes", nil)
	b.do(&protocol.Step{N: 1})
	if m := last[*protocol.Pairs](b); m == nil || m.N != 0 || !strings.Contains(m.Why, "one view") {
		t.Errorf("of CLIP: %+v", m)
	}
}

// What a figure depends on may change while a run stands still: then it is measured again.
func TestFiguresFollowSettings(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Look{Projection: "sphere", Space: "z", Colour: "loss", Focus: -1})
	b.do(&protocol.Step{N: 3})
	losses := last[*protocol.Snapshot](b).Values[0]
	alignment := *b.evaluation().Alignment
	b.set("temperature", "0.05")
	if m := last[*protocol.Snapshot](b); m == nil || slices.Equal(m.Values[0], losses) {
		t.Error("the losses of points are those of the temperature before")
	}
	b.set("crop-min", "1")
	if a := *b.evaluation().Alignment; a == alignment {
		t.Errorf("alignment is %v with other views, too", a)
	}
	b.set("lr", "0.5")
	if len(b.sent) != 2 { // what the run is, and a mark
		t.Errorf("the learning rate changes no figure, but %d reports came", len(b.sent))
	}
}

// A setting that changes in the middle of an evaluation leaves no figure that is half of the one and half of the other.
func TestFiguresOfSettingsChangedDuringEvaluation(t *testing.T) {
	for turn := range 14 {
		b := newBench(t)
		b.start("simclr", "shapes", nil)
		n := 0
		b.turn = func() {
			if n++; n == turn+2 { // the first is of the step
				b.handle(&protocol.Set{Values: map[string]string{"crop-min": "1", "knn-k": "1"}})
			}
		}
		b.do(&protocol.Step{N: 3})
		b.turn = func() {}
		got, again := b.evaluation(), last[*protocol.References](b)
		if n < turn+2 {
			break
		}
		if again == nil {
			t.Errorf("changed at turn %d: no references of another protocol", turn+1)
			continue
		}
		references := *again
		b.stale, b.known.measured = true, false
		b.do(&protocol.Pace{})
		if want := b.evaluation(); *got.Alignment != *want.Alignment || *got.KNN != *want.KNN || references != *last[*protocol.References](b) {
			t.Errorf("changed at turn %d: alignment %v, kNN %v, %+v; want %v, %v, %+v", turn+1, *got.Alignment, *got.KNN, references,
				*want.Alignment, *want.KNN, *last[*protocol.References](b))
		}
	}
}

// A run that was saved without a journal, as the command saves, has a loss to judge by.
func TestLossOfARunWithoutJournal(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Step{N: 1})
	loss := *b.sent[slices.IndexFunc(b.sent, func(m protocol.Message) bool { _, ok := m.(*protocol.Metrics); return ok })].(*protocol.Metrics).Loss
	var file bytes.Buffer
	b.trainer.Journal = ""
	if err := b.trainer.Write(&file); err != nil {
		t.Fatal(err)
	}
	b.do(&protocol.Checkpoint{Name: "a", File: file.Bytes()})
	if got := b.known.loss; !(math.Abs(got-loss) < 1e-6) {
		t.Errorf("the loss is %v, want %v", got, loss)
	}
}

// The forces and weights of a batch are those of its step, whatever has been set since.
func TestForcesAreOfTheStepsSettings(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Inspect{On: true}, &protocol.Look{Projection: "pca", Space: "z", Pairs: true, Focus: -1})
	b.do(&protocol.Step{N: 1})
	pairs, seen := b.pairs(), b.batch()
	b.set("temperature", "0.05")
	later, after := b.pairs(), b.batch()
	for i := range pairs.Pull {
		if math.Abs(float64(later.Pull[i]-pairs.Pull[i])) > 0.01 || math.Abs(float64(later.Push[i]-pairs.Push[i])) > 0.01 {
			t.Fatalf("another temperature has turned the forces of a step that it was not in: pull %v to %v, push %v to %v",
				pairs.Pull[i], later.Pull[i], pairs.Push[i], later.Push[i])
		}
	}
	if after.Temperature != seen.Temperature || !slices.Equal(after.Softmax, seen.Softmax) {
		t.Errorf("the batch of a step at temperature %v has the weights of %v", seen.Temperature, after.Temperature)
	}
	b.do(&protocol.Step{N: 1})
	if after := b.batch(); math.Abs(after.Temperature-0.05) > 1e-6 {
		t.Errorf("a step at temperature 0.05 has the weights of %v", after.Temperature)
	}
}

// Whatever the algorithm, one may look at its points, pairs and batches in every way, with labels and without.
func TestEveryAlgorithmCanBeLookedAt(t *testing.T) {
	for _, a := range algos.All() {
		for _, labelled := range []bool{true, false} {
			if a.Name == "supcon" && !labelled {
				continue
			}
			b := newBench(t)
			b.Load = func(string, func(done, total int)) (*data.Dataset, error) {
				d := data.Shapes(0, 48, 24)
				if !labelled {
					d.Train.Labels, d.Test.Labels, d.Test.Factors = nil, nil, nil
				}
				return d, nil
			}
			start := &protocol.Start{Algo: a.Name, Data: "shapes", Encoder: "convnet", Values: tiny}
			switch a.Name {
			case "can":
				start.Encoder, start.Values = "vit", map[string]string{"batch": "8"}
			case "wmse": // whitens what has more images than dimensions
				start.Values = maps.Clone(tiny)
				start.Values["batch"] = "16"
			}
			b.do(start, &protocol.Inspect{On: true}, &protocol.Look{Projection: "sphere", Space: "z", Colour: "loss", Pairs: true, Focus: 3}, &protocol.Step{N: 1})
			for _, m := range b.sent {
				if e, ok := m.(*protocol.Error); ok {
					t.Errorf("%s: %s", a.Name, e.Message)
				}
			}
			loss, seen, pairs := last[*protocol.Snapshot](b), last[*protocol.Batch](b), last[*protocol.Pairs](b)
			if !slices.Equal(loss.Figures, []string{"loss"}) || seen == nil || pairs == nil || last[*protocol.Neighbours](b) == nil || (seen.Rows == 0) != (pairs.N == 0) {
				t.Errorf("%s, labels %v: figures %v, batch %v, pairs %v", a.Name, labelled, loss.Figures, seen, pairs)
			}
		}
	}
}

// The best accuracy so far, which a verdict compares with, is of the same protocol.
func TestBestOfAnotherProtocol(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Step{N: 2})
	b.known.best = 1
	b.set("knn-k", "1")
	if knn := *b.evaluation().KNN; b.known.best != knn {
		t.Errorf("best %v, and now %v, the first by this protocol", b.known.best, knn)
	}
}

// t-SNE of a run that stands still is of the encoder as it is, not of rows that were embedded during its last steps.
func TestLayoutIsOfTheLastRows(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Look{Projection: "tsne", Space: "h", Focus: -1})
	b.do(&protocol.Step{N: 2})
	p, d := b.points, b.trainer.Dim()
	kernel.Scale(0.5, p.h[:d]) // as an earlier encoder saw it, in a snapshot of this step
	b.stale, b.layout.step = true, -1
	b.sendSnapshot()
	b.do(&protocol.Pace{})
	if !slices.Equal(b.layout.rows, p.h) {
		t.Error("the layout has rows of an earlier encoder")
	}
}

// Where new rows or a step took long once, as on a slow or busy machine, a layout follows all the same and comes to rest.
func TestLayoutGoesOnAfterASlowStep(t *testing.T) {
	for _, kind := range []string{"tsne", "umap"} {
		b := newBench(t)
		b.start("simclr", "shapes", nil)
		b.do(&protocol.Look{Projection: kind, Space: "h", Focus: -1})
		b.layout.perStep, b.layout.followed = time.Hour, time.Hour
		b.do(&protocol.Step{N: 2})
		if !slices.Equal(b.layout.rows, b.points.h) || b.layout.settled != layoutSettles {
			t.Errorf("%s stands still after %d steps, with rows of an earlier encoder or none", kind, b.layout.settled)
		}
	}
}

// A point's loss is measured among as many others whenever it is measured.
func TestLossOfAPointDoesNotDependOnTheRest(t *testing.T) {
	b := newBench(t)
	b.Load = func(string, func(done, total int)) (*data.Dataset, error) { return data.Shapes(0, 48, 130), nil }
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Look{Projection: "sphere", Space: "z", Colour: "loss", Focus: -1})
	want := slices.Clone(b.points.loss)
	for i, v := range want {
		if v == 0 {
			t.Errorf("point %d has the loss 0", i)
		}
	}
	for _, n := range []int{65, 33, 100, 1, 77} {
		clear(b.points.loss[b.points.next:][:1])
		b.points.refresh(b.trainer, n, &b.clock)
		for i, v := range b.points.loss {
			if math.Abs(float64(v-want[i])) > 1e-5 {
				t.Fatalf("after %d were refreshed point %d has the loss %v, not %v", n, i, v, want[i])
			}
		}
	}
}

// What references compare with is the encoder that the run had before its first step, whatever the algorithm does to it.
func TestUntrainedEncoderIsThatOfTheSeed(t *testing.T) {
	for _, algo := range []string{"simclr", "byol", "dino", "swav", "deepcluster", "instdisc", "clip", "vicreg", "moco_v3"} {
		b := newBench(t)
		b.start(algo, "shapes", nil)
		h, z := slices.Clone(b.points.h), slices.Clone(b.points.z)
		first := *last[*protocol.References](b)
		b.do(&protocol.Step{N: 2})
		if !b.embedBefore(b.points.n) || !slices.Equal(b.points.before.h, h) || !slices.Equal(b.points.before.z, z) {
			t.Errorf("%s: the encoder before its first step is not that of the seed", algo)
		}
		if b.set("knn-k", "2"); first.RawPixels == 0 || last[*protocol.References](b) == nil {
			t.Errorf("%s: no references of another protocol", algo)
		}
		b.do(&protocol.Save{})
		b.do(last[*protocol.Checkpoint](b))
		if again := last[*protocol.References](b); again == nil {
			t.Errorf("%s: no references of a run that was opened", algo)
		}
	}
}

// While a step is in progress a run may be wanted and played, and then a saved one instead. Nothing of the run before is told
// once the page was told to clear its charts, and where the saved one does not fit the other that was wanted is built.
func TestSavedRunInsteadOfTheNextOne(t *testing.T) {
	for _, fits := range []bool{true, false} {
		b := newBench(t)
		b.start("simclr", "shapes", nil)
		b.do(&protocol.Step{N: 1})
		b.do(&protocol.Save{})
		saved := last[*protocol.Checkpoint](b)
		if !fits {
			saved = &protocol.Checkpoint{Name: "a", File: damaged(t, saved.File)}
		}
		given := false
		b.trainer.OnStage(func(train.Stage) {
			if !given {
				given = true
				for _, m := range []protocol.Message{&protocol.Start{Algo: "byol", Data: "shapes", Encoder: "convnet", Values: tiny}, &protocol.Play{}, saved} {
					b.handle(m)
				}
			}
		})
		b.do(&protocol.Step{N: 3})
		loading := slices.IndexFunc(b.sent, func(m protocol.Message) bool { s, ok := m.(*protocol.State); return ok && s.Phase == "loading" })
		ready := slices.IndexFunc(b.sent, func(m protocol.Message) bool { _, ok := m.(*protocol.Ready); return ok })
		for _, m := range b.sent[loading:max(ready, loading)] {
			if m, ok := m.(*protocol.Metrics); ok {
				t.Errorf("fits %v: step %d of the run before is told after the page has cleared its charts", fits, m.Step)
			}
		}
		if want := map[bool]string{true: "simclr", false: "byol"}[fits]; b.trainer.Config.Algo != want {
			t.Errorf("fits %v: the run is %s, want %s", fits, b.trainer.Config.Algo, want)
		}
	}
}

// A saved run that does not fit leaves the page's charts and the run's threads as they are, also where it was to be played.
func TestSavedRunThatDoesNotFitChangesNothing(t *testing.T) {
	defer kernel.SetThreads(0)
	b := newBench(t)
	b.start("simclr", "shapes", map[string]string{"threads": "1"})
	b.do(&protocol.Step{N: 1})
	b.do(&protocol.Save{})
	file := damaged(t, last[*protocol.Checkpoint](b).File)
	b.start("simclr", "shapes", map[string]string{"threads": "3"})
	b.sent = nil
	b.handle(&protocol.Checkpoint{Name: "a", File: file})
	b.handle(&protocol.Play{})
	b.handle(&protocol.Pause{})
	for !b.idle() {
		b.work()
	}
	for _, m := range b.sent {
		if m, ok := m.(*protocol.State); ok && m.Phase == "loading" {
			t.Error("the page was told to clear its charts")
		}
	}
	if e := last[*protocol.Error](b); e == nil || e.Fatal || kernel.Threads() != 3 {
		t.Errorf("%+v; the run computes on %d threads, want 3", e, kernel.Threads())
	}
}

// A saved run that is one word of megabytes is refused in a sentence that a browser can lay out.
func TestSavedRunOfEndlessWords(t *testing.T) {
	b := newBench(t)
	var file bytes.Buffer
	if err := safetensors.Write(&file, nil, map[string]string{"format": strings.Repeat("é", 1<<20)}); err != nil {
		t.Fatal(err)
	}
	b.handle(&protocol.Checkpoint{Name: "a", File: file.Bytes()})
	if e := last[*protocol.Error](b); e == nil || len(e.Message) > 2100 || !utf8.ValidString(e.Message) {
		t.Errorf("the page is told %.300v", e)
	}
}

// damaged returns a saved run without its last tensor.
func damaged(t *testing.T, file []byte) []byte {
	t.Helper()
	tensors, meta, err := safetensors.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, tensors[:len(tensors)-1], meta); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A run that was to be saved but could not start leaves the next one alone.
func TestSaveOfARunThatFails(t *testing.T) {
	b := newBench(t)
	b.handle(&protocol.Start{Algo: "simclr", Data: "shapes", Encoder: "convnet", Values: map[string]string{"batch": "64"}})
	b.handle(&protocol.Save{})
	for !b.idle() {
		b.work()
	}
	b.start("simclr", "shapes", nil)
	if last[*protocol.Checkpoint](b) != nil {
		t.Error("a run is saved that nobody asked for")
	}
}

// Where training rests all points are those of the encoder as it is, also those that are not measured, which an evaluation
// during training leaves out: one that a pause comes into, or a change of its protocol follows.
func TestAllPointsAreOfTheEncoderAsItIs(t *testing.T) {
	b := newBench(t)
	b.Load = func(string, func(done, total int)) (*data.Dataset, error) {
		return data.Shapes(0, 48, measured+70), nil
	}
	b.start("simclr", "shapes", map[string]string{"epochs": "9"})
	b.do(&protocol.Look{Projection: "pca", Space: "h", Points: 2000, Focus: -1})
	check := func(after string) {
		if h, _ := b.trainer.Embed(b.points.set, b.points.index); !slices.Equal(b.points.h, h) {
			t.Errorf("after %s some points are of an earlier encoder", after)
		}
	}
	b.clock.evaluation = time.Time{}
	turns := 0
	b.turn = func() {
		if turns++; turns == 3 {
			b.handle(&protocol.Pause{})
		}
	}
	b.do(&protocol.Play{})
	check("a pause during an evaluation")
	b.handle(&protocol.Step{N: 1})
	b.advance()
	b.set("knn-k", "1")
	check("a step and another protocol")
}

package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/safetensors"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// page plays the page's part in a test: it sends commands and collects reports.
type page struct {
	t       *testing.T
	inbox   chan protocol.Message
	reports chan protocol.Message
	ended   chan struct{}
	asked   int
	waiting func() // what the host does when it gets a turn
}

// tiny are the hyperparameters of a run whose steps take a millisecond.
var tiny = map[string]string{"batch": "8", "epochs": "2", "conv-channels": "4-8", "conv-strides": "2-2", "head-hidden": "8", "head-dim": "6"}

// open starts a session on small data.
func open(t *testing.T) *page {
	p := &page{t: t, inbox: make(chan protocol.Message, 16), reports: make(chan protocol.Message, 4096), ended: make(chan struct{}), waiting: func() {}}
	s := &Session{
		Inbox: p.inbox, Backend: "Go",
		// A message that cannot be encoded and decoded would not reach the page.
		Send: func(m protocol.Message) {
			m, err := protocol.Decode(protocol.Encode(m))
			if err != nil {
				t.Error(err)
			}
			p.reports <- m
		},
		Load: func(name string, progress func(done, total int)) (*data.Dataset, error) {
			if name != "shapes" {
				return nil, errors.New("no such data here")
			}
			progress(1, 2)
			return data.Shapes(0, 48, 24), nil
		},
		Read: given,
		Turn: func() { p.waiting() },
	}
	go func() {
		s.Run()
		close(p.ended)
	}()
	t.Cleanup(func() {
		close(p.inbox)
		<-p.ended
	})
	return p
}

// start starts a run with the tiny hyperparameters and some others, and waits until it is ready.
func (p *page) start(values map[string]string) {
	p.t.Helper()
	all := map[string]string{}
	for k, v := range tiny {
		all[k] = v
	}
	for k, v := range values {
		all[k] = v
	}
	p.inbox <- &protocol.Start{Algo: "simclr", Data: "shapes", Encoder: "convnet", Values: all}
	until[*protocol.References](p)
}

// until returns the next report of a kind, dropping others.
func until[M protocol.Message](p *page) M {
	p.t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case m := <-p.reports:
			if want, ok := m.(M); ok {
				return want
			}
			if e, ok := m.(*protocol.Error); ok {
				p.t.Fatalf("error instead: %s", e.Message)
			}
		case <-timeout:
			var want M
			p.t.Fatalf("no %T came", want)
		}
	}
}

// phase waits until the trainer tells that it is in the phase.
func (p *page) phase(want string) *protocol.State {
	p.t.Helper()
	for {
		if s := until[*protocol.State](p); s.Phase == want {
			return s
		}
	}
}

// losses steps n times and returns the losses.
func (p *page) losses(n int) (all []float64) {
	p.t.Helper()
	p.asked++
	p.inbox <- &protocol.Step{N: n, ID: p.asked}
	for len(all) < n {
		if m := until[*protocol.Metrics](p); m.Loss != nil {
			all = append(all, *m.Loss)
		}
	}
	if s := until[*protocol.State](p); s.Did != p.asked {
		p.t.Errorf("after %d steps the state is %+v, want done with %d", n, s, p.asked)
	}
	return all
}

func TestStartTellsEverythingThePageNeeds(t *testing.T) {
	p := open(t)
	p.inbox <- &protocol.Start{Algo: "simclr", Data: "shapes", Encoder: "convnet", Values: tiny}
	p.phase("loading")
	if m := until[*protocol.Progress](p); m.Done != 1 || m.Total != 2 {
		t.Errorf("progress %+v", m)
	}
	images := until[*protocol.Images](p)
	if images.N != 24 || images.H != 32 || len(images.Classes) < 8 {
		t.Errorf("images [%d, %d, %d, %d] of %v", images.N, images.H, images.W, images.C, images.Classes)
	}
	ready := until[*protocol.Ready](p)
	var config struct {
		Algo   string
		Values map[string]any
	}
	if err := json.Unmarshal(ready.Config, &config); err != nil || config.Algo != "simclr" || config.Values["batch"] != 8.0 {
		t.Errorf("config %s, %v", ready.Config, err)
	}
	if ready.StepsPerEpoch != 6 || ready.TotalSteps != 12 || ready.TrainImages != 48 || ready.TestImages != 24 || ready.Backend != "Go" || ready.Parameters < 100 {
		t.Errorf("%+v", ready)
	}
	p.phase("paused")
	shot := until[*protocol.Snapshot](p)
	if shot.N != 24 || shot.Step != 0 || !slices.Equal(shot.Names, []string{"sphere", "pca"}) {
		t.Errorf("snapshot of %d at step %d in %v", shot.N, shot.Step, shot.Names)
	}
	for i := 0; i < len(shot.Positions[0]); i += 3 {
		v := shot.Positions[0][i : i+3]
		if r := v[0]*v[0] + v[1]*v[1] + v[2]*v[2]; r < 0.999 || r > 1.001 {
			t.Fatalf("point %d is at radius² %g of the sphere", i/3, r)
		}
	}
	m := until[*protocol.Metrics](p)
	if m.Step != 0 || m.KNN == nil || m.Std == nil || m.EffectiveRank == nil || m.Alignment == nil || m.Uniformity == nil || len(m.Spectrum) != 6 || m.Loss != nil {
		t.Errorf("metrics before the first step: %+v", m)
	}
	r := until[*protocol.References](p)
	if r.Untrained != *m.KNN || r.RawPixels <= 0 || r.RawPixels > 1 || r.Bank != 48 || r.Queries != 24 {
		t.Errorf("%+v", r)
	}
}

func TestResetReproducesTheLosses(t *testing.T) {
	p := open(t)
	p.start(nil)
	first := p.losses(5)
	p.inbox <- &protocol.Reset{}
	until[*protocol.References](p)
	if again := p.losses(5); !slices.Equal(first, again) {
		t.Errorf("%v became %v", first, again)
	}
	p.start(map[string]string{"seed": "2"})
	if other := p.losses(5); slices.Equal(first, other) {
		t.Error("another seed gives the same losses")
	}
}

// Looking at the points, however often, must not change what is learned.
func TestPlayingGivesTheLossesOfStepping(t *testing.T) {
	p := open(t)
	p.start(nil)
	want := p.losses(12)
	p.inbox <- &protocol.Reset{}
	until[*protocol.References](p)
	p.inbox <- &protocol.Play{}
	var got []float64
	for len(got) < 12 {
		if m := until[*protocol.Metrics](p); m.Loss != nil {
			got = append(got, *m.Loss)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if s := p.phase("finished"); s.Step != 12 {
		t.Errorf("finished at step %d", s.Step)
	}
}

func TestPauseStopsAtOnce(t *testing.T) {
	p := open(t)
	p.start(map[string]string{"epochs": "100000"})
	p.inbox <- &protocol.Play{}
	p.phase("playing")
	for range 3 {
		until[*protocol.Metrics](p)
	}
	p.inbox <- &protocol.Pause{}
	step := p.phase("paused").Step
	for evaluated := false; !evaluated; { // the step in progress, and the evaluation of where it stopped
		m := until[*protocol.Metrics](p)
		if m.Step != step {
			t.Errorf("paused at step %d, then %+v", step, m)
		}
		evaluated = m.KNN != nil
	}
	until[*protocol.Verdict](p)
	select {
	case m := <-p.reports:
		t.Errorf("after the pause came %T %+v", m, m)
	case <-time.After(50 * time.Millisecond):
	}
}

// orders counts what a helper is asked for, which it never delivers.
type orders int

func (o *orders) Order([]byte)          { *o++ }
func (o *orders) Deliver([][]byte) bool { return false }

// In a step commands are heard, and the helper is asked for the views of the next.
func TestStepListensAndIsHelped(t *testing.T) {
	b := newBench(t)
	helper := new(orders)
	b.Helper = helper
	b.start("simclr", "shapes", nil)
	heard := 0
	b.turn = func() {
		if b.inside {
			heard++
		}
		b.listened = time.Time{} // as in a long step
	}
	b.listened = time.Time{}
	b.do(&protocol.Step{N: 2})
	if heard == 0 || *helper == 0 {
		t.Errorf("in two steps commands were heard %d times, and views ordered %d times", heard, *helper)
	}
}

// A pause that is heard in the middle of a step lets it end, and no other begin.
func TestPauseDuringAStep(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.trainer.Between(func() { b.handle(&protocol.Pause{}) })
	b.do(&protocol.Play{})
	if n := b.trainer.Steps(); n != 1 {
		t.Errorf("%d steps were taken", n)
	}
}

// Steps that are asked for in the middle of one are all taken after it.
func TestStepsAskedForDuringAStep(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.trainer.Between(func() {
		if b.inside && b.asked == 1 {
			b.handle(&protocol.Step{N: 3, ID: 2})
		}
	})
	b.do(&protocol.Step{N: 1, ID: 1})
	if n := b.trainer.Steps(); n != 4 || b.told.Did != 2 {
		t.Errorf("%d steps were taken, up to command %d", n, b.told.Did)
	}
}

// The loss that a verdict goes by follows the last ten steps or so, and speed is told from the second step on.
func TestStepsAreNoted(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Step{N: 12})
	want, speed := math.NaN(), 0.0
	for _, m := range b.sent {
		if m, ok := m.(*protocol.Metrics); ok && m.Loss != nil {
			if want = 0.9*want + 0.1**m.Loss; m.Step == 1 {
				want = *m.Loss
			}
			speed = m.ImagesPerSecond
		}
	}
	if math.Abs(b.known.loss-want) > 1e-6 || !(speed > 0) {
		t.Errorf("the loss is taken to be %v, want %v; images a second: %v", b.known.loss, want, speed)
	}
}

func TestSetChangesARun(t *testing.T) {
	p := open(t)
	p.start(nil)
	before := p.losses(3)
	p.inbox <- &protocol.Set{Values: map[string]string{"lr": "0.1", "temperature": "0.1"}}
	ready := until[*protocol.Ready](p)
	if !strings.Contains(string(ready.Config), `"lr":0.1`) {
		t.Errorf("config %s", ready.Config)
	}
	p.inbox <- &protocol.Reset{}
	until[*protocol.References](p)
	if after := p.losses(3); slices.Equal(before, after) {
		t.Error("the change is lost on Reset")
	}
	for _, tc := range []struct{ key, value, want string }{
		{"lr", "much", "a number"}, {"batch", "16", "cannot change while training runs"}, {"learning", "1", "unknown hyperparameter"},
	} {
		p.inbox <- &protocol.Set{Values: map[string]string{tc.key: tc.value}}
		if e := p.failure(); e.Fatal || !strings.Contains(e.Message, tc.want) {
			t.Errorf("%s=%s: %+v", tc.key, tc.value, e)
		}
	}
	p.losses(1) // the run goes on

	p.inbox <- &protocol.Reset{}
	few := until[*protocol.References](p)
	p.losses(1)
	p.inbox <- &protocol.Set{Values: map[string]string{"knn-k": "1"}} // what is compared with is measured in the same way
	one := until[*protocol.References](p)
	p.inbox <- &protocol.Reset{}
	if untrained := until[*protocol.References](p); *one != *untrained || *one == *few {
		t.Errorf("with one neighbour the references are %+v, before the first step %+v, with more neighbours %+v", one, untrained, few)
	}
}

// A run that is finished goes on with more epochs, and is finished again once it has fewer.
func TestMoreEpochsGoOn(t *testing.T) {
	p := open(t)
	p.start(nil)
	p.losses(12)
	p.inbox <- &protocol.Set{Values: map[string]string{"epochs": "3"}}
	if r := until[*protocol.Ready](p); r.TotalSteps != 18 {
		t.Errorf("%d steps in all", r.TotalSteps)
	}
	p.phase("paused")
	p.losses(2)
	p.inbox <- &protocol.Set{Values: map[string]string{"max-steps": "14"}}
	p.phase("finished")
}

// failure returns the next error.
func (p *page) failure() *protocol.Error {
	p.t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case m := <-p.reports:
			if e, ok := m.(*protocol.Error); ok {
				return e
			}
		case <-timeout:
			p.t.Fatal("no error came")
		}
	}
}

func TestErrorsAreToldAndLeaveAWayOn(t *testing.T) {
	for _, tc := range []struct {
		name, want          string
		algo, data, encoder string
		values              map[string]string
	}{
		{"algorithm", "did you mean simclr", "simclar", "shapes", "convnet", nil},
		{"encoder", "did you mean convnet", "simclr", "shapes", "convnt", nil},
		{"data", "no such data", "simclr", "imagenet", "convnet", nil},
		{"batch", "larger than the training set of 48", "simclr", "shapes", "convnet", map[string]string{"batch": "64"}},
		{"value", "a whole number", "simclr", "shapes", "convnet", map[string]string{"batch": "many"}},
	} {
		p := open(t)
		p.inbox <- &protocol.Start{Algo: tc.algo, Data: tc.data, Encoder: tc.encoder, Values: tc.values}
		if e := p.failure(); !e.Fatal || !strings.Contains(e.Message, tc.want) {
			t.Errorf("%s: %+v", tc.name, e)
		}
		p.phase("failed")
		p.inbox <- &protocol.Play{} // nothing to play: no harm
		p.inbox <- &protocol.Set{Values: map[string]string{"lr": "1"}}
		p.failure()
		p.start(nil)
		p.losses(1)
	}
}

func TestDivergingStopsWithARemedy(t *testing.T) {
	p := open(t)
	p.start(map[string]string{"optimiser": "sgd", "lr": "1e6", "weight-decay": "1", "epochs": "1000"})
	p.inbox <- &protocol.Play{}
	e := p.failure()
	if e.Fatal || !strings.Contains(e.Hint, "learning rate") {
		t.Errorf("%+v", e)
	}
	p.phase("paused")
	p.inbox <- &protocol.Reset{}
	p.phase("loading")
	p.phase("paused")
}

// Another run may be wanted at any time, also while the last is being evaluated.
func TestStartInterrupts(t *testing.T) {
	p := open(t)
	turns := 0
	p.waiting = func() { // on the session's goroutine
		if turns++; turns == 2 {
			values := map[string]string{"seed": "9"}
			for k, v := range tiny {
				values[k] = v
			}
			p.inbox <- &protocol.Start{Algo: "simsiam", Data: "shapes", Encoder: "convnet", Values: values}
		}
	}
	p.inbox <- &protocol.Start{Algo: "simclr", Data: "shapes", Encoder: "convnet", Values: tiny}
	until[*protocol.References](p)
	p.inbox <- &protocol.Set{}
	if r := until[*protocol.Ready](p); !strings.Contains(string(r.Config), "simsiam") {
		t.Errorf("the run is %s", r.Config)
	}
}

// playing returns a session without a page, after the first step of a run that plays.
func playing(send func(protocol.Message)) (*Session, *protocol.Start) {
	s := &Session{
		Send: send,
		Load: func(string, func(done, total int)) (*data.Dataset, error) { return data.Shapes(0, 48, 24), nil },
		Turn: func() {}, look: firstLook,
	}
	run := &protocol.Start{Algo: "simclr", Data: "shapes", Encoder: "convnet", Values: tiny}
	s.handle(run)
	s.build()
	s.handle(&protocol.Play{})
	s.advance()
	return s, run
}

// A run that is saved when another is wanted, which is to be played, is saved before the page hears of that one.
func TestRunBeforeIsSavedFirst(t *testing.T) {
	var told []string
	s, run := playing(func(m protocol.Message) {
		switch m := m.(type) {
		case *protocol.State:
			told = append(told, m.Phase)
		case *protocol.Checkpoint:
			told = append(told, "checkpoint")
		}
	})
	told = nil
	for _, m := range []protocol.Message{&protocol.Save{}, run, &protocol.Play{}} {
		s.handle(m)
	}
	s.work()
	s.work()
	if want := []string{"checkpoint", "loading", "playing"}; !slices.Equal(told, want) {
		t.Errorf("the page hears %q, not %q", told, want)
	}
}

// A step that ends after another run was wanted tells nothing: the page would take it for the next run's. Saved with the run it is.
func TestStepOfARunThatIsGivenUpIsNotTold(t *testing.T) {
	metrics := 0
	var saved *protocol.Checkpoint
	s, run := playing(func(m protocol.Message) {
		switch m := m.(type) {
		case *protocol.Metrics:
			metrics++
		case *protocol.Checkpoint:
			saved = m
		}
	})
	if metrics == 0 {
		t.Fatal("a step is not told")
	}
	metrics = 0
	s.handle(&protocol.Save{}) // as during a step
	s.handle(run)
	s.advance()
	if metrics != 0 {
		t.Error("the last step of a run is told after the next one was wanted")
	}
	s.work()
	if j, err := journal.Read(readCheckpoint(t, saved.File)); err != nil || len(j.Steps.Kept) != 2 {
		t.Errorf("a run of two steps is saved with those of %+v, %v", j, err)
	}
}

func TestFit(t *testing.T) {
	for _, scale := range []float32{1e-6, 1, 1e6} {
		x := []float32{1 * scale, 0, 0, -1 * scale, 0, 0}
		if fit(x); math.Abs(float64(x[0])-0.55) > 1e-3 || x[3] != -x[0] {
			t.Errorf("scale %g: %v", scale, x)
		}
	}
	zero := []float32{0, 0, 0}
	if fit(zero); zero[0] != 0 {
		t.Errorf("%v", zero)
	}
}

func TestClockKeepsItsShares(t *testing.T) {
	c := clock{perImage: time.Millisecond, evaluating: 600 * time.Millisecond}
	now := time.Now()
	c.snapshot, c.evaluation = now.Add(-time.Second), now.Add(-4*time.Second)
	if n := c.affordable(now, 1000); n != 50 {
		t.Errorf("%d points of a millisecond are refreshed after a second, want 50", n)
	}
	if n := c.affordable(now, 20); n != 20 {
		t.Errorf("%d of 20 points", n)
	}
	if c.evaluationDue(now) {
		t.Error("an evaluation of 0.6 s is due after 4 s, more than an eighth of the time")
	}
	if !c.evaluationDue(now.Add(time.Second)) {
		t.Error("an evaluation of 0.6 s is not due after 5 s")
	}
	if c.evaluating = 2 * time.Second; !c.evaluationDue(now.Add(2 * time.Second)) {
		t.Error("an evaluation of 2 s is not due after 6 s")
	}
	if c.evaluating = time.Minute; c.evaluationDue(now.Add(110*time.Second)) || !c.evaluationDue(now.Add(117*time.Second)) {
		t.Error("an evaluation of a minute is not due after two minutes, a third of the time")
	}
}

// A saved run that is damaged is told; the run in progress stays where it is.
func TestDamagedRunLeavesTheOneInProgress(t *testing.T) {
	p := open(t)
	p.start(nil)
	want := p.losses(4)
	p.inbox <- &protocol.Save{}
	saved := until[*protocol.Checkpoint](p)
	tensors, meta, err := safetensors.Read(bytes.NewReader(saved.File), int64(len(saved.File)))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range tensors {
		if strings.HasSuffix(x.Name, ".steps") {
			x.Data[0] = -1
		}
	}
	var file bytes.Buffer
	if err := safetensors.Write(&file, tensors, meta); err != nil {
		t.Fatal(err)
	}
	p.inbox <- &protocol.Reset{}
	until[*protocol.References](p)
	first := p.losses(2)
	p.inbox <- &protocol.Checkpoint{Name: "a.safetensors", File: file.Bytes()}
	for told := false; !told; {
		switch m := (<-p.reports).(type) {
		case *protocol.State:
			if m.Phase == "loading" {
				t.Error("the page was told to clear its charts")
			}
		case *protocol.Error:
			told = true
			if m.Fatal || !strings.Contains(m.Message, ".steps\" holds -1, not a whole number") {
				t.Errorf("%+v", m)
			}
		}
	}
	if got := append(first, p.losses(2)...); !slices.Equal(got, want) {
		t.Errorf("with a damaged run on the way the losses are %v, not %v", got, want)
	}
}

// Each run has the threads that it asks for: one that asks for none in particular has all, whatever the run before had.
func TestThreadsAreOfTheRun(t *testing.T) {
	all := kernel.Threads()
	defer kernel.SetThreads(0)
	b := newBench(t)
	for _, c := range []struct {
		threads string
		want    int
	}{{"3", 3}, {"0", all}, {"1", 1}, {"0", all}} {
		b.start("simclr", "shapes", map[string]string{"batch": "16", "threads": c.threads})
		if got := kernel.Threads(); got != c.want {
			t.Errorf("a run with threads %s computes on %d, want %d", c.threads, got, c.want)
		}
	}
}

package session

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pushpull/core/train"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// step is what charts show of one: loss, epochs and learning rate.
type step struct{ loss, epoch, rate float64 }

// told is what a page gets for its charts until the first reports of a kind with a step.
type told struct {
	losses      map[int]step
	evaluations map[int]float64 // deviations
	marks       []string
}

func (p *page) charts(until func(protocol.Message) bool) told {
	p.t.Helper()
	c := told{losses: map[int]step{}, evaluations: map[int]float64{}}
	for {
		r := <-p.reports
		switch m := r.(type) {
		case *protocol.Metrics:
			if m.Loss != nil {
				c.losses[m.Step] = step{round(*m.Loss), m.Epoch, round(m.LearningRate)}
			}
			if m.Std != nil {
				c.evaluations[m.Step] = round(*m.Std)
			}
		case *protocol.Mark:
			c.marks = append(c.marks, fmt.Sprint(m.Step, " ", m.Text))
		case *protocol.Error:
			p.t.Fatal(m.Message)
		}
		if until(r) {
			return c
		}
	}
}

// saved returns the run as it is now.
func (p *page) saved() []byte {
	p.t.Helper()
	p.inbox <- &protocol.Save{}
	return until[*protocol.Checkpoint](p).File
}

// A saved run that is opened brings its charts and marks with it, and is compared with its own untrained encoder.
func TestSavedRunBringsItsCharts(t *testing.T) {
	p := open(t)
	p.start(nil)
	p.inbox <- &protocol.Step{N: 5, ID: 1}
	before := p.charts(func(m protocol.Message) bool { v, ok := m.(*protocol.Verdict); return ok && v.Step == 5 })
	for _, text := range []string{"0.2", "0.1"} { // a slider that is moved in two steps
		p.inbox <- &protocol.Set{Values: map[string]string{"temperature": text}}
	}
	moved, mark := until[*protocol.Mark](p), until[*protocol.Mark](p)
	if moved.Replaces || !mark.Replaces {
		t.Errorf("%+v, then %+v", moved, mark)
	}
	file := p.saved()
	p.inbox <- &protocol.Reset{}
	p.phase("loading") // not an evaluation from before
	first := until[*protocol.Metrics](p)
	references := until[*protocol.References](p)

	p.inbox <- &protocol.Checkpoint{Name: "a.safetensors", File: file}
	p.phase("loading")
	var untrained float64
	after := p.charts(func(m protocol.Message) bool {
		if r, ok := m.(*protocol.References); ok {
			untrained = r.Untrained
		}
		v, ok := m.(*protocol.Verdict)
		return ok && v.Step == 5
	})
	if untrained != references.Untrained {
		t.Errorf("the opened run is compared with an untrained encoder of %g, not %g", untrained, references.Untrained)
	}
	if !reflect.DeepEqual(after.losses, before.losses) {
		t.Errorf("losses %v became %v", before.losses, after.losses)
	}
	before.evaluations[0] = round(*first.Std)
	if !reflect.DeepEqual(after.evaluations, before.evaluations) {
		t.Errorf("deviations %v became %v", before.evaluations, after.evaluations)
	}
	if want := []string{fmt.Sprint(mark.Step, " ", mark.Text)}; !slices.Equal(after.marks, want) {
		t.Errorf("marks %q, want %q", after.marks, want)
	}

	// What it does from there on is added, and saved with it.
	p.losses(2)
	j, err := journal.Read(readCheckpoint(t, p.saved()))
	if err != nil || len(j.Steps.Kept) != 7 || j.Steps.Kept[0][0] != 1 || j.Steps.Kept[6][0] != 7 || len(j.Marks) != 1 {
		t.Errorf("after two more steps the journal is %+v, %v", j, err)
	}
}

// A new run has charts of its own, also after Reset.
func TestChartsBeginAnew(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Step{N: 3}, &protocol.Set{Values: map[string]string{"lr": "0.1"}}, &protocol.Reset{}, &protocol.Step{N: 1}, &protocol.Set{Values: map[string]string{"lr": "0.2"}})
	if m := last[*protocol.Mark](b); m.Replaces {
		t.Error("a change replaces one of the run before")
	}
	b.do(&protocol.Save{})
	j, err := journal.Read(readCheckpoint(t, last[*protocol.Checkpoint](b).File))
	if err != nil || len(j.Steps.Kept) != 1 || len(j.Marks) != 1 || j.Evaluations.Kept[0].Step != 0 || len(j.Evaluations.Kept) != 2 {
		t.Errorf("after Reset and a step the journal is %+v, %v", j, err)
	}
}

// What was changed while a saved run was on its way is of the run before; what it shows goes on.
func TestSavedRunKeepsItsSettings(t *testing.T) {
	b := newBench(t)
	b.do(files("cats"))
	b.start("simclr", train.Yours, map[string]string{"lr": "0.01"})
	b.do(&protocol.Step{N: 2})
	*b.journal.Evaluations.Kept[0].Std = 0.9 // the highest was long ago
	b.do(&protocol.Save{})
	saved := last[*protocol.Checkpoint](b)
	b.start("simclr", "shapes", nil)
	if b.known.highest > 0.5 {
		t.Errorf("another run has the highest deviation %v", b.known.highest)
	}
	b.do(&protocol.Look{Projection: "pca", Space: "z", Pairs: true, Focus: -1})
	b.handle(saved)
	b.do(&protocol.Set{Values: map[string]string{"lr": "0.5"}})
	if b.known.highest != 0.9 {
		t.Errorf("its highest deviation is %v", b.known.highest)
	}
	b.do(&protocol.Step{N: 1})
	if lr := b.trainer.Config.Float("lr"); lr != 0.01 || b.trainer.Steps() != 3 {
		t.Errorf("after step %d the saved run goes on with the rate %v", b.trainer.Steps(), lr)
	}
	if b.trainer.Data != b.yours {
		t.Errorf("it goes on with the data set %s", b.trainer.Data.Name)
	}
	if m := last[*protocol.Pairs](b); m == nil || slices.Max(m.Pull) == 0 {
		t.Error("the forces on its pairs are not told")
	}
}

// A run with charts that cannot be read goes on without them, and says so.
func TestSavedRunWithDamagedCharts(t *testing.T) {
	p := open(t)
	p.start(nil)
	p.losses(2)
	file := p.saved()
	for journal, want := range map[string]string{
		"[": "unexpected end of JSON",
		`{"steps": {"kept": [[3, 1, 0.1, 10]], "every": 1, "came": 1}}`: "they tell of step 3, but the run has 2",
		`{"evaluations": {"kept": [null], "came": 1}}`:                  "an evaluation has no figures",
		`{"marks": [null]}`:         "a change has no words",
		`{"marks": [{"step": -1}]}`: "they tell of step -1",
		`{"steps": {"kept": [` + many(2001) + `[0]], "came": 9000}}`: "they tell of 2002 steps",
	} {
		p.inbox <- &protocol.Checkpoint{Name: "a.safetensors", File: edited(t, file, func(meta map[string]string) { meta["journal"] = journal })}
		p.phase("loading")
		for {
			r := <-p.reports
			if e, ok := r.(*protocol.Error); ok {
				if e.Fatal || !strings.Contains(e.Message, want) {
					t.Errorf("journal %.40s: %+v, want %q", journal, e, want)
				}
				break
			}
		}
		if got := p.losses(1); len(got) != 1 {
			t.Errorf("journal %.40s: the run does not go on", journal)
		}
	}
}

func many(n int) string { return strings.Repeat("[0],", n) }

func readCheckpoint(t *testing.T, file []byte) *train.Checkpoint {
	t.Helper()
	c, err := train.Read(bytes.NewReader(file), int64(len(file)), "a")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// round keeps the digits that a journal keeps.
func round(x float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	return short
}

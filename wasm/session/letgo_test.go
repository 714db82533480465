package session

import (
	"maps"
	"runtime"
	"testing"
	"weak"

	"pushpull/core/data"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// run works off a run without a page: Run's loop, until there is nothing to do.
func run(t *testing.T, s *Session, dataset string) {
	s.handle(&protocol.Start{Algo: "simclr", Data: dataset, Encoder: "convnet", Values: maps.Clone(tiny)})
	for !s.idle() {
		s.work()
	}
	if s.trainer == nil {
		t.Fatalf("there is no run of %s", dataset)
	}
}

// When the next run is built, nothing holds the one before: memory of a WebAssembly program never shrinks.
func TestNextRunGetsTheMemory(t *testing.T) {
	var trainer weak.Pointer[train.Trainer]
	var before weak.Pointer[train.Network]
	var views weak.Pointer[train.Loader]
	var rows weak.Pointer[float32]
	s := &Session{Send: func(protocol.Message) {}, Turn: func() {}, look: firstLook}
	s.Load = func(name string, _ func(done, total int)) (*data.Dataset, error) {
		runtime.GC()
		if s.trainer != nil || trainer.Value() != nil || before.Value() != nil || views.Value() != nil || rows.Value() != nil {
			t.Errorf("while %s is loaded, the run before is still there: trainer %t, untrained network %t, views %t, layout %t", name,
				trainer.Value() != nil, before.Value() != nil, views.Value() != nil, rows.Value() != nil)
		}
		d := data.Shapes(0, 48, 24)
		d.Name = name
		return d, nil
	}
	s.look.Projection, s.look.Colour, s.look.Focus = "tsne", "loss", 1
	run(t, s, "shapes")
	s.handle(&protocol.Step{N: 1})
	s.handle(&protocol.Look{Projection: "tsne", Space: "z", Colour: "loss", Focus: 2, Pairs: true})
	for !s.idle() {
		s.work()
	}
	trainer, before, views, rows = weak.Make(s.trainer), weak.Make(s.points.before.network), weak.Make(s.points.views), weak.Make(&s.layout.rows[0])
	run(t, s, "mnist")
}

// An evaluation takes the memory of the one before for its bank, and has the views of the last one.
func TestEvaluationsShareMemory(t *testing.T) {
	s := &Session{Send: func(protocol.Message) {}, Turn: func() {}, look: firstLook, Load: func(name string, _ func(done, total int)) (*data.Dataset, error) {
		return data.Shapes(0, 48, 24), nil
	}}
	run(t, s, "shapes")
	bank, views := &s.bank[0], s.points.views
	first := s.evaluate(nil)
	if &s.bank[0] != bank || s.points.views != views {
		t.Error("an evaluation has made its bank or its views anew")
	}
	if again := s.evaluate(nil); *again.KNN != *first.KNN || *again.Alignment != *first.Alignment {
		t.Errorf("evaluated twice: kNN %v and %v, alignment %v and %v", *first.KNN, *again.KNN, *first.Alignment, *again.Alignment)
	}
	s.set(map[string]string{"crop-min": "0.9"})
	if changed := s.evaluate(nil); *changed.Alignment == *first.Alignment {
		t.Errorf("alignment stays %v when views change: the old ones are kept", *first.Alignment)
	}
}

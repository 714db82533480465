package session

import (
	"slices"
	"testing"
	"time"

	"pushpull/wasm/protocol"
)

// Slow motion tells the stages of a step in their order, learns the same, and lets go at once.
func TestSlowMotion(t *testing.T) {
	p := open(t)
	p.start(nil)
	want := p.losses(2)
	p.inbox <- &protocol.Reset{}
	until[*protocol.References](p)

	p.inbox <- &protocol.Pace{Milliseconds: 1}
	p.inbox <- &protocol.Step{N: 1, ID: 90}
	var names []string
	for {
		s := until[*protocol.Stage](p)
		if s.Step != 1 {
			t.Errorf("%+v in the first step", s)
		}
		names = append(names, s.Name)
		if s.Name == "" {
			break
		}
	}
	if !slices.Equal(names, []string{"views", "encoder", "head", "loss", "backward", "optimiser", ""}) {
		t.Errorf("stages %q", names)
	}
	if m := until[*protocol.Metrics](p); *m.Loss != want[0] {
		t.Errorf("loss %v in slow motion, %v else", *m.Loss, want[0])
	}

	p.inbox <- &protocol.Pace{Milliseconds: int(slowest / time.Millisecond)}
	p.inbox <- &protocol.Step{N: 1, ID: 91}
	for until[*protocol.Stage](p).Name != "encoder" {
		p.inbox <- &protocol.Pause{} // the stay ends at once, or this test would take a minute
	}
	for until[*protocol.Stage](p).Name != "" {
	}
	if m := until[*protocol.Metrics](p); *m.Loss != want[1] {
		t.Errorf("loss %v after a pause in slow motion, %v else", *m.Loss, want[1])
	}

	// What can be done only between two steps does not wait for the stays of this one.
	p.inbox <- &protocol.Play{}
	until[*protocol.Stage](p)
	p.inbox <- &protocol.Sample{N: 1, Draw: 3}
	until[*protocol.Views](p)
	until[*protocol.Stage](p)
	p.inbox <- &protocol.Set{Values: map[string]string{"temperature": "0.3"}}
	until[*protocol.Mark](p)
	until[*protocol.Stage](p)
	p.inbox <- &protocol.Look{Colour: "loss", Focus: -1}
	until[*protocol.Snapshot](p)
}

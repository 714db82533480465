package session

import (
	"strings"
	"testing"

	"pushpull/wasm/protocol"
)

// The collapse switch: a mechanism is switched off in the middle of a run, which a mark says, and the verdict follows.
func TestSwitchingStopGradientOffCollapses(t *testing.T) {
	p := open(t)
	p.inbox <- &protocol.Start{Algo: "simsiam", Data: "shapes", Encoder: "convnet", Values: map[string]string{
		"batch": "24", "epochs": "200", "conv-channels": "4-8", "conv-strides": "4-2", "head-hidden": "16", "head-dim": "8", "predictor-hidden": "8",
		"head-final-norm": "false", "optimiser": "sgd", "lr": "0.2"}}
	if v := until[*protocol.Verdict](p); v.State != "untrained" {
		t.Errorf("before the first step the verdict is %+v", v)
	}
	p.losses(10)
	if v := until[*protocol.Verdict](p); v.State == "collapsed" {
		t.Errorf("with stop-gradient the verdict is %+v", v)
	}
	p.inbox <- &protocol.Set{Values: map[string]string{"stop-gradient": "false"}}
	if m := until[*protocol.Mark](p); m.Step != 10 || m.Text != "stop-gradient off" {
		t.Errorf("%+v", m)
	}
	losses := p.losses(200)
	if last := losses[len(losses)-1]; !(last < -0.98) {
		t.Errorf("loss %v, want about -1", last)
	}
	v := until[*protocol.Verdict](p)
	if v.State != "collapsed" || !strings.Contains(v.Text, "loss -1 is its minimum") || !strings.Contains(v.Try, "stop-gradient") {
		t.Errorf("%+v", v)
	}

	p.inbox <- &protocol.Set{Values: map[string]string{"stop-gradient": "false", "lr": "0.1"}} // only what changes is marked
	if m := until[*protocol.Mark](p); m.Text != "lr 0.1" {
		t.Errorf("%+v", m)
	}
}

func TestDivergingHasAVerdict(t *testing.T) {
	p := open(t)
	p.start(map[string]string{"optimiser": "sgd", "lr": "1e6", "weight-decay": "1", "epochs": "1000"})
	p.inbox <- &protocol.Play{}
	p.failure()
	if v := until[*protocol.Verdict](p); v.State != "diverged" {
		t.Errorf("%+v", v)
	}
}

// A change is made between two parts of an evaluation, not only after it.
func TestSetDuringEvaluation(t *testing.T) {
	p := open(t)
	p.start(nil)
	turns := 0
	p.waiting = func() {
		if turns++; turns == 3 {
			p.inbox <- &protocol.Set{Values: map[string]string{"lr": "0.1"}}
		}
	}
	p.inbox <- &protocol.Step{N: 1, ID: 1}
	for changed := false; ; {
		switch m := (<-p.reports).(type) {
		case *protocol.Mark:
			changed = true
		case *protocol.Verdict:
			if !changed {
				t.Error("the change waited for the verdict")
			}
			return
		case *protocol.Error:
			t.Fatal(m.Message)
		}
	}
}

// With a temperature far above the method's own SimCLR uses few dimensions, and the verdict says what to lower.
func TestWarmLossHasAVerdict(t *testing.T) {
	p := open(t)
	p.start(map[string]string{"temperature": "5", "epochs": "200"})
	p.losses(120)
	if v := until[*protocol.Verdict](p); !strings.Contains(v.Try, "temperature, which is 5 where 0.5 is usual") {
		t.Errorf("%+v", v)
	}
}

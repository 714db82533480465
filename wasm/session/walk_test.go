package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// Whatever the page asks for, in any order and in the middle of other work, the run is the one of a trainer that is only told
// the settings and takes the steps, bit for bit, and what the page was told last is true of it.
func TestRandomSessions(t *testing.T) {
	seeds := uint64(8)
	if testing.Short() { // with the race detector, which is slow
		seeds = 2
	}
	for seed := range seeds {
		w := walk{bench: newBench(t), random: rand.New(rand.NewPCG(seed, 0))}
		w.Load = func(string, func(done, total int)) (*data.Dataset, error) { return data.Shapes(0, 96, 70), nil }
		w.start(pickFrom(w.random, "simclr", "byol", "moco", "swav", "vicreg"), "shapes", nil)
		w.check(fmt.Sprintf("seed %d", seed))
		for n := range 20 {
			m, between, turn, at := w.command(), w.command(), 0, 1+w.random.IntN(30)
			w.turn = func() {
				switch turn++; {
				case turn == at && w.random.IntN(2) == 0:
					w.handle(between)
				case turn > 20 && w.steps != 0:
					w.handle(&protocol.Pause{})
				}
			}
			w.do(m)
			w.check(fmt.Sprintf("seed %d, command %d, %T %+v, and %T %+v in turn %d", seed, n, m, m, between, between, at))
			if t.Failed() {
				return
			}
		}
	}
}

// walk is a session beside the trainer that it is compared with.
type walk struct {
	*bench
	random *rand.Rand
	plain  *train.Trainer
	saved  *protocol.Checkpoint // the latest run that was saved, nil for none
	opened *protocol.Checkpoint // that was given back
	phase  string               // as told
}

func pickFrom(r *rand.Rand, names ...string) string { return names[r.IntN(len(names))] }

// command returns a message such as the page sends.
func (w *walk) command() protocol.Message {
	r := w.random
	switch r.IntN(9) {
	case 0:
		return &protocol.Play{}
	case 1:
		return &protocol.Reset{}
	case 2, 3:
		values := map[string]string{"lr": pickFrom(r, "0.1", "0", "0.001"), "crop-min": pickFrom(r, "0.3", "1", "much"), "epochs": pickFrom(r, "1", "3", "9")}
		key := pickFrom(r, "lr", "crop-min", "epochs", "batch")
		return &protocol.Set{Values: map[string]string{key: values[key]}}
	case 4:
		return &protocol.Look{Projection: pickFrom(r, "sphere", "pca", "tsne", "umap"), Space: pickFrom(r, "z", "h"), Colour: pickFrom(r, "class", "loss", "agreement"), Pairs: r.IntN(2) == 0, Focus: r.IntN(30) - 5}
	case 5:
		return &protocol.Inspect{On: r.IntN(2) == 0}
	case 6:
		return &protocol.Save{}
	case 7:
		if w.saved != nil {
			w.opened = w.saved
			return w.opened
		}
	}
	return &protocol.Step{N: r.IntN(6)}
}

// check lets the plain trainer do what the session told since the last command, and compares the two.
func (w *walk) check(after string) {
	w.t.Helper()
	again := false // these steps are told once more
	for _, m := range w.sent {
		switch m := m.(type) {
		case *protocol.State:
			w.phase, again = m.Phase, false
		case *protocol.Checkpoint:
			w.saved = m
		case *protocol.Ready:
			w.follow(m)
			again = m.Opened
		case *protocol.Metrics:
			if m.Loss == nil || again {
				continue
			}
			if p, err := w.plain.Step(); err != nil || float64(p.Loss) != *m.Loss || p.Step != m.Step {
				w.t.Errorf("%s: step %d has the loss %v, a plain trainer's step %d %v, %v", after, m.Step, *m.Loss, p.Step, p.Loss, err)
			}
		}
	}
	var run, plain bytes.Buffer
	w.trainer.Journal, w.plain.Journal = "", ""
	if w.trainer.Write(&run) != nil || w.plain.Write(&plain) != nil || !bytes.Equal(run.Bytes(), plain.Bytes()) {
		w.t.Errorf("%s: the run is not that of a plain trainer", after)
	}
	if want := map[bool]string{true: "finished", false: "paused"}[w.trainer.Done()]; w.phase != want {
		w.t.Errorf("%s: the page was told that the run is %s, it is %s", after, w.phase, want)
	}
	if slices.ContainsFunc(w.sent, func(m protocol.Message) bool { e, ok := m.(*protocol.Metrics); return ok && e.Std != nil }) {
		w.bench.check(after, nil)
	}
}

// follow makes the plain trainer that of a new run, or sets what has changed.
func (w *walk) follow(ready *protocol.Ready) {
	var c train.Config
	err := json.Unmarshal(ready.Config, &c)
	switch {
	case err != nil:
	case w.phase == "loading":
		if w.plain, err = algos.Start(c, w.dataset); err == nil && ready.Opened {
			err = w.plain.Restore(readCheckpoint(w.t, w.opened.File))
		}
	default:
		for key, v := range c.Values {
			if err == nil && w.plain.Config.Values[key] != v {
				err = w.plain.Set(key, train.TextOf(v))
			}
		}
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

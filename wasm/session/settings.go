package session

import (
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"pushpull/core/train"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// change makes the changes that were asked for. No step may be in progress.
func (s *Session) change() {
	for len(s.changes) > 0 && s.wanted == nil {
		values := s.changes[0]
		s.changes = s.changes[1:]
		s.set(values)
	}
}

// set changes hyperparameters of the run.
func (s *Session) set(values map[string]string) {
	if s.trainer == nil {
		s.fail(errors.New("there is no run to change: start one first"), false)
		return
	}
	knn := s.trainer.Config.KNN(bankSize)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		before := s.trainer.Config.Values[key]
		if err := s.trainer.Set(key, values[key]); err != nil {
			s.fail(err, false)
			continue
		}
		s.given.Values[key] = values[key] // so that Reset starts with it
		if s.trainer.Config.Values[key] != before {
			s.remeasure(key)
			s.mark(key)
		}
	}
	if s.trainer.Config.KNN(bankSize) != knn {
		s.known.measured, s.known.best, s.stale = false, 0, true // by another protocol
	}
	s.tellRun(false)
	s.tellPhase() // more epochs prolong a run that was finished
}

// remeasure forgets what was measured with another value of a hyperparameter.
func (s *Session) remeasure(key string) {
	switch p, _ := train.Find(key); p.Group {
	case "views":
		s.points.views, s.stale = nil, true
		s.known.measured = s.known.measured && s.trainer.Data.Labelled() // else the untrained encoder's alignment is needed
	case "algorithm":
		s.stale = s.stale || key == "temperature" // which the losses of points have
	case "head":
	default:
		return
	}
	s.known.loss = math.NaN() // another task has another loss
}

// haste is the time between two changes of one setting that are one to a reader: of a slider that is moved step by step the
// last one counts.
const haste = 2 * time.Second

// mark tells that a hyperparameter has changed in the middle of a run.
func (s *Session) mark(key string) {
	if s.trainer.Steps() == 0 {
		return
	}
	m := &protocol.Mark{Step: s.trainer.Steps(), Text: journal.Change(key, s.trainer.Config), Replaces: key == s.marked.key && time.Since(s.marked.at) < haste}
	s.marked.key, s.marked.at = key, time.Now()
	s.Send(m)
	s.journal.Marked(m)
}

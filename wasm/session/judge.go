package session

import (
	"math"
	"time"

	"pushpull/algos"
	"pushpull/core/probe"
	"pushpull/core/train"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// aligned is how many held-out images alignment is measured on.
const aligned = 256

// alignment returns the mean squared distance of the projections that a network gives two views of held-out images, the
// same views each time; ok is false if it was interrupted.
func (s *Session) alignment(network *train.Network, stop func() bool) (a *float64, ok bool) {
	n, width := min(aligned, s.points.measured), s.trainer.Width()
	z1, z2 := make([]float32, 0, n*width), make([]float32, 0, n*width)
	for at := 0; at < n; at += batch / 2 {
		z := s.points.pairs(s.trainer, network, at, min(at+batch/2, n))
		z1, z2 = append(z1, z[:len(z)/2]...), append(z2, z[len(z)/2:]...)
		if s.interrupted(stop) {
			return nil, false
		}
	}
	return finite(probe.Alignment(z1, z2, width, 2)), true
}

// judge says in words what the figures amount to.
func (s *Session) judge(m *protocol.Metrics) *protocol.Verdict {
	t, unknown := s.trainer, math.NaN()
	e := probe.Evidence{
		Step: t.Steps(), Diverged: s.diverged, Loss: s.known.loss, Constant: unknown, Width: t.Width(), Images: s.points.measured, Off: algos.Off(t.Config),
		KNN: orNaN(m.KNN), Untrained: unknown, Raw: unknown,
		Std: orNaN(m.Std), Rank: orNaN(m.EffectiveRank), Alignment: orNaN(m.Alignment), Distance: distance(m.Spectrum), Before: s.known.before, Highest: s.known.highest, Best: s.known.best,
	}
	if t.Data.Labelled() {
		e.Raw = s.known.raw
	}
	if s.known.labelled {
		e.Untrained, e.Guess = s.known.untrained, s.known.guess
		e.Queries, e.Classes = s.points.measured, len(t.Data.Test.Classes)
	}
	if a, err := algos.Find(t.Config.Algo); err == nil {
		if a.Constant != nil {
			e.Constant, e.Minimum = a.Constant(t.Config)
		}
		if usual, ok := a.Defaults["temperature"].(float64); ok && t.Config.Values["learn-temperature"] != true {
			e.Temperature, e.Cool = float64(t.Config.Float("temperature")), usual
		}
	}
	return verdict(e)
}

// orNaN returns a figure, NaN where it is not known.
func orNaN(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

func verdict(e probe.Evidence) *protocol.Verdict {
	v := probe.Judge(e)
	return &protocol.Verdict{Step: e.Step, State: string(v.State), Text: v.Text, Reason: v.Reason, Try: v.Try}
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

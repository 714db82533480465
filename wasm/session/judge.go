package session

import (
	"math"

	"pushpull/algos"
	"pushpull/core/probe"
	"pushpull/wasm/protocol"
)

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
	a, _ := algos.Find(t.Config.Algo) // the run was built with it
	if a.Constant != nil {
		e.Constant, e.Minimum = a.Constant(t.Config)
	}
	if usual, ok := a.Defaults["temperature"].(float64); ok && t.Config.Values["learn-temperature"] != true {
		e.Temperature, e.Cool = float64(t.Config.Float("temperature")), usual
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

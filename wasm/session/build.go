package session

import (
	"pushpull/algos"
	"pushpull/core/kernel"
	"pushpull/core/train"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// build makes the wanted run. A saved one that does not fit leaves the run before it as it was.
func (s *Session) build() {
	s.tellPhase()
	wanted := s.wanted
	err := s.make(wanted)
	if s.wanted != wanted {
		return // another was wanted meanwhile
	}
	saved, instead := s.restore, s.instead
	s.wanted, s.restore, s.instead = nil, nil, nil
	if err != nil && saved != nil && (instead != nil || s.trainer != nil) {
		s.fail(err, false)
		if s.wanted = instead; instead == nil {
			s.useThreads(s.trainer.Config)
		}
		s.tellPhase()
		return
	}
	s.given = wanted
	if err != nil {
		s.trainer, s.steps, s.stale, s.saving = nil, 0, false, false
		s.fail(err, true)
		s.tellPhase()
		return
	}
	s.stale, s.diverged = true, false
	s.known.measured, s.known.labelled, s.known.loss, s.known.highest, s.known.best = false, false, float64(s.trainer.LastLoss()), 0, 0
	s.clock.start()
	if saved != nil {
		s.changes = nil // were of the run before
	}
	s.tellRun(saved != nil)
	s.journal, s.marked.key, s.inspect.step = journal.Journal{}, "", 0
	if saved != nil {
		s.tellAgain(saved)
	}
	s.tellPhase()
}

func (s *Session) make(m *protocol.Start) error {
	c, err := s.configuration(m)
	if err != nil {
		return err
	}
	if s.restore == nil {
		s.letGo(m.Data)
	}
	d := s.dataset
	if d == nil || d.Name != m.Data {
		if d, err = s.load(m.Data); err != nil {
			return err
		}
	}
	s.useThreads(c)
	t, err := algos.Start(c, d)
	if err != nil {
		return err
	}
	if s.restore != nil {
		if err := t.Restore(s.restore); err != nil {
			return err
		}
		s.tell("loading", s.told.Did) // now that it fits
		s.letGo(m.Data)
	}
	s.trainer, s.dataset = t, d
	t.KeepGradients(s.look.Pairs)
	t.Between(s.listen)
	t.OnStage(s.atStage)
	if s.Helper != nil {
		t.Help(s.Helper)
	}
	if s.points == nil || s.points.seed != c.Int("seed") || s.points.n != pointsOf(t, s.look.Points) {
		s.points = newPoints(t, s.look.Points)
		s.Send(s.points.images())
	}
	s.points.begin(t)
	s.points.losses = s.look.Colour == "loss"
	return nil
}

// configuration returns that of a run to build.
func (s *Session) configuration(m *protocol.Start) (train.Config, error) {
	if s.restore != nil {
		return s.restore.Config.Clone(), nil
	}
	return algos.Resolve(m.Algo, m.Data, m.Encoder, m.Values)
}

// useThreads computes on as many threads as a run is to have: one that is to have all does not ask for them.
func (s *Session) useThreads(c train.Config) {
	if n := c.Int("threads"); n != s.threads {
		kernel.SetThreads(n)
		s.threads = n
	}
}

// letGo forgets the run and all that was made of it, so that the next one, which learns from the data set of the name, can
// have its memory.
func (s *Session) letGo(name string) {
	s.trainer, s.layout, s.bank = nil, layout{}, nil
	if s.points != nil {
		s.points.forget()
	}
	if s.dataset == nil || s.dataset.Name != name {
		s.dataset, s.points, s.known.rawOf = nil, nil, rawKey{}
	}
}

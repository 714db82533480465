package session

import (
	"pushpull/algos"
	"pushpull/core/kernel"
	"pushpull/core/train"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// wish is a run to build.
type wish struct {
	start   *protocol.Start
	saved   *train.Checkpoint // that it continues, nil for a new run
	instead *protocol.Start   // the run to build where saved does not fit, nil to stay with the one there is
}

// build makes the wanted run. A saved one that does not fit leaves the run before it as it was.
func (s *Session) build() {
	s.tellPhase()
	w := s.wanted
	err := s.make(w)
	s.wanted = nil
	if err != nil && w.saved != nil && (w.instead != nil || s.trainer != nil) {
		s.fail(err, false)
		if w.instead != nil {
			s.wanted = &wish{start: w.instead}
		} else {
			s.useThreads(s.trainer.Config)
		}
		s.tellPhase()
		return
	}
	s.given = w.start
	if err != nil {
		s.trainer, s.steps, s.stale, s.saving = nil, 0, false, false
		s.fail(err, true)
		s.tellPhase()
		return
	}
	s.stale, s.diverged = true, false
	s.known.measured, s.known.labelled, s.known.loss, s.known.highest, s.known.best = false, false, float64(s.trainer.LastLoss()), 0, 0
	s.clock.start()
	if w.saved != nil {
		s.changes = nil // were of the run before
	}
	s.tellRun(w.saved != nil)
	s.journal, s.marked.key, s.inspect.step = journal.Journal{}, "", 0
	if w.saved != nil {
		s.tellAgain(w.saved)
	}
	s.tellPhase()
}

func (s *Session) make(w *wish) error {
	c, err := w.configuration()
	if err != nil {
		return err
	}
	if w.saved == nil {
		s.letGo(c.Data)
	}
	d := s.dataset
	if d == nil || d.Name != c.Data {
		if d, err = s.load(c.Data); err != nil {
			return err
		}
	}
	s.useThreads(c)
	t, err := algos.Start(c, d)
	if err != nil {
		return err
	}
	if w.saved != nil {
		if err := t.Restore(w.saved); err != nil {
			return err
		}
		s.tell("loading", s.told.Did) // now that it fits
		s.letGo(c.Data)
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

func (w *wish) configuration() (train.Config, error) {
	if w.saved != nil {
		return w.saved.Config.Clone(), nil
	}
	return algos.Resolve(w.start.Algo, w.start.Data, w.start.Encoder, w.start.Values)
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

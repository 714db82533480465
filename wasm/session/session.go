// Package session is the trainer behind the page, without the browser: it takes the page's commands and sends reports.
// Training is cut into steps and evaluation into small batches, and between any two of them commands are heard.
package session

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"pushpull/core/data"
	"pushpull/core/probe"
	"pushpull/core/train"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// Session runs one run at a time. Set its fields, then call Run.
type Session struct {
	Inbox <-chan protocol.Message // commands; closing it ends Run
	// Send takes a report; the message's arrays are the receiver's. While files are read it may be called from two
	// goroutines at the same time.
	Send func(protocol.Message)
	// Load returns a data set by name, telling its progress in bytes.
	Load func(name string, progress func(done, total int)) (*data.Dataset, error)
	// Read makes a data set of files that the user has given, telling its progress in images. Training goes on meanwhile.
	Read    func(files *protocol.Files, progress func(done, total int)) (*data.Dataset, error)
	Helper  train.Helper // makes views while a step is computed; nil for none
	Turn    func()       // lets the host put commands into Inbox
	Backend string       // what computes, in words

	wanted   *wish           // the run to build next, nil for none
	given    *protocol.Start // the run that was built last
	trainer  *train.Trainer  // nil before the first run and after a fatal error
	dataset  *data.Dataset
	yours    *data.Dataset   // of the files that the user has given, nil before
	files    *protocol.Files // given and not read yet
	reading  <-chan outcome  // gets what becomes of those that are being read; nil for none
	points   *points
	steps    int                 // steps yet to take, -1 for all
	stale    bool                // the last evaluation is not of the current step and settings
	diverged bool                // the last step found no finite loss
	inside   bool                // a step is in progress
	changes  []map[string]string // hyperparameters to change, once nothing is in progress
	asked    int                 // ID of the last Step command
	threads  int                 // that the last run was to have, 0 for all
	told     protocol.State
	clock    clock
	listened time.Time // for commands
	known    references
	journal  journal.Journal
	marked   struct { // the last change of a setting in the middle of the run
		key string
		at  time.Time
	}
	inspect     inspect
	look        protocol.Look // what the page shows of the points
	layout      layout
	bank        []float32 // of kNN [n, Dim], filled anew by each evaluation
	lookChanged bool
	pace        time.Duration    // of a stage, in slow motion; 0 for full speed
	lit         bool             // a stage was told and its step not ended
	sample      *protocol.Sample // views to show, nil for none
	saving      bool             // a checkpoint is asked for
}

// Run works until Inbox is closed.
func (s *Session) Run() {
	s.look = firstLook
	for {
		if s.idle() {
			select {
			case m, open := <-s.Inbox:
				if !open {
					return
				}
				s.handle(m)
			case m := <-s.reading:
				s.take(m)
			}
		} else {
			if !s.breathe() {
				return
			}
			s.work()
		}
		s.change()
	}
}

// idle tells whether there is nothing to do until a command comes.
func (s *Session) idle() bool {
	if s.wanted != nil || s.files != nil && s.reading == nil {
		return false
	}
	return s.trainer == nil || s.steps == 0 && !s.awaited() && !s.stale && !s.inspectWanted() && !s.layoutWanted()
}

// awaited tells whether there is something to do that goes before the next step and must not wait long.
func (s *Session) awaited() bool {
	return s.wanted != nil || len(s.changes) > 0 || s.sample != nil || s.lookChanged || s.saving
}

// breathe lets commands come in and reports whether more may.
func (s *Session) breathe() bool {
	s.Turn()
	if s.reading != nil { // as much time as training gets: between two turns the browser decodes but a few images
		select {
		case m := <-s.reading:
			s.take(m)
		case <-time.After(listenEvery):
		}
	}
	s.listened = time.Now()
	for {
		select {
		case m, open := <-s.Inbox:
			if !open {
				return false
			}
			s.handle(m)
		case m := <-s.reading:
			s.take(m)
		default:
			return true
		}
	}
}

// listenEvery is how long operations may go on without listening for commands.
const listenEvery = 30 * time.Millisecond

// listen lets commands come in during a step, if it is time. It notes them only.
func (s *Session) listen() {
	if time.Since(s.listened) >= listenEvery {
		s.breathe()
	}
}

// handle notes what a command wants. It answers at once and leaves the work to Run.
func (s *Session) handle(m protocol.Message) {
	switch m := m.(type) {
	case *protocol.Start:
		start := &protocol.Start{Algo: m.Algo, Data: m.Data, Encoder: m.Encoder, Values: maps.Clone(m.Values)}
		if start.Values == nil {
			start.Values = map[string]string{}
		}
		s.wanted, s.steps = &wish{start: start}, 0
		s.changes = nil // were of the run before
	case *protocol.Reset:
		if s.wanted != nil {
			s.wanted = &wish{start: s.wanted.start}
		} else if s.given != nil {
			s.wanted = &wish{start: s.given}
		}
		s.steps = 0
	case *protocol.Play:
		s.clock.rested()
		s.steps = -1
		s.tellPhase()
	case *protocol.Pause:
		s.steps = 0
		s.tellPhase()
	case *protocol.Step:
		s.clock.rested()
		s.steps, s.asked = max(m.N, 0), m.ID
		s.tellPhase()
	case *protocol.Look:
		s.setLook(m)
	case *protocol.Inspect:
		s.inspect.set(m.On)
	case *protocol.Pace:
		s.setPace(m.Milliseconds)
	case *protocol.Sample:
		s.sample = m
	case *protocol.Save:
		s.saving = true
	case *protocol.Checkpoint:
		s.open(m)
	case *protocol.Files:
		s.files = m
	case *protocol.Set:
		s.changes = append(s.changes, m.Values)
	default:
		s.fail(fmt.Errorf("the trainer knows no message of kind %d", m.Kind()), false)
	}
}

// tellPhase tells what the session does and which steps are done with, if that changed.
func (s *Session) tellPhase() {
	phase := "paused"
	switch {
	case s.wanted != nil && s.saving && s.trainer != nil:
		return // the page would take the checkpoint for one of the next run
	case s.wanted != nil && s.wanted.saved != nil:
		return // whether that run fits is not known
	case s.wanted != nil:
		phase = "loading"
	case s.trainer == nil:
		phase = "failed"
	case s.trainer.Done():
		phase = "finished"
	case s.steps != 0:
		phase = "playing"
	}
	did := s.told.Did
	if (s.steps == 0 || s.trainer == nil) && s.wanted == nil { // where there is no run nothing is left to do
		did = s.asked
	}
	s.tell(phase, did)
}

// tell tells a phase and the last Step command that is done with, if either changed.
func (s *Session) tell(phase string, did int) {
	if phase != s.told.Phase || did != s.told.Did {
		s.told = protocol.State{Phase: phase, Step: s.step(), Did: did}
		state := s.told
		s.Send(&state)
	}
}

func (s *Session) step() int {
	if s.trainer == nil {
		return 0
	}
	if s.inside {
		return s.trainer.Steps() + 1
	}
	return s.trainer.Steps()
}

// work does one piece of what there is to do.
func (s *Session) work() {
	switch {
	case s.saving && s.trainer != nil: // before another run takes its place
		s.tellCheckpoint()
	case s.wanted != nil:
		s.build()
	case s.files != nil && s.reading == nil:
		s.read()
	case s.sample != nil:
		s.tellViews()
	case !s.known.measured:
		s.measureReferences()
	case s.lookChanged:
		s.showLook()
	case s.inspectWanted():
		s.tellBatch()
	case s.steps != 0:
		s.advance()
	case s.stale:
		s.evaluate(func() bool { return s.steps != 0 }) // nobody waits for it: training goes first
	case s.layoutWanted():
		s.settleLayout()
	}
}

// advance takes one step of training, and looks at the points when it is time.
func (s *Session) advance() {
	t := s.trainer
	if t.Done() {
		s.steps = 0
		s.tellPhase()
		return
	}
	asked := s.asked // another Step may come while this one is in progress
	s.inside = true
	m, err := t.Step()
	s.inside = false
	s.unlight()
	if err != nil {
		s.steps = 0
		s.fail(err, false)
		var diverged *train.DivergedError
		if errors.As(err, &diverged) {
			s.diverged = true
			s.Send(verdict(probe.Evidence{Step: t.Steps(), Diverged: true}))
		}
		s.tellPhase()
		return
	}
	s.stale, s.diverged = true, false
	s.known.stepped(float64(m.Loss))
	if s.steps > 0 && s.asked == asked {
		s.steps--
	}
	s.clock.stepped(t.Config.Int("batch"))
	r := s.report()
	r.Loss, r.LearningRate = new(float64(m.Loss)), float64(m.LR)
	s.journal.Stepped(r)
	if s.wanted != nil && (s.wanted.saved == nil || s.told.Phase == "loading") {
		return // what is told now would be taken for the next run's
	}
	s.Send(r)
	if s.inspectDue(time.Now()) {
		s.tellBatch()
	}
	if t.Done() {
		s.steps = 0
	}
	switch now := time.Now(); {
	case s.steps == 0:
		s.tellPhase()
	case s.clock.evaluationDue(now):
		s.evaluate(nil)
	case s.clock.snapshotDue(now):
		s.points.refresh(t, s.clock.affordable(now, s.points.n), &s.clock)
		s.sendSnapshot()
		s.clock.snapshot = time.Now()
	}
}

// report returns metrics with what is known without measuring.
func (s *Session) report() *protocol.Metrics {
	t := s.trainer
	return &protocol.Metrics{Step: t.Steps(), Epoch: float64(t.Steps()) / float64(t.StepsPerEpoch()), ImagesPerSecond: s.clock.speed, Ahead: t.Helped()}
}

// tellRun tells what the run is; opened, that it is a saved one which was built.
func (s *Session) tellRun(opened bool) {
	t := s.trainer
	memory := []protocol.Memory{}
	for _, m := range t.Memory() {
		memory = append(memory, protocol.Memory(m))
	}
	s.Send(&protocol.Ready{Config: marshal(t.Config), Backend: s.Backend, StepsPerEpoch: t.StepsPerEpoch(), TotalSteps: t.TotalSteps(),
		Parameters: t.Parameters(), TrainImages: t.Data.Train.Len(), TestImages: t.Data.Test.Len(), Stacks: marshal(t.Stacks()), Memory: memory, Notes: t.Notes, Opened: opened})
}

// brief cuts what is said of a file where it quotes too much of it: a damaged one may be a single word of megabytes, which no
// browser lays out.
func brief(text string) string {
	const most = 2000
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// fail tells what went wrong, with the remedy if the error knows one.
func (s *Session) fail(err error, fatal bool) {
	m := &protocol.Error{Message: brief(err.Error()), Fatal: fatal}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		m.Hint = hinted.Hint()
	}
	s.Send(m)
}

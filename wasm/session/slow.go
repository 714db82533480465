package session

import (
	"time"

	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// slowest is the longest stay at a stage.
const slowest = 10 * time.Second

// setPace sets how long each stage of a step lasts at least.
func (s *Session) setPace(milliseconds int) {
	s.pace = min(max(time.Duration(milliseconds)*time.Millisecond, 0), slowest)
}

// atStage tells in slow motion that a stage begins, and stays there for a while. Commands are heard meanwhile, and one
// that stops training, ends slow motion or waits for the step to end, ends the stay.
func (s *Session) atStage(stage train.Stage) {
	if s.pace == 0 {
		s.unlight()
		return
	}
	s.lit = true
	s.Send(&protocol.Stage{Step: s.step(), Name: string(stage)})
	end := time.NewTimer(s.pace)
	defer end.Stop()
	for s.pace > 0 && s.steps != 0 && !s.awaited() {
		select {
		case <-end.C:
			return
		case m, open := <-s.Inbox:
			if !open {
				return
			}
			s.handle(m)
		}
	}
}

// unlight tells that no stage is in progress any more.
func (s *Session) unlight() {
	if s.lit {
		s.lit = false
		s.Send(&protocol.Stage{Step: s.step()})
	}
}

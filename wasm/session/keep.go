package session

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"pushpull/core/train"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// open notes that the run of a checkpoint is wanted. A file that is none, or whose data set is not here, leaves the run in
// progress alone.
func (s *Session) open(m *protocol.Checkpoint) {
	name := m.Name
	if name == "" {
		name = "the file"
	}
	c, err := train.Read(bytes.NewReader(m.File), int64(len(m.File)), name)
	if err != nil {
		s.fail(err, false)
		return
	}
	if s.yours != nil && c.Input.Digest != 0 && c.Input.Digest == s.yours.Digest {
		c.Config.Data = train.Yours // the command calls the same images by their path
	}
	if !s.has(c.Config.Data) {
		s.fail(fmt.Errorf("%s learned from the data set %q, which is not here: the page goes on with runs of Shapes, of MNIST, and of your own images while it has them", name, c.Config.Data), false)
		return
	}
	if c.Config.Data == train.Yours && !alike(c.Input, train.InputOf(s.yours)) {
		s.fail(fmt.Errorf("%s learned from other images of yours than those that are here: drop them onto the page first", name), false)
		return
	}
	values := map[string]string{}
	for key, v := range c.Config.Values {
		values[key] = fmt.Sprint(v)
	}
	w := &wish{start: &protocol.Start{Algo: c.Config.Algo, Data: c.Config.Data, Encoder: c.Config.Encoder, Values: values}, saved: c}
	switch {
	case s.wanted == nil:
	case s.wanted.saved == nil:
		w.instead = s.wanted.start
	default:
		w.instead = s.wanted.instead
	}
	s.wanted, s.steps = w, 0
}

// alike tells whether the images of two inputs are the same. Older files have no digest: there images may be the same that
// look alike on the whole, as browsers differ a little in how they resize.
func alike(a, b train.Input) bool {
	if a.Digest != 0 {
		return a.Digest == b.Digest
	}
	near := func(x, y float32) bool { return math.Abs(float64(x-y)) < 0.005 }
	return a.H == b.H && a.W == b.W && slices.EqualFunc(a.Mean, b.Mean, near) && slices.EqualFunc(a.Std, b.Std, near)
}

// tellCheckpoint sends the run as a file.
func (s *Session) tellCheckpoint() {
	s.saving = false
	t := s.trainer
	t.Journal = s.journal.Text()
	var b bytes.Buffer
	b.Grow(12*t.Parameters() + 1<<16) // weights and Adam's two moments, in one piece
	if err := t.Write(&b); err != nil {
		s.fail(fmt.Errorf("the run cannot be saved: %w", err), false)
		return
	}
	c := t.Config
	s.Send(&protocol.Checkpoint{Name: fmt.Sprintf("%s-%s-%s-%d.safetensors", c.Algo, c.Data, c.Encoder, t.Steps()), Step: t.Steps(), File: b.Bytes()})
}

// tellAgain takes over the journal of a saved run and tells it, in the order of the steps.
func (s *Session) tellAgain(c *train.Checkpoint) {
	j, err := journal.Read(c)
	if err != nil {
		s.fail(fmt.Errorf("the run goes on, but with empty charts, since those in its file cannot be read: %w", err), false)
		return
	}
	s.journal = j
	for _, m := range j.Marks {
		s.Send(m)
	}
	at, t := 0, s.trainer
	steps := func(upTo float64) {
		for ; at < len(j.Steps.Kept) && j.Steps.Kept[at][0] <= upTo; at++ {
			x := j.Steps.Kept[at]
			s.Send(&protocol.Metrics{Step: int(x[0]), Epoch: x[0] / float64(t.StepsPerEpoch()), Loss: new(x[1]), LearningRate: x[2], ImagesPerSecond: x[3]})
			s.known.stepped(x[1])
		}
	}
	for _, e := range j.Evaluations.Kept {
		steps(float64(e.Step))
		s.Send(e)
		s.known.evaluated(e)
	}
	steps(math.Inf(1))
}

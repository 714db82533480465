package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// What a journal holds at most, even numbers: it must not grow with the run.
const (
	journalSteps       = 2000
	journalEvaluations = 200
	journalMarks       = 500
)

// journal is what a run has told of its steps so far. It is saved with the run, so that its charts come back with it.
type journal struct {
	Steps       sparse[journalStep]       `json:"steps"`
	Evaluations sparse[*protocol.Metrics] `json:"evaluations"`
	Marks       []*protocol.Mark          `json:"marks"`
}

// journalStep is a step: its number, loss, learning rate and images a second.
type journalStep [4]float64

// stepped notes the report of a step.
func (j *journal) stepped(m *protocol.Metrics) {
	if m.Loss != nil {
		j.Steps.add(journalStep{float64(m.Step), round(*m.Loss), round(m.LearningRate), round(m.ImagesPerSecond)}, journalSteps)
	}
}

// evaluated notes an evaluation; of two of the same step the later one counts.
func (j *journal) evaluated(m *protocol.Metrics) {
	c := *m
	for _, v := range []**float64{&c.KNN, &c.Std, &c.EffectiveRank, &c.Alignment, &c.Uniformity} {
		if *v != nil {
			*v = number(round(**v))
		}
	}
	c.Epoch, c.ImagesPerSecond = round(c.Epoch), round(c.ImagesPerSecond)
	c.Spectrum = slices.Clone(c.Spectrum)
	for i, v := range c.Spectrum {
		c.Spectrum[i] = round(v)
	}
	if kept := j.Evaluations.Kept; len(kept) > 0 && kept[len(kept)-1].Step == m.Step {
		kept[len(kept)-1] = &c
		return
	}
	j.Evaluations.add(&c, journalEvaluations)
}

// marked notes a change in the middle of the run.
func (j *journal) marked(m *protocol.Mark) {
	if last := len(j.Marks) - 1; m.Replaces && last >= 0 {
		j.Marks = j.Marks[:last]
	}
	if len(j.Marks) < journalMarks {
		j.Marks = append(j.Marks, &protocol.Mark{Step: m.Step, Text: m.Text})
	}
}

// sparse is a list that does not grow with the run: once it is full, every second entry is left out, and of those to come,
// too, so that early ones stay as near to each other as late ones. The latest entry is always there.
type sparse[T any] struct {
	Kept  []T `json:"kept"`
	Every int `json:"every"` // so many that came, one stays; 0 before there is any
	Came  int `json:"came"`
}

// add takes an entry where at most so many, an even number, are kept.
func (s *sparse[T]) add(x T, most int) {
	s.Every = max(s.Every, 1)
	if s.Came > 0 && (s.Came-1)%s.Every != 0 {
		s.Kept = s.Kept[:len(s.Kept)-1] // was there as the latest only
	}
	if len(s.Kept) == most {
		for i := range most / 2 {
			s.Kept[i] = s.Kept[2*i]
		}
		clear(s.Kept[most/2:])
		s.Kept, s.Every = s.Kept[:most/2], 2*s.Every
	}
	s.Kept = append(s.Kept, x)
	s.Came++
}

// sound tells whether what was read of a file can be a list of at most so many.
func (s *sparse[T]) sound(most int) bool {
	return len(s.Kept) <= most && s.Every >= 0 && s.Every <= math.MaxInt32 && s.Came >= len(s.Kept) && (len(s.Kept) > 0 || s.Came == 0)
}

// round keeps six digits, which are shorter to write.
func round(x float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	return short
}

// text returns the journal as a checkpoint keeps it.
func (j *journal) text() string { return string(marshal(j)) }

// readJournal returns the journal of a checkpoint, an empty one where it has none.
func readJournal(c *train.Checkpoint) (journal, error) {
	var j journal
	if c.Journal == "" {
		return j, nil
	}
	if err := json.Unmarshal([]byte(c.Journal), &j); err != nil {
		return journal{}, err
	}
	if !j.Steps.sound(journalSteps) || !j.Evaluations.sound(journalEvaluations) || len(j.Marks) > journalMarks {
		return journal{}, fmt.Errorf("they tell of %d steps, %d evaluations and %d changes, which is more than a run keeps, or damaged", len(j.Steps.Kept), len(j.Evaluations.Kept), len(j.Marks))
	}
	var steps []float64
	for _, s := range j.Steps.Kept {
		steps = append(steps, s[0])
	}
	for _, e := range j.Evaluations.Kept {
		if e == nil {
			return journal{}, errors.New("an evaluation has no figures")
		}
		steps = append(steps, float64(e.Step))
	}
	for _, m := range j.Marks {
		if m == nil {
			return journal{}, errors.New("a change has no words")
		}
		steps = append(steps, float64(m.Step))
	}
	for _, s := range steps {
		if !(s >= 0 && s <= float64(c.Step)) {
			return journal{}, fmt.Errorf("they tell of step %g, but the run has %d", s, c.Step)
		}
	}
	return j, nil
}

// tellAgain takes over the journal of a saved run and tells it, in the order of the steps.
func (s *Session) tellAgain(c *train.Checkpoint) {
	j, err := readJournal(c)
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
			s.Send(&protocol.Metrics{Step: int(x[0]), Epoch: x[0] / float64(t.StepsPerEpoch()), Loss: number(x[1]), LearningRate: x[2], ImagesPerSecond: x[3]})
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

// Package journal keeps what a run has told of its steps, in the page or natively. It is saved with the run, so that its
// charts come back with it.
package journal

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
	mostSteps       = 2000
	mostEvaluations = 200
	mostMarks       = 500
)

// Journal is what a run has told of its steps so far.
type Journal struct {
	Steps       sparse[Step]              `json:"steps"`
	Evaluations sparse[*protocol.Metrics] `json:"evaluations"`
	Marks       []*protocol.Mark          `json:"marks"`
}

// Step is a step: its number, loss, learning rate and images a second, 0 where they are not known.
type Step [4]float64

// Stepped notes the report of a step.
func (j *Journal) Stepped(m *protocol.Metrics) {
	if m.Loss != nil {
		j.Steps.add(Step{float64(m.Step), round(*m.Loss), round(m.LearningRate), round(m.ImagesPerSecond)}, mostSteps)
	}
}

// Evaluated notes an evaluation; of two of the same step the later one counts.
func (j *Journal) Evaluated(m *protocol.Metrics) {
	c := *m
	for _, v := range []**float64{&c.KNN, &c.Std, &c.EffectiveRank, &c.Alignment, &c.Uniformity} {
		if *v != nil {
			short := round(**v)
			*v = &short
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
	j.Evaluations.add(&c, mostEvaluations)
}

// Marked notes a change in the middle of the run.
func (j *Journal) Marked(m *protocol.Mark) {
	if last := len(j.Marks) - 1; m.Replaces && last >= 0 {
		j.Marks = j.Marks[:last]
	}
	if len(j.Marks) < mostMarks {
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

// Measured returns the step of the last evaluation, 0 where there is none.
func (j *Journal) Measured() int {
	if n := len(j.Evaluations.Kept); n > 0 {
		return j.Evaluations.Kept[n-1].Step
	}
	return 0
}

// Text returns the journal as a checkpoint keeps it.
func (j *Journal) Text() string {
	text, err := json.Marshal(j)
	if err != nil {
		panic(err) // it holds finite numbers and words
	}
	return string(text)
}

// Read returns the journal of a checkpoint, an empty one where it has none.
func Read(c *train.Checkpoint) (Journal, error) {
	var j Journal
	if c.Journal == "" {
		return j, nil
	}
	if err := json.Unmarshal([]byte(c.Journal), &j); err != nil {
		return Journal{}, err
	}
	if !j.Steps.sound(mostSteps) || !j.Evaluations.sound(mostEvaluations) || len(j.Marks) > mostMarks {
		return Journal{}, fmt.Errorf("they tell of %d steps, %d evaluations and %d changes, which is more than a run keeps, or damaged", len(j.Steps.Kept), len(j.Evaluations.Kept), len(j.Marks))
	}
	var steps []float64
	for _, s := range j.Steps.Kept {
		steps = append(steps, s[0])
	}
	for _, e := range j.Evaluations.Kept {
		if e == nil {
			return Journal{}, errors.New("an evaluation has no figures")
		}
		steps = append(steps, float64(e.Step))
	}
	for _, m := range j.Marks {
		if m == nil {
			return Journal{}, errors.New("a change has no words")
		}
		steps = append(steps, float64(m.Step))
	}
	for _, s := range steps {
		if !(s >= 0 && s <= float64(c.Step)) {
			return Journal{}, fmt.Errorf("they tell of step %g, but the run has %d", s, c.Step)
		}
	}
	return j, nil
}

// Change names a hyperparameter with its value, as a mark does: "stop-gradient off", "temperature 0.1".
func Change(key string, c train.Config) string {
	switch c.Values[key] {
	case true:
		return key + " on"
	case false:
		return key + " off"
	}
	return key + " " + train.TextOf(c.Values[key])
}

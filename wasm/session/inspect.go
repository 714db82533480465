package session

import (
	"fmt"
	"math"
	"slices"
	"time"

	"pushpull/algos"
	"pushpull/core/probe"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

const (
	shownImages  = 32 // of a batch, two rows each
	inspectEvery = time.Second
	bins         = 50 // of a histogram, from -1 to 1
)

// inspect is whether the page looks at batches.
type inspect struct {
	on   bool
	due  bool // one is wanted at once
	step int  // whose was told last
	last time.Time
}

func (i *inspect) set(on bool) { i.on, i.due = on, on }

// inspectWanted tells whether the page asks for the batch of the last step, or has not got it where training stands still.
func (s *Session) inspectWanted() bool {
	if s.trainer == nil || s.trainer.Steps() == 0 {
		return false
	}
	return s.inspect.due || s.inspect.on && s.steps == 0 && s.inspect.step != s.trainer.Steps()
}

// inspectDue tells whether to show the batch of the step just taken: each where they are few, else one a second.
func (s *Session) inspectDue(now time.Time) bool {
	return s.inspect.on && (s.steps >= 0 || s.pace > 0 || now.Sub(s.inspect.last) >= inspectEvery)
}

// tellBatch tells what the last step learned from.
func (s *Session) tellBatch() {
	s.inspect.due, s.inspect.last, s.inspect.step = false, time.Now(), s.trainer.Steps()
	if m := s.batch(); m != nil {
		s.Send(m)
	}
}

// batch returns the last step's batch, without rows where an image has a single view; nil before there is one.
func (s *Session) batch() *protocol.Batch {
	t := s.trainer
	seen, ok := t.Seen()
	if !ok {
		return nil
	}
	set, d := t.Data.Train, t.Width()
	m := &protocol.Batch{Step: t.Steps(), H: set.H, W: set.W, C: set.C}
	a, _ := algos.Find(t.Config.Algo) // the run was built with it
	if seen.Views < 2 {
		m.Why = fmt.Sprintf("%s learns from one view of each image, so there are no pairs of views to show.", a.Title)
		return m
	}
	size := set.H * set.W * set.C
	n := len(seen.Images) / size / seen.Views
	z := seen.Z
	if z == nil {
		_, z = t.EmbedViews(seen.Images[:2*n*size], set)
	}
	z = z[:2*n*d]
	if !allFinite(z) {
		return nil
	}
	m.Images, m.Classes = n, classes(set)
	var w algos.PairWeights
	if o, ok := t.Objective.(algos.PairWeigher); ok {
		w, m.Why = o.PairWeights(seen.Config, z, d, seen.Labels)
	} else {
		m.Why = fmt.Sprintf("%s: %s. Its loss is no plain softmax over the pairs of this batch, so no weights of pairs are shown.", a.Title, a.Help)
	}
	m.Weighted, m.Temperature, m.ByClass = m.Why == "", float64(w.Temperature), w.ByClass

	cosines := probe.Cosines(z, d)
	histograms(m, cosines, n, seen.Labels)
	rows := shown(n, seen.Labels)
	m.Rows = len(rows)
	for _, i := range rows {
		label := int32(0)
		if seen.Labels != nil {
			label = seen.Labels[i%n]
		}
		m.Labels = append(m.Labels, label)
		m.Pixels = appendPixels(m.Pixels, seen.Images[i*size:][:size], t.Input)
	}
	m.Similarity = part(cosines, 2*n, rows)
	if m.Weighted {
		for _, g := range w.Gradient {
			m.Force += math.Abs(float64(g))
		}
		m.Softmax, m.Gradient = part(w.Softmax, 2*n, rows), part(w.Gradient, 2*n, rows)
	}
	return m
}

// shown returns rows of both views of a batch of n images: the first few images, a class after the other.
func shown(n int, labels []int32) []int {
	k := min(n, shownImages)
	rows := make([]int, k, 2*k)
	for i := range rows {
		rows[i] = i
	}
	if labels != nil {
		slices.SortStableFunc(rows, func(a, b int) int { return int(labels[a] - labels[b]) })
	}
	for _, i := range rows[:k] {
		rows = append(rows, n+i)
	}
	return rows
}

// part returns the chosen rows and columns of a matrix with m columns.
func part(x []float32, m int, rows []int) []float32 {
	y := make([]float32, 0, len(rows)*len(rows))
	for _, i := range rows {
		for _, j := range rows {
			y = append(y, x[i*m+j])
		}
	}
	return y
}

// histograms counts the pairs of a batch of n images by their similarity, the upper half of cosines [2n, 2n].
func histograms(m *protocol.Batch, cosines []float32, n int, labels []int32) {
	m.Positives, m.Negatives, m.False = make([]int, bins), make([]int, bins), make([]int, bins)
	for i := range 2 * n {
		for j := i + 1; j < 2*n; j++ {
			bin := min(max(int((cosines[i*2*n+j]+1)/2*bins), 0), bins-1)
			switch {
			case j == i+n:
				m.Positives[bin]++
			case labels != nil && labels[i%n] == labels[j%n]:
				m.False[bin]++
			default:
				m.Negatives[bin]++
			}
		}
	}
}

// appendPixels appends a normalised image as bytes, as one sees it.
func appendPixels(to []uint8, image []float32, in train.Input) []uint8 {
	for i, v := range image {
		x := (v*in.Std[i%in.C] + in.Mean[i%in.C]) * 255
		to = append(to, uint8(min(max(x+0.5, 0), 255)))
	}
	return to
}

package session

import (
	"math"
	"slices"
	"time"

	"pushpull/core/data"
	"pushpull/core/probe"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// references are what learning has to beat, measured when a run is built, and what it has reached.
type references struct {
	measured  bool
	labelled  bool
	untrained float64
	before    float64 // Apart of the untrained encoder, see probe.Evidence
	guess     float64
	raw       float64
	rawOf     rawKey
	loss      float64 // of the last steps, about 1/lossShare of them; NaN before the first
	highest   float64 // deviation of the projections so far
	best      float64 // kNN accuracy so far
}

// stepped notes the loss of a step.
func (r *references) stepped(loss float64) {
	if r.loss += lossShare * (loss - r.loss); r.loss != r.loss {
		r.loss = loss
	}
}

// evaluated notes what an evaluation has measured.
func (r *references) evaluated(m *protocol.Metrics) {
	if m.Std != nil {
		r.highest = max(r.highest, *m.Std)
	}
	if m.KNN != nil {
		r.best = max(r.best, *m.KNN)
	}
}

// lossShare is the last step's share of the loss that a verdict goes by.
const lossShare = 0.1

// rawKey is what the accuracy of raw pixels depends on.
type rawKey struct {
	data  string // which of the user's own there was, letGo knows
	input string // how pixels are normalised
	seed  int
	k     int
	temp  float32
}

// measureReferences measures what the run has to beat, and the run as it is: before its first step, or where a saved one goes
// on, or the protocol has changed.
func (s *Session) measureReferences() {
	s.known.measured = true // unless it is interrupted, or the protocol changes meanwhile
	if !s.referencesMeasured() {
		s.known.measured = false
	}
}

func (s *Session) referencesMeasured() bool {
	t := s.trainer
	key := rawKey{t.Config.Data, string(marshal(t.Input)), t.Config.Int("seed"), t.Config.Int("knn-k"), t.Config.Float("knn-temperature")}
	if s.known.rawOf != key {
		raw, err := t.RawPixels(bankSize, s.points.measured)
		if err != nil {
			s.fail(err, false)
		}
		s.known.raw, s.known.rawOf = raw, key
		if s.interrupted(nil) {
			return false
		}
	}
	if t.Steps() > 0 && !s.measureUntrained() {
		return false
	}
	m := s.evaluate(nil)
	if m != nil && t.Steps() == 0 {
		s.known.before = apart(m.Alignment, m.Spectrum)
		s.tellReferences(m.KNN)
	}
	return m != nil
}

// measureUntrained measures the encoder as it was before the first step. It returns false where it was interrupted.
func (s *Session) measureUntrained() bool {
	if !s.embedBefore(s.points.measured) {
		return false
	}
	b, t := &s.points.before, s.trainer
	if t.Data.Labelled() {
		untrained, ok := s.neighbours(b.network, b.h, nil)
		if ok {
			s.tellReferences(untrained)
		}
		return ok
	}
	a, ok := s.alignment(b.network, nil)
	s.known.before = apart(a, probe.Spectrum(b.z[:s.points.measured*t.Width()], t.Width()))
	return ok
}

// apart returns probe.Evidence.Apart of an alignment and a spectrum, NaN where there is none.
func apart(alignment *float64, spectrum []float64) float64 {
	e := probe.Evidence{Alignment: orNaN(alignment), Distance: distance(spectrum)}
	return e.Apart()
}

// distance returns the mean squared distance of two images whose spectrum it is: twice the variance.
func distance(spectrum []float64) float64 {
	if spectrum == nil {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range spectrum {
		sum += v
	}
	return 2 * sum
}

// tellReferences notes and tells the accuracy of the untrained encoder and of raw pixels; nil where there are no classes.
func (s *Session) tellReferences(untrained *float64) {
	if s.known.labelled = untrained != nil; s.known.labelled {
		s.known.untrained, s.known.guess = *untrained, s.guess()
		bank := min(bankSize, s.trainer.Data.Known().Len())
		s.Send(&protocol.References{RawPixels: s.known.raw, Untrained: *untrained, Bank: bank, Queries: s.points.measured, Voters: s.trainer.Config.KNN(bank).K})
	}
}

// guess returns how many of the queries of kNN are of the class that is most common in its bank.
func (s *Session) guess() float64 {
	d := s.trainer.Data
	count := make([]int, len(d.Known().Classes))
	for _, c := range data.Pick(d.Known().Labels, s.bankImages()) {
		count[c]++
	}
	most := slices.Index(count, slices.Max(count))
	right := 0
	for _, c := range data.Pick(d.Test.Labels, s.points.index[:s.points.measured]) {
		if int(c) == most {
			right++
		}
	}
	return float64(right) / float64(s.points.measured)
}

// evaluate embeds the points that are measured, all if nobody waits, and a bank of training images with the encoder as it
// is, and reports a snapshot and metrics. It returns nil if, between batches, another run was wanted or stop, which may be nil, said so.
func (s *Session) evaluate(stop func() bool) *protocol.Metrics {
	s.stale = false // unless it is interrupted, or what figures depend on changes meanwhile
	m := s.measure(stop)
	s.stale = s.stale || m == nil
	return m
}

// measure does the work of evaluate.
func (s *Session) measure(stop func() bool) *protocol.Metrics {
	start, t, p := time.Now(), s.trainer, s.points
	end := p.measured
	if stop != nil || p.done < p.n { // nobody waits, or it is the first time
		end = p.n
	}
	for at := 0; at < end; at += batch {
		before := time.Now()
		size := min(batch, end-at)
		p.embed(t, at, at+size)
		s.clock.embedded(size, time.Since(before))
		if p.done = max(p.done, at+size); s.interrupted(stop) {
			return nil
		}
	}
	if end == p.n {
		p.next = 0
	} else {
		s.stale = true // until training rests
	}
	s.layout.step = -1 // its rows may be those of earlier encoders
	s.sendSnapshot()
	m := s.report()
	width := t.Width()
	z := p.z[:p.measured*width]
	for _, measure := range []func(){
		func() { m.Std = finite(probe.NormalizedStd(z, width)) },
		func() { m.EffectiveRank = finite(probe.EffectiveRank(z, width)) },
		func() { m.Uniformity = finite(probe.Uniformity(z, width, 2)) },
		func() {
			if s := probe.Spectrum(z, width); allFinite(s) {
				m.Spectrum = s
			}
		},
	} {
		if measure(); s.interrupted(stop) {
			return nil
		}
	}
	var ok bool
	if m.Alignment, ok = s.alignment(t.Network, stop); !ok {
		return nil
	}
	if t.Data.Labelled() {
		if m.KNN, ok = s.neighbours(t.Network, p.h, stop); !ok {
			return nil
		}
	}
	s.Send(m)
	s.journal.Evaluated(m)
	s.known.evaluated(m)
	s.Send(s.judge(m))
	now := time.Now()
	s.clock.evaluating, s.clock.evaluation, s.clock.snapshot = now.Sub(start), now, now
	return m
}

// interrupted lets commands come in, makes changes that they ask for, and reports whether to leave the work in hand.
func (s *Session) interrupted(stop func() bool) bool {
	if !s.breathe() {
		return true
	}
	s.change()
	return s.wanted != nil || stop != nil && stop()
}

// neighbours returns the kNN accuracy of the points, whose representations by the network are the first of h, under the
// protocol of train.Evaluate; ok is false if it was interrupted.
func (s *Session) neighbours(n *train.Network, h []float32, stop func() bool) (accuracy *float64, ok bool) {
	t := s.trainer
	known := s.bankImages()
	labels, classes, d := data.Pick(t.Data.Known().Labels, known), len(t.Data.Known().Classes), t.Dim()
	if s.bank == nil {
		s.bank = make([]float32, len(known)*d)
	}
	for at := 0; at < len(known); at += batch {
		n.EmbedTo(s.bank[at*d:], nil, t.Data.Known(), known[at:min(at+batch, len(known))])
		if s.interrupted(stop) {
			return nil, false
		}
	}
	k := t.Config.KNN(len(known))
	var class []int32
	for part := range slices.Chunk(h[:s.points.measured*d], queries*d) {
		votes, err := k.Classify(s.bank, labels, part, d, classes)
		if err != nil {
			s.fail(err, false)
			return nil, true
		}
		class = append(class, votes.Class...)
		if s.interrupted(stop) {
			return nil, false
		}
	}
	return new(probe.Accuracy(class, data.Pick(t.Data.Test.Labels, s.points.index[:s.points.measured]))), true
}

// alignment returns the mean squared distance of the projections that a network gives two views of held-out images, the
// same views each time; ok is false if it was interrupted.
func (s *Session) alignment(network *train.Network, stop func() bool) (a *float64, ok bool) {
	n, width := min(train.Aligned, s.points.measured), s.trainer.Width()
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

// bankImages returns which images the bank of kNN has.
func (s *Session) bankImages() []int32 {
	return train.Sample(uint64(s.points.seed), s.trainer.Data.Known().Len(), bankSize)
}

// finite returns nil for what JSON cannot say.
func finite(x float64) *float64 {
	if x-x != 0 {
		return nil
	}
	return &x
}

func allFinite[F float32 | float64](x []F) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}

package session

import (
	"math"
	"time"

	"pushpull/core/probe"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// mostPoints bounds how many points the page may ask for.
const mostPoints = 10000

// firstLook is what the page shows before it says so.
var firstLook = protocol.Look{Projection: "sphere", Space: "z", Points: measured, Focus: -1}

// setLook notes what the page shows. What follows from it is done by showLook, once nothing is in progress.
func (s *Session) setLook(m *protocol.Look) {
	next := *m
	if next.Points <= 0 {
		next.Points = s.look.Points
	}
	next.Points = min(next.Points, mostPoints)
	s.lookChanged = s.lookChanged || next != s.look
	s.look = next
}

// showLook makes the points those that the page wants to see, and tells where they are.
func (s *Session) showLook() {
	s.lookChanged = false
	t := s.trainer
	t.KeepGradients(s.look.Pairs)
	if s.points.n != pointsOf(t, s.look.Points) {
		s.points = newPoints(t, s.look.Points)
		s.points.begin(t)
		s.Send(s.points.images())
		s.layout = layout{}
	}
	if !s.completePoints() {
		s.lookChanged = true // a command has interrupted it
		return
	}
	s.sendSnapshot()
}

// completePoints embeds what the present look needs and is not there: new points, and losses. It returns false where a
// command interrupted it.
func (s *Session) completePoints() bool {
	p := s.points
	wantsLoss := s.look.Colour == "loss"
	if wantsLoss && !p.losses {
		p.done = 0
	}
	p.losses = wantsLoss
	for p.done < p.n {
		hi := min(p.done+batch, p.n)
		p.embed(s.trainer, p.done, hi)
		p.done = hi
		if s.interrupted(nil) {
			return false
		}
	}
	return true
}

// neighboursShown is how many neighbours of a point the page shows.
const neighboursShown = 10

// tellNeighbours tells the neighbours of the point that the page looks at.
func (s *Session) tellNeighbours() {
	p, i := s.points, s.look.Focus
	if i < 0 || i >= p.n || p.n < 2 {
		return
	}
	if !s.embedBefore(p.n) {
		return
	}
	now, before := p.h, p.before.h
	if s.look.Space == "z" {
		now, before = p.z, p.before.z
	}
	m := &protocol.Neighbours{Step: s.trainer.Steps(), Point: i, Space: s.look.Space}
	m.Now, m.Similarity = nearestTo(now, len(now)/p.n, i)
	m.Before, _ = nearestTo(before, len(before)/p.n, i)
	s.Send(m)
}

// nearestTo returns the rows of x [n, d] most similar to row i, and their cosines; no row is its own neighbour.
func nearestTo(x []float32, d, i int) (rows []int, similarity []float32) {
	rows = []int{}
	index, cosines, _, err := probe.Nearest(x[i*d:][:d], x, d, neighboursShown+1)
	if err != nil {
		return rows, nil
	}
	for k, j := range index {
		if c := cosines[k]; int(j) != i && len(rows) < neighboursShown && c-c == 0 {
			rows, similarity = append(rows, int(j)), append(similarity, c)
		}
	}
	return rows, similarity
}

// embedBefore embeds the first points with the encoder as it was before the first step, which its seed gives again. It
// returns false where a command interrupted it, or there is no such encoder.
func (s *Session) embedBefore(points int) bool {
	p, t := s.points, s.trainer
	if p.before.network == nil {
		n, err := train.NewNetwork(t.Config, t.Input)
		if err != nil {
			s.fail(err, false)
			s.look.Focus = -1
			return false
		}
		p.before.network = n
	}
	for b := &p.before; b.done < points; {
		hi := min(b.done+batch, points)
		h, z := b.network.Embed(p.set, p.index[b.done:hi])
		b.h, b.z = append(b.h, h...), append(b.z, z...)
		b.done = hi
		if s.interrupted(nil) {
			s.lookChanged = true
			return false
		}
	}
	return true
}

// sendSnapshot sends where the points are, and what else the page shows of them.
func (s *Session) sendSnapshot() {
	since := time.Since(s.clock.snapshot)
	m := s.snapshot(since)
	if m == nil {
		return
	}
	s.Send(m)
	if s.look.Pairs {
		if m := s.pairs(); m != nil {
			s.Send(m)
		}
	}
	s.tellNeighbours()
}

// snapshot places the points in each projection, and tells what the page colours them by. It returns nil if the encoder
// no longer gives finite numbers.
func (s *Session) snapshot(since time.Duration) *protocol.Snapshot {
	p := s.points
	m := &protocol.Snapshot{Step: s.trainer.Steps(), N: p.n, Space: s.look.Space}
	x := p.rows(s.look.Space)
	d := len(x) / p.n
	sphere, free := make([]float32, 3*p.n), make([]float32, 3*p.n)
	p.sphere.Project(sphere, x, d)
	p.free.Project(free, x, d)
	if !allFinite(sphere) || !allFinite(free) {
		return nil
	}
	p.scale = fit(free)
	m.Names, m.Positions = []string{"sphere", "pca"}, [][]float32{sphere, free}
	if kind := s.look.Projection; kind == "tsne" || kind == "umap" {
		if at := s.layout.show(kind, s.look.Space, m.Step, x, d, p.n, since); at != nil {
			m.Names, m.Positions = append(m.Names, kind), append(m.Positions, at)
		}
	}
	switch {
	case s.look.Colour == "loss" && p.losses && p.done == p.n:
		m.Figures, m.Values = []string{"loss"}, [][]float32{append([]float32(nil), p.loss...)}
	case s.look.Colour == "agreement" && s.trainer.Data.Test.Labels != nil && p.n > 1:
		m.Figures, m.Values = []string{"agreement"}, [][]float32{p.agreement(x, d)}
	}
	return m
}

// fit scales positions [n, 3] so that the cloud about fills the unit ball, whatever the size of its numbers, and returns
// the factor.
func fit(x []float32) float32 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	rms := math.Sqrt(3 * sum / float64(max(len(x), 1)))
	if !(rms > 0) || math.IsInf(rms, 0) {
		return 1
	}
	scale := float32(0.55 / rms)
	for i := range x {
		x[i] *= scale
	}
	return scale
}

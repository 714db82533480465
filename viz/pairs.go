package viz

import "slices"

// Pairs are the two views of n images of a batch: positions [2n, 3], first views first, and the forces on them as arrows
// [2n, 3], Pull by the positives and Push by the rest, or, where they are not split, Pull all of it. They belong to one
// projection.
type Pairs struct {
	Projection            string
	Split                 bool
	Why                   string  // why there are no forces, or not split ones
	Labels                []int32 // [n]
	Positions, Pull, Push []float32
}

// How pairs are drawn.
const (
	NoPairs = "none"
	Springs = "springs" // a line between the two views
	Forces  = "forces"  // the lines, and the forces on both
)

// SetPairs gives the scene the views of a batch.
func (s *Scene) SetPairs(p Pairs) {
	n := len(p.Labels)
	if len(p.Positions) == 6*n && len(p.Pull) == 6*n && len(p.Push) == 6*n {
		s.pairs, s.changed = p, true
	}
}

// ShowPairs chooses how pairs are drawn.
func (s *Scene) ShowPairs(how string) {
	s.pairsAs, s.changed = how, true
	if how == NoPairs {
		s.pairs = Pairs{}
	}
}

// showsPairs tells whether the pairs are drawn: those of another projection are not.
func (s *Scene) showsPairs() bool { return s.pairsAs != NoPairs && s.pairs.Projection == s.projection }

// ForceEntry is what the arrows of a colour stand for.
type ForceEntry struct {
	Name        string
	Light, Dark Color
}

// ForceLegend lists the kinds of forces that are drawn, and says what lines alone are, why some forces are not drawn, or why
// there are no pairs; nothing where none are wanted.
func (s *Scene) ForceLegend() (entries []ForceEntry, note string) {
	pull, push := ForceEntry{"pull of the positives", Light.Pull, Dark.Pull}, ForceEntry{"push of the rest", Light.Push, Dark.Push}
	switch {
	case !s.showsPairs():
		return nil, ""
	case len(s.pairs.Labels) == 0:
		return nil, s.pairs.Why
	case s.pairsAs == Springs:
		return nil, "each line joins two views of an image of the last step"
	case s.pairs.Split:
		return []ForceEntry{pull, push}, ""
	case slices.ContainsFunc(s.pairs.Pull, func(v float32) bool { return v != 0 }):
		pull.Name = "the whole force"
		return []ForceEntry{pull}, s.pairs.Why
	}
	return nil, s.pairs.Why
}

// drawPairs draws the pairs of the projection that is shown, and the forces on them.
func (s *Scene) drawPairs(to pen, l *Lens) {
	p, k := &s.pairs, s.scale
	if !s.showsPairs() {
		return
	}
	n := len(p.Labels)
	fill := func(i int) Color { return s.theme.Class(int(p.Labels[i%n])) }
	if s.colour != Class { // of what colours tell instead, nothing is known of views
		fill = func(int) Color { return s.theme.Faint }
	}
	for i := range n {
		a, b := p.Positions[3*i:], p.Positions[3*(n+i):]
		x0, y0, d0, s0 := l.Project(a[0], a[1], a[2])
		x1, y1, d1, s1 := l.Project(b[0], b[1], b[2])
		if s0 == 0 || s1 == 0 {
			continue
		}
		alpha := 0.3 + 0.25*(d0+d1)/2
		to.thick(x0, y0, x1, y1, 1.2*k, s.theme.Ink, max(alpha, 0.12))
	}
	for i := range 2 * n {
		at := p.Positions[3*i:]
		x, y, depth, scale := l.Project(at[0], at[1], at[2])
		if scale == 0 || !(x > -50 && y > -50 && x < float32(s.canvas.W)+50 && y < float32(s.canvas.H)+50) {
			continue
		}
		alpha := min(max(0.75+0.25*depth, 0.35), 1)
		if s.pairsAs == Forces {
			s.arrow(to, l, at, p.Pull[3*i:], s.theme.Pull, alpha)
			s.arrow(to, l, at, p.Push[3*i:], s.theme.Push, alpha)
		}
		to.marker(0, x, y, 3.4*k, 1.1*k, fill(i), s.theme.Ink, alpha)
	}
}

// arrow draws a force from a point.
func (s *Scene) arrow(to pen, l *Lens, at, force []float32, color Color, alpha float32) {
	x0, y0, _, _ := l.Project(at[0], at[1], at[2])
	x1, y1, _, scale := l.Project(at[0]+force[0], at[1]+force[1], at[2]+force[2])
	dx, dy := x1-x0, y1-y0
	length := sqrt(dx*dx + dy*dy)
	if scale == 0 || !(length > 1.5*s.scale) || length > 1e5 {
		return
	}
	k := s.scale
	dx, dy = dx/length, dy/length
	head := min(7*k, 0.6*length)
	to.thick(x0, y0, x1-0.7*head*dx, y1-0.7*head*dy, 3.6*k, s.theme.Back, 0.6*alpha)
	to.thick(x0, y0, x1-0.7*head*dx, y1-0.7*head*dy, 1.9*k, color, alpha)
	to.triangle([3]vertex32{
		{x1, y1}, {x1 - head*dx - 0.5*head*dy, y1 - head*dy + 0.5*head*dx}, {x1 - head*dx + 0.5*head*dy, y1 - head*dy - 0.5*head*dx},
	}, color, alpha)
}

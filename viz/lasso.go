package viz

import "slices"

// Lasso begins to catch points at (x, y).
func (s *Scene) Lasso(x, y float32) {
	s.lasso, s.changed = append(s.lasso[:0], vertex32{x, y}), true
}

// LassoTo goes on to (x, y), unless new images have ended the lasso.
func (s *Scene) LassoTo(x, y float32) {
	if len(s.lasso) == 0 {
		return
	}
	if last := s.lasso[len(s.lasso)-1]; abs(x-last.x)+abs(y-last.y) >= 2*s.scale {
		s.lasso, s.changed = append(s.lasso, vertex32{x, y}), true
	}
}

// LassoEnd marks the points that the lasso has caught and returns them, in order.
func (s *Scene) LassoEnd() []int {
	caught := []int{}
	for i := range s.seen {
		if p := &s.seen[i]; p.radius > 0 && inside(s.lasso, p.x, p.y) {
			caught = append(caught, i)
		}
	}
	s.lasso = s.lasso[:0]
	s.Mark(caught)
	return caught
}

// noLasso ends a lasso that catches nothing.
func (s *Scene) noLasso() { s.lasso, s.changed = s.lasso[:0], true }

// Mark makes some points stand out from the others; none leaves all alike.
func (s *Scene) Mark(points []int) {
	s.changed = true
	s.marks = 0
	if len(s.marked) != s.images.N {
		s.marked = make([]bool, s.images.N)
	}
	clear(s.marked)
	for _, i := range points {
		if i >= 0 && i < len(s.marked) && !s.marked[i] {
			s.marked[i] = true
			s.marks++
		}
	}
}

// Marked returns the points that stand out, in order.
func (s *Scene) Marked() []int {
	points := []int{}
	for i, m := range s.marked {
		if m {
			points = append(points, i)
		}
	}
	return points
}

// MarkChosen marks the chosen point besides those that are, or no longer, and with near all those that are seen close to
// it. It is the lasso of those who use a keyboard.
func (s *Scene) MarkChosen(near bool) []int {
	i := s.chosen
	if i < 0 || i >= len(s.seen) {
		return s.Marked()
	}
	points := s.Marked()
	if at := slices.Index(points, i); at >= 0 && !near {
		points = slices.Delete(points, at, at+1)
	} else {
		points = append(points, i)
	}
	if near {
		reach := 60 * s.scale
		for j := range s.seen {
			p, q := &s.seen[j], &s.seen[i]
			if dx, dy := p.x-q.x, p.y-q.y; p.radius > 0 && dx*dx+dy*dy < reach*reach {
				points = append(points, j)
			}
		}
	}
	s.Mark(points)
	return s.Marked()
}

type vertex32 struct{ x, y float32 }

// inside tells whether (x, y) is within the closed polygon p, by the rule of even and odd.
func inside(p []vertex32, x, y float32) bool {
	in := false
	for i, a := range p {
		b := p[(i+len(p)-1)%len(p)]
		if (a.y > y) != (b.y > y) && x < a.x+(y-a.y)*(b.x-a.x)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

// drawLasso draws the lasso while it is drawn.
func (s *Scene) drawLasso() {
	for i, a := range s.lasso {
		b := s.lasso[(i+1)%len(s.lasso)]
		alpha := float32(0.9)
		if i == len(s.lasso)-1 {
			alpha = 0.35 // how it would close
		}
		s.canvas.thick(a.x, a.y, b.x, b.y, 1.6*s.scale, s.theme.Pull.pixel(), alpha)
	}
}

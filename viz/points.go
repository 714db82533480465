package viz

// spot is a point as it is seen: its centre and marker's radius in pixels, and its depth towards the eye.
type spot struct{ x, y, radius, depth float32 }

// project computes s.seen for every point and s.order, the indices of those to draw, the farthest first.
func (s *Scene) project(l *Lens) {
	n := len(s.motion.at) / 3
	if cap(s.seen) < n {
		s.seen, s.order = make([]spot, n), make([]int32, n)
	}
	s.seen = s.seen[:n]
	size := s.pointRadius(n) / l.focal * distance // a marker's radius in units of space
	var count [depthLevels + 1]int32
	visible := 0
	for i := range s.seen {
		p := s.motion.at[3*i : 3*i+3 : 3*i+3]
		x, y, depth, scale := l.Project(p[0], p[1], p[2])
		s.seen[i] = spot{x, y, min(size*scale, maxRadius), depth}
		if scale == 0 || s.groups.hidden[s.groups.of[i]] || !(x > -50 && y > -50 && x < float32(s.canvas.W)+50 && y < float32(s.canvas.H)+50) {
			s.seen[i].radius = 0
			continue
		}
		count[depthLevel(depth)+1]++
		visible++
	}
	for i := range depthLevels {
		count[i+1] += count[i]
	}
	s.order = s.order[:visible]
	for i := range s.seen {
		if s.seen[i].radius > 0 {
			at := &count[depthLevel(s.seen[i].depth)]
			s.order[*at] = int32(i)
			*at++
		}
	}
}

// depthLevels is how many depths sorting tells apart: a counting sort, whose time is linear in the points.
const depthLevels = 512

func depthLevel(depth float32) int {
	return min(max(int((depth+1.25)*(depthLevels/2.5)), 0), depthLevels-1)
}

// pointRadius is a marker's radius at the origin, in pixels: smaller when there are many, a little larger zoomed in.
func (s *Scene) pointRadius(n int) float32 {
	side := float32(min(s.canvas.W, s.canvas.H)) / s.scale
	r := 0.19 * side / sqrt(float32(n)+300)
	return min(max(r, 1.6), 5.5) * s.scale * sqrt(s.Camera.Zoom)
}

// drawPoints draws the given points in order. What is farther is smaller and fades towards the background; while some are
// marked, the others fade, too.
func (s *Scene) drawPoints(order []int32) {
	if s.showsPictures() {
		s.drawPictures(order)
		return
	}
	type pixels struct{ fill, edge uint32 }
	var colors [fogSteps][rampSteps + 1]pixels
	for f, row := range s.shades() {
		for k, c := range row {
			colors[f][k] = pixels{c.fill.pixel(), c.edge.pixel()}
		}
	}
	rim := 0.7 * s.scale
	for _, i := range order {
		p := &s.seen[i]
		c := &colors[fogLevel(p.depth)][s.paint(i)]
		s.sprites.draw(&s.canvas, s.groups.markers[s.groups.of[i]], p.x, p.y, p.radius, rim, c.fill, c.edge, s.alpha(i))
	}
}

// fogSteps is how many degrees of fading there are.
const fogSteps = 16

// fogLevel returns the degree of a depth, the last for what is nearest.
func fogLevel(depth float32) int { return int(min(max((depth+1)/2, 0), 1)*(fogSteps-1) + 0.5) }

// shade is a marker's colours at one degree of fading.
type shade struct{ fill, edge Color }

// shades returns the palette at each degree of fading.
func (s *Scene) shades() (shades [fogSteps][rampSteps + 1]shade) {
	mist, palette := s.theme.Back.mix(s.theme.Lit, 0.5*s.ball.at), s.palette()
	for f := range shades {
		for k, color := range palette {
			c := color.mix(mist, 0.56*(1-float32(f)/(fogSteps-1))*(1-s.flat.at))
			shades[f][k] = shade{c, c.mix(s.theme.Edge, 0.75)}
		}
	}
	return shades
}

// alpha returns how opaque point i is, 0 to 256: while some are marked, the others fade.
func (s *Scene) alpha(i int32) uint32 {
	switch {
	case s.marks == 0:
		return 240
	case s.marked[i]:
		return 256
	}
	return 46
}

// pick returns the point whose picture is seen at (x, y), or else the one nearest to there, of several about as near the one
// in front; -1 if none is within reach.
func (s *Scene) pick(x, y float32) int {
	if i := s.pictureAt(x, y); i >= 0 {
		return i
	}
	best, bestScore := -1, float32(1)
	reach := 9 * s.scale
	for _, i := range s.order {
		p := &s.seen[i]
		dx, dy := p.x-x, p.y-y
		r := reach + p.radius
		if score := (dx*dx+dy*dy)/(r*r) - 0.35*p.depth; dx*dx+dy*dy < r*r && score < bestScore {
			best, bestScore = int(i), score
		}
	}
	return best
}

// PointAt moves the pointer to (x, y).
func (s *Scene) PointAt(x, y float32) { s.setHover(s.pick(x, y)) }

// PointAway takes the pointer off the picture.
func (s *Scene) PointAway() { s.setHover(-1) }

func (s *Scene) setHover(i int) {
	if i != s.hover {
		s.hover, s.changed = i, true
	}
}

// Choose keeps the point at (x, y) in focus, or none.
func (s *Scene) Choose(x, y float32) { s.chosen, s.changed = s.pick(x, y), true }

// ChoosePoint keeps point i in focus, -1 for none.
func (s *Scene) ChoosePoint(i int) {
	if i >= s.images.N {
		i = -1
	}
	s.chosen, s.changed = i, true
}

// Chosen returns the point that was chosen, -1 for none.
func (s *Scene) Chosen() int { return s.chosen }

// ChooseNone leaves no point in focus.
func (s *Scene) ChooseNone() { s.hover, s.chosen, s.changed = -1, -1, true }

// ChooseNext moves the focus by some points, for those who use a keyboard. It skips points that are not drawn.
func (s *Scene) ChooseNext(step int) {
	n := len(s.seen)
	for k := 1; k <= n; k++ {
		i := s.chosen + k*step
		if s.chosen < 0 && step < 0 {
			i = -k
		}
		if i = ((i % n) + n) % n; s.seen[i].radius > 0 {
			s.hover, s.chosen, s.changed = -1, i, true // a mouse that rests on another point does not hide it
			return
		}
	}
}

// Focus returns the point under the pointer or else the chosen one, and its class; -1, -1 for none.
func (s *Scene) Focus() (point, class int) {
	point = s.hover
	if point < 0 {
		point = s.chosen
	}
	if point < 0 || point >= len(s.seen) {
		return -1, -1
	}
	return point, int(s.images.Labels[point])
}

// Label returns the name of a class.
func (s *Scene) Label(class int) string {
	if class < 0 || class >= len(s.images.Classes) {
		return ""
	}
	return s.images.Classes[class]
}

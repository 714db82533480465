package viz

import (
	"math"
	"slices"
)

// Images are the pictures that the points stand for: labels [n] index classes; pixels [n, h, w, c], c 1 or 3.
type Images struct {
	N, H, W, C int
	Classes    []string
	Labels     []int32
	Factors    []Factor
	Pixels     []uint8
}

// Scene is an embedding as the user sees it. Times are in seconds on any clock that does not go back; positions on the
// picture are in pixels. Every method that changes what is seen makes the next Advance report so.
type Scene struct {
	Camera Camera
	Calm   bool // no motion: points jump to their places

	theme  *Theme
	scale  float32 // pixels of the picture per pixel of the page
	images Images
	colour string // what colours stand for
	groups groups
	figure figure

	names      []string
	positions  [][]float32 // by name [n, 3]
	projection string
	motion     motion
	placed     float64 // when the last snapshot came
	ball, flat fade    // how much of the ball is there, and of the plane

	hover, chosen int    // points under the pointer and chosen by a click or by keyboard, -1 for none
	marked        []bool // [n], points that stand out
	marks         int    // how many
	lasso         []vertex32
	asPictures    bool
	pairs         Pairs
	pairsAs       string
	changed       bool

	canvas   Canvas
	backdrop backdrop
	sprites  sprites
	pictures pictures
	seen     []spot
	order    []int32
	faces    faces
}

// Sphere is the projection that is drawn on a ball. TSNE and UMAP lie in a plane that faces the eye; others float free.
const (
	Sphere = "sphere"
	TSNE   = "tsne"
	UMAP   = "umap"
)

func isFlat(projection string) bool { return projection == TSNE || projection == UMAP }

// NewScene returns an empty scene.
func NewScene() *Scene {
	s := &Scene{Camera: Home, theme: &Light, scale: 1, projection: Sphere, colour: Class, pairsAs: NoPairs, hover: -1, chosen: -1, changed: true}
	s.faces = faces{}
	s.ball.jump(1)
	return s
}

// Resize sets the size of the picture, and how many of its pixels make one of the page.
func (s *Scene) Resize(w, h int, scale float32) {
	if w != s.canvas.W || h != s.canvas.H || scale != s.scale {
		s.canvas.Resize(w, h)
		if scale != s.scale { // letters have other sizes
			clear(s.faces)
		}
		s.scale, s.changed = scale, true
	}
}

// SetTheme chooses the colours.
func (s *Scene) SetTheme(t *Theme) { s.theme, s.changed = t, true }

// SetImages gives the points their pictures and classes, and forgets where they were.
func (s *Scene) SetImages(m Images) {
	s.images, s.names, s.positions, s.motion = m, nil, nil, motion{}
	s.hover, s.chosen, s.changed, s.lasso = -1, -1, true, s.lasso[:0]
	s.pictures, s.pairs, s.figure = pictures{}, Pairs{}, figure{}
	s.seen, s.order = s.seen[:0], s.order[:0]
	s.Mark(nil)
	wanted := s.colour
	if s.colour = ""; !s.Colour(wanted) {
		s.Colour(Class)
	}
}

// ShowPictures draws the points' images in place of markers, or markers.
func (s *Scene) ShowPictures(on bool) { s.asPictures, s.changed = on, true }

// Hide leaves the points of some of the legend's groups out.
func (s *Scene) Hide(groups []int) {
	for i := range s.groups.hidden {
		s.groups.hidden[i] = slices.Contains(groups, i)
	}
	s.changed = true
}

// Place moves the points to new positions [n, 3] in each of the named projections. The slices stay in use.
func (s *Scene) Place(names []string, positions [][]float32, now float64) {
	if s.positions == nil && len(positions) > 0 {
		s.face(positions[0])
	}
	s.names, s.positions = names, positions
	seconds := min(max(now-s.placed, shortest), longest)
	s.placed = now
	s.aim(now, seconds)
}

// face turns the camera so that the points are in front, where they lie on one side: as before training.
func (s *Scene) face(positions []float32) {
	var x, y, z float64
	for i := 0; i+2 < len(positions); i += 3 {
		x, y, z = x+float64(positions[i]), y+float64(positions[i+1]), z+float64(positions[i+2])
	}
	if r := math.Hypot(math.Hypot(x, y), z); r > 0.2*float64(len(positions)/3) && r < math.Inf(1) {
		s.Camera.Yaw = float32(math.Atan2(x, z)) + Home.Yaw/2
	}
}

// Show moves the points to another projection.
func (s *Scene) Show(projection string, now float64) {
	if projection == s.projection {
		return
	}
	s.projection = projection
	s.aim(now, 0.7)
	ball := float32(0)
	if projection == Sphere {
		ball = 1
	}
	flat := float32(0)
	if isFlat(projection) {
		flat = 1
	}
	s.ball.aim(ball, now)
	s.flat.aim(flat, now)
	if s.Calm {
		s.ball.jump(ball)
		s.flat.jump(flat)
	}
	s.Camera.X, s.Camera.Y = 0, 0
}

// Projection returns the name of the projection that is shown.
func (s *Scene) Projection() string { return s.projection }

func (s *Scene) aim(now, seconds float64) {
	s.changed = true
	i := slices.Index(s.names, s.projection)
	if i < 0 || len(s.positions[i]) != 3*s.images.N {
		return
	}
	if s.Calm {
		seconds = 0
	}
	s.motion.aim(s.positions[i], now, seconds)
}

// Rotate turns the camera by a drag of dx, dy pixels, or moves a plane.
func (s *Scene) Rotate(dx, dy float32) {
	if isFlat(s.projection) {
		unit := ballShare * float32(min(s.canvas.W, s.canvas.H))
		s.Camera.Pan(dx/unit, dy/unit)
		s.changed = true
		return
	}
	k := 4.4 / float32(min(s.canvas.W, s.canvas.H)) / max(1, 0.7*s.Camera.Zoom) // radians a pixel
	s.Camera.Rotate(-k*dx, k*dy)
	s.changed = true
}

// Zoom multiplies the camera's zoom.
func (s *Scene) Zoom(factor float32) { s.Camera.ZoomBy(factor); s.changed = true }

// GoHome puts the camera back.
func (s *Scene) GoHome() { s.Camera, s.changed = Home, true }

// Advance brings the scene to the given time and reports whether the picture differs from the last one drawn.
func (s *Scene) Advance(now float64) bool {
	if s.motion.moving() {
		s.motion.advance(now)
		s.changed = true
	}
	if s.ball.advance(now) {
		s.changed = true
	}
	if s.flat.advance(now) {
		s.changed = true
	}
	return s.changed
}

// Picture draws the scene for somebody else than the screen, which still gets what has changed.
func (s *Scene) Picture() *Canvas {
	changed := s.changed
	c := s.Draw()
	s.changed = changed
	return c
}

// Draw draws the scene and returns its canvas, which stays the scene's.
func (s *Scene) Draw() *Canvas {
	s.changed = false
	c := &s.canvas
	if c.W == 0 || c.H == 0 {
		return c
	}
	lens := s.lens()
	s.backdrop.draw(c, s.theme, lens.Radius, s.ball.at)
	s.project(&lens)
	behind, front := s.halves()
	if s.ball.at > 0 {
		drawGraticule(c, &lens, s.theme, false, s.ball.at)
	}
	s.drawPoints(behind)
	if s.ball.at > 0 {
		drawGraticule(c, &lens, s.theme, true, s.ball.at)
	}
	s.drawAxes(raster{s}, &lens)
	s.drawPoints(front)
	s.drawPairs(raster{s}, &lens)
	s.drawLasso()
	s.drawFocus(raster{s})
	return c
}

// halves returns the points to draw behind the origin and those in front of it, each the farthest first.
func (s *Scene) halves() (behind, front []int32) {
	n := 0
	for n < len(s.order) && s.seen[s.order[n]].depth < 0 {
		n++
	}
	return s.order[:n], s.order[n:]
}

// lens is the camera's, which looks straight at a plane.
func (s *Scene) lens() Lens {
	camera := s.Camera
	camera.Yaw, camera.Pitch = camera.Yaw*(1-s.flat.at), camera.Pitch*(1-s.flat.at)
	return camera.Lens(s.canvas.W, s.canvas.H)
}

// fade moves a number smoothly from one value to another.
type fade struct {
	from, to, at float32
	start        float64
}

const fadeSeconds = 0.6

func (f *fade) jump(to float32)             { f.from, f.to, f.at = to, to, to }
func (f *fade) aim(to float32, now float64) { f.from, f.to, f.start = f.at, to, now }

// advance reports whether the value changed.
func (f *fade) advance(now float64) bool {
	if f.at == f.to {
		return false
	}
	t := float32(min(max((now-f.start)/fadeSeconds, 0), 1))
	f.at = f.from + (f.to-f.from)*t*t*(3-2*t)
	if t == 1 {
		f.at = f.to
	}
	return true
}

// drawAxes draws the three axes of a projection that floats free.
func (s *Scene) drawAxes(to pen, l *Lens) {
	strength := (1 - s.ball.at) * (1 - s.flat.at)
	if strength == 0 {
		return
	}
	for axis := range 3 {
		var p, q [3]float32
		p[axis], q[axis] = -1, 1
		x0, y0, _, _ := l.Project(p[0], p[1], p[2])
		x1, y1, _, _ := l.Project(q[0], q[1], q[2])
		if !math.IsNaN(float64(x0 + x1 + y0 + y1)) {
			to.line(x0, y0, x1, y1, s.theme.Line, 0.35*strength)
		}
	}
}

package viz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// scene returns a scene of n points of k classes on the sphere, and in a smaller ball, at rest.
func scene(n, k, w, h int) *Scene {
	r := rand.New(rand.NewPCG(3, 4))
	m := Images{N: n, H: 8, W: 8, C: 3, Labels: make([]int32, n), Pixels: make([]uint8, n*8*8*3)}
	for i := range k {
		m.Classes = append(m.Classes, fmt.Sprintf("class %d", i))
	}
	for i := range m.Pixels {
		m.Pixels[i] = uint8(r.IntN(256))
	}
	sphere, free := make([]float32, 3*n), make([]float32, 3*n)
	for i := range n {
		m.Labels[i] = int32(i % k)
		x, y, z := direction(r)
		copy(sphere[3*i:], []float32{x, y, z})
		copy(free[3*i:], []float32{x / 2, y / 3, z / 4})
	}
	s := NewScene()
	s.Resize(w, h, 1)
	s.SetImages(m)
	s.Place([]string{Sphere, "pca"}, [][]float32{sphere, free}, 0)
	return s
}

func TestPointsAreDrawnBackToFront(t *testing.T) {
	s := scene(2000, 5, 300, 300)
	s.Draw()
	if len(s.order) != 2000 {
		t.Fatalf("%d points in order, want 2000", len(s.order))
	}
	last := -1
	for _, i := range s.order {
		if l := depthLevel(s.seen[i].depth); l < last {
			t.Fatalf("point %d, level %d, is drawn after level %d", i, l, last)
		} else {
			last = l
		}
	}
}

// count returns how many pixels have just the colour c.
func count(c *Canvas, color Color) (n int) {
	for _, p := range c.Pix {
		if p == color.pixel() {
			n++
		}
	}
	return n
}

func TestEveryClassIsSeenInItsColour(t *testing.T) {
	for _, theme := range []*Theme{&Light, &Dark} {
		s := scene(400, 10, 500, 500)
		s.SetTheme(theme)
		s.Camera.Zoom = 2
		// All points stand in front, in a row, where no fog is.
		p := make([]float32, 3*400)
		for i := range 400 {
			p[3*i], p[3*i+1], p[3*i+2] = float32(i%10)/12-0.4, float32(i/10)/50-0.4, 0.99
		}
		s.Camera = Camera{Zoom: 1}
		s.Calm = true
		s.Place([]string{Sphere}, [][]float32{p}, 1)
		picture := s.Draw()
		distinct := map[uint32]bool{}
		for _, v := range picture.Pix {
			distinct[v] = true
		}
		for class := range 10 {
			// Markers are drawn a little translucent: look for a colour near the class's.
			found := false
			for v := range distinct {
				if near(v, theme.Class(class)) {
					found = true
				}
			}
			if !found {
				t.Errorf("no pixel has the colour of class %d", class)
			}
		}
		s.Hide([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
		if s.Draw(); len(s.order) != 0 {
			t.Errorf("%d points are drawn of hidden classes", len(s.order))
		}
	}
}

func near(pixel uint32, c Color) bool {
	for i, v := range []uint8{c.R, c.G, c.B} {
		if d := int(uint8(pixel>>(8*i))) - int(v); d < -24 || d > 24 {
			return false
		}
	}
	return true
}

func TestPick(t *testing.T) {
	s := scene(500, 5, 400, 400)
	s.Draw()
	for i, p := range s.seen {
		got := s.pick(p.x, p.y)
		if got < 0 {
			t.Fatalf("nothing is picked at point %d", i)
		}
		q := s.seen[got]
		if d := math.Hypot(float64(p.x-q.x), float64(p.y-q.y)); d > 16 {
			t.Errorf("at point %d, point %d is picked, %.0f pixels away", i, got, d)
		}
		if got != i && q.depth < p.depth {
			t.Errorf("at point %d (depth %.2f) point %d behind it (%.2f) is picked", i, p.depth, got, q.depth)
		}
	}
	if got := s.pick(1, 1); got != -1 {
		t.Errorf("in the empty corner point %d is picked", got)
	}
}

func TestMotionKeepsToTheSphere(t *testing.T) {
	s := scene(300, 3, 200, 200)
	target := slices.Clone(s.positions[0])
	slices.Reverse(target)
	s.Place([]string{Sphere}, [][]float32{target}, 1)
	for now := 1.0; now < 3; now += 0.05 {
		s.Advance(now)
		for i := 0; i < len(s.motion.at); i += 3 {
			p := s.motion.at[i : i+3]
			if r := p[0]*p[0] + p[1]*p[1] + p[2]*p[2]; abs(r-1) > 1e-4 {
				t.Fatalf("at %.2f s point %d is at radius² %g", now, i/3, r)
			}
		}
	}
	if !slices.Equal(s.motion.at, target) {
		t.Error("the points did not arrive")
	}
}

func TestAdvanceReportsChangesOnly(t *testing.T) {
	s := scene(50, 3, 200, 200)
	rest := func(what string, now float64) {
		t.Helper()
		s.Draw()
		if s.Advance(now) {
			t.Errorf("%s: changed, though nothing happened since it was drawn", what)
		}
	}
	rest("first picture", 5)
	for name, act := range map[string]func(){
		"rotate": func() { s.Rotate(5, 0) }, "zoom": func() { s.Zoom(1.1) }, "theme": func() { s.SetTheme(&Dark) },
		"resize": func() { s.Resize(210, 200, 1) }, "hide": func() { s.Hide([]int{1}) },
		"focus": func() { s.Draw(); s.ChooseNext(1) }, "home": func() { s.GoHome() },
	} {
		act()
		if !s.Advance(5) {
			t.Errorf("%s: no change reported", name)
		}
		rest(name, 5)
	}
	s.Show("pca", 10)
	if !s.Advance(10.1) || !s.Advance(12) {
		t.Error("a change of projection does not move")
	}
	rest("pca", 13)
	s.Resize(210, 200, 1)
	rest("same size", 14)
}

func TestCalmJumps(t *testing.T) {
	s := scene(50, 3, 200, 200)
	s.Calm = true
	s.Show("pca", 1)
	if !slices.Equal(s.motion.at, s.positions[1]) || s.ball.at != 0 {
		t.Error("the points did not jump")
	}
}

func TestKeyboardFocusVisitsEveryPoint(t *testing.T) {
	s := scene(40, 4, 200, 200)
	s.Hide([]int{2})
	s.Draw()
	seen := map[int]bool{}
	for range 30 {
		s.ChooseNext(1)
		i, class := s.Focus()
		if class == 2 {
			t.Fatalf("point %d of a hidden class is in focus", i)
		}
		seen[i] = true
	}
	if len(seen) != 30 {
		t.Errorf("%d points were visited, want 30", len(seen))
	}
	s.chosen = -1
	s.ChooseNext(-1)
	if i, _ := s.Focus(); i != 39 {
		t.Errorf("backwards from none the focus is on %d, want the last", i)
	}
}

// The card shows the image's own pixels, and stays inside the picture wherever its point is.
func TestCard(t *testing.T) {
	s := scene(200, 4, 420, 420)
	s.Draw()
	for i := range s.seen {
		s.setHover(i)
		c := s.Draw()
		first := s.images.Pixels[i*8*8*3:]
		if n := count(c, Color{first[0], first[1], first[2]}); n < 100 {
			t.Errorf("point %d: %d pixels have the colour of its image's corner, want a block of 13²", i, n)
		}
	}
	if got := s.Label(3); got != "class 3" {
		t.Error(got)
	}
}

func TestHostileNumbers(t *testing.T) {
	s := scene(4, 2, 100, 100)
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	s.Calm = true
	s.Place([]string{Sphere}, [][]float32{{nan, 0, 0, inf, inf, inf, 1e30, -1e30, 1, 0, 0, 0}}, 1)
	s.Draw()
	s.PointAt(50, 50)
	s.Draw()
	s.Calm = false
	s.Place([]string{Sphere}, [][]float32{{nan, 0, 0, 1, 0, 0, 0, 0, 0, nan, nan, nan}}, 2)
	s.Advance(2.1)
	s.Draw()
}

func TestDrawAllocatesNothing(t *testing.T) {
	s := scene(1000, 8, 500, 500) // whose nearest markers are as large as those of pairs
	s.ShowPairs(Forces)
	p := s.positions[0]
	s.SetPairs(Pairs{Projection: Sphere, Split: true, Labels: s.images.Labels[:100], Positions: p[:600], Pull: p[600:1200], Push: p[1200:1800]})
	s.Draw()
	if n := testing.AllocsPerRun(5, func() { s.changed = true; s.Draw() }); n > 0 {
		t.Errorf("%v allocations a picture", n)
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprintf("points=%d", n), func(b *testing.B) {
			s := scene(n, 10, 800, 600)
			for b.Loop() {
				s.Rotate(3, 0)
				s.Draw()
			}
		})
	}
}

func TestFirstPointsAreInFront(t *testing.T) {
	for _, side := range [][3]float32{{1, 0, 0}, {-1, 0, 0}, {0, 0, 1}, {0.5, 0.2, -0.8}} {
		s := scene(20, 2, 200, 200)
		s.SetImages(s.images)
		s.Place([]string{Sphere}, [][]float32{slices.Repeat(side[:], 20)}, 1)
		s.Draw()
		if d := s.seen[0].depth; d < 0.6 {
			t.Errorf("points on the side %v are at depth %.2f", side, d)
		}
	}
}

// Of pictures that overlap the one on top is picked, as far as its corners, however large they are.
func TestPickTakesThePictureOnTop(t *testing.T) {
	s := scene(200, 5, 500, 500)
	s.ShowPictures(true)
	s.Zoom(3)
	s.Draw()
	side := s.pictureSize(200)
	tried := 0
	for i, p := range s.seen {
		x, y := int(p.x)-side/2+1, int(p.y)-side/2+1 // its own corner
		if p.radius == 0 || x < 0 || y < 0 || x >= 500 || y >= 500 {
			continue
		}
		tried++
		top := -1
		for _, j := range s.order { // the farthest first
			if q := &s.seen[j]; int(q.x)-side/2-1 <= x && x < int(q.x)-side/2+side+1 && int(q.y)-side/2-1 <= y && y < int(q.y)-side/2+side+1 {
				top = int(j)
			}
		}
		if got := s.pick(float32(x), float32(y)); got != top {
			t.Errorf("in the corner of picture %d point %d is picked, where %d is seen", i, got, top)
		}
	}
	if tried < 5 {
		t.Fatalf("%d pictures are seen", tried)
	}
}

// A plane that was moved stays in the picture when it is zoomed out: what is in the middle stays there.
func TestZoomKeepsTheMiddle(t *testing.T) {
	s := scene(1, 1, 400, 300)
	s.Calm = true
	s.Show(TSNE, 1)
	s.Place([]string{TSNE}, [][]float32{{0.7, -0.4, 0}}, 1)
	s.Zoom(8)
	s.Draw()
	s.Rotate(200-s.seen[0].x, 150-s.seen[0].y)
	for range 10 {
		s.Draw()
		if p := s.seen[0]; abs(p.x-200) > 0.1 || abs(p.y-150) > 0.1 {
			t.Fatalf("at zoom %g the point in the middle is at (%.1f, %.1f)", s.Camera.Zoom, p.x, p.y)
		}
		s.Zoom(0.75)
	}
}

// Before numbers are known, and where one is none, points have none of the scale's colours, and there is no scale.
func TestPointsWithoutNumbersAreNoLowOnes(t *testing.T) {
	s := scene(40, 2, 300, 300)
	s.SetFigure("loss", make([]float32, 40)) // which nobody asked for
	s.Colour("loss")
	if _, _, ramp := s.Legend(); ramp != nil || s.color(0) != Light.Faint {
		t.Errorf("without numbers points are %s, on the scale %v", s.color(0).Hex(), ramp)
	}
	values := make([]float32, 40)
	values[3] = float32(math.NaN())
	s.SetFigure("loss", values)
	if _, _, ramp := s.Legend(); ramp == nil || len(ramp.Light) != rampSteps || s.color(0) != Light.Ramp[0] || s.color(3) != Light.Faint {
		t.Errorf("points of loss 0 and none are %s and %s", s.color(0).Hex(), s.color(3).Hex())
	}
	if got := s.detail(3); got != "image 3" {
		t.Errorf("of a point without a loss the card says %q", got)
	}
	s.Colour(Class)
	if _, _, ramp := s.Legend(); ramp != nil {
		t.Error("colours of classes have a scale of numbers")
	}
}

// Who walks through the points by keyboard sees each, wherever the mouse rests.
func TestKeyboardLeavesTheMouse(t *testing.T) {
	s := scene(20, 2, 300, 300)
	s.Draw()
	p := s.seen[5]
	s.PointAt(p.x, p.y)
	s.ChooseNext(1)
	if i, _ := s.Focus(); i != s.Chosen() {
		t.Errorf("point %d is chosen, and %d is in focus", s.Chosen(), i)
	}
}

// A name that is longer than the picture is wide ends within its card, and a wide picture has no wide card.
func TestCardCutsLongNames(t *testing.T) {
	s := scene(20, 2, 300, 300)
	face := s.faces.at(13.5)
	for _, name := range []string{"", "cat", strings.Repeat("long ", 30)} {
		got := cut(face, name, 200)
		if w := width(face, got); w > 200 || len(name) < 10 && got != name || len(name) > 10 && (w < 180 || !strings.HasSuffix(got, "…")) {
			t.Errorf("%q becomes %q, %.0f pixels wide", name, got, w)
		}
	}
	s.images.Classes[0] = strings.Repeat("long ", 30)
	s.ChoosePoint(0)
	for _, w := range []int{300, 1200} {
		s.Resize(w, 300, 1)
		card, _, _ := strings.Cut(parse(t, s.SVG("")).text, "image 0")
		if n := strings.Count(card, "long"); n == 0 || n > 10 {
			t.Errorf("in a picture %d pixels wide the name is not cut: %q", w, card)
		}
	}
}

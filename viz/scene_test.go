package viz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
	s := scene(1000, 8, 300, 300)
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

package viz

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestBlend(t *testing.T) {
	a, b := Color{10, 200, 30}.pixel(), Color{250, 0, 31}.pixel()
	if blend(a, b, 0) != a || blend(a, b, 256) != b {
		t.Errorf("%08x %08x", blend(a, b, 0), blend(a, b, 256))
	}
	if got, want := blend(a, b, 128), (Color{130, 100, 30}.pixel()); got != want {
		t.Errorf("half: %08x, want %08x", got, want)
	}
}

func TestBytesAreRGBA(t *testing.T) {
	var c Canvas
	c.Resize(2, 1)
	c.Pix[1] = Color{1, 2, 3}.pixel()
	if got := c.Bytes()[4:]; string(got) != "\x01\x02\x03\xff" {
		t.Errorf("%v", got)
	}
}

// Whatever is drawn partly outside stays inside the buffer.
func TestClipping(t *testing.T) {
	var c Canvas
	c.Resize(20, 10)
	for i := range c.Pix {
		c.Pix[i] = 0xff000000
	}
	s := new(sprites)
	for _, x := range []float32{-30, -3, 0, 10, 19.9, 25, 60} {
		for _, y := range []float32{-30, -3, 0, 5, 9.9, 14, 60} {
			s.draw(&c, 5, x, y, 6, 1, 0xffffffff, 0xff000000, 255)
			c.line(x, y, 20-x, 10-y, 0xff00ff00, 1)
			c.thick(x, y, 20-x, 10-y, 3, 0xff00ff00, 1)
			c.triangle([3]vertex32{{x, y}, {20 - x, y}, {y, 10 - x}}, 0xff00ff00, 1)
			c.roundRect(x, y, 12, 12, 4, 6, 0xff0000ff, 0.5)
		}
	}
	for i, p := range c.Pix {
		if p>>24 != 0xff {
			t.Fatalf("pixel %d is %08x", i, p)
		}
	}
}

// Sprites of one place take it from each other, and each is drawn as if it were alone.
func TestSpritesShareAPlace(t *testing.T) {
	draw := func(s *sprites, radius, rim float32) []uint32 {
		var c Canvas
		c.Resize(60, 60)
		s.draw(&c, 3, 30, 30, radius, rim, 0xffff0000, 0xff0000ff, 255)
		return c.Pix
	}
	s := new(sprites)
	for range 2 {
		for _, m := range []struct{ radius, rim float32 }{{2, 1}, {2 + 64./sizeSteps, 1}, {2, 3}} {
			if !slices.Equal(draw(s, m.radius, m.rim), draw(new(sprites), m.radius, m.rim)) {
				t.Errorf("a marker %v is drawn as another", m)
			}
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(s[:]), func(s *sprite) bool { return s == nil })); n != 1 {
		t.Errorf("the sprites have %d places, want one for all", n)
	}
}

// Whatever scales a user sees in a long time, few fonts are kept.
func TestFontsStayFew(t *testing.T) {
	s := NewScene()
	for scale := range 5 {
		s.Resize(60, 60, float32(scale+1))
		raster{s}.text(12*s.scale, Color{}, 5, 20, "a")
	}
	if len(s.faces) != 1 {
		t.Errorf("%d fonts are kept, of five scales with one each", len(s.faces))
	}
}

// An antialiased line covers about as many pixels as it is long.
func TestLineCoverage(t *testing.T) {
	for _, end := range [][2]float32{{90.3, 50.1}, {50.2, 90.9}, {10.5, 33}, {48, 7.7}, {12, 88}} {
		var c Canvas
		c.Resize(100, 100)
		c.line(50, 50, end[0], end[1], 0xffffffff, 1)
		sum := 0.0
		for _, p := range c.Pix {
			sum += float64(p&255) / 255
		}
		want := math.Max(math.Abs(float64(end[0]-50)), math.Abs(float64(end[1]-50)))
		if math.Abs(sum-want) > 1.5 {
			t.Errorf("to %v: covers %.1f, want %.1f", end, sum, want)
		}
	}
}

// Thick lines, with their round ends, and triangles cover their area, evenly round its middle.
func TestFilledAreas(t *testing.T) {
	type figure struct {
		what       string
		draw       func(c *Canvas)
		area, x, y float64
	}
	var all []figure
	for _, end := range []vertex32{{90.3, 50.1}, {50.2, 90.9}, {10.5, 33}, {48, 7.7}, {12, 88}, {50, 50}} {
		for _, width := range []float32{1.5, 4, 9} {
			length, w := math.Hypot(float64(end.x-50), float64(end.y-50)), float64(width)
			all = append(all, figure{fmt.Sprintf("line of %v to %v", width, end), func(c *Canvas) { c.thick(50, 50, end.x, end.y, width, 0xffffffff, 1) },
				length*w + math.Pi*w*w/4, 50 + float64(end.x-50)/2, 50 + float64(end.y-50)/2})
		}
	}
	for _, p := range [][3]vertex32{{{20, 20}, {80.5, 30}, {40, 90}}, {{20, 20}, {40, 90}, {80.5, 30}}, {{10, 50}, {90, 45}, {90, 60}}} {
		area := (p[1].x-p[0].x)*(p[2].y-p[0].y) - (p[1].y-p[0].y)*(p[2].x-p[0].x)
		all = append(all, figure{fmt.Sprint("triangle ", p), func(c *Canvas) { c.triangle(p, 0xffffffff, 1) },
			math.Abs(float64(area)) / 2, float64(p[0].x+p[1].x+p[2].x) / 3, float64(p[0].y+p[1].y+p[2].y) / 3})
	}
	for _, f := range all {
		var c Canvas
		c.Resize(100, 100)
		f.draw(&c)
		var area, x, y float64
		for i, p := range c.Pix {
			cover := float64(p&255) / 255
			area, x, y = area+cover, x+cover*(float64(i%100)+0.5), y+cover*(float64(i/100)+0.5)
		}
		if math.Abs(area-f.area) > 2+0.02*f.area || math.Abs(x/area-f.x) > 0.3 || math.Abs(y/area-f.y) > 0.3 {
			t.Errorf("%s covers %.1f round (%.1f, %.1f), want %.1f round (%.1f, %.1f)", f.what, area, x/area, y/area, f.area, f.x, f.y)
		}
	}
}

// A marker's coverage adds up to its area wherever it lies within a pixel.
func TestSpriteArea(t *testing.T) {
	for shape := range shapes {
		var areas []float64
		for _, at := range []float32{30, 30.25, 30.5, 30.8} {
			var c Canvas
			c.Resize(60, 60)
			new(sprites).draw(&c, Shape(shape), at, at, 8, 0, 0xffffffff, 0xffffffff, 255)
			sum := 0.0
			for _, p := range c.Pix {
				sum += float64(p&255) / 255
			}
			areas = append(areas, sum)
		}
		for _, a := range areas {
			if math.Abs(a-areas[0]) > 0.02*areas[0] || a < 120 || a > 235 {
				t.Errorf("%s: areas %.0f at four positions, want alike and near %.0f", Shape(shape).Name(), areas, 64*math.Pi)
				break
			}
		}
	}
}

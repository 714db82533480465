package viz

import (
	"math"
	"math/rand/v2"
	"testing"
)

// direction returns a random point of the unit sphere.
func direction(r *rand.Rand) (x, y, z float32) {
	a, b, c := r.NormFloat64(), r.NormFloat64(), r.NormFloat64()
	l := math.Sqrt(a*a + b*b + c*c)
	return float32(a / l), float32(b / l), float32(c / l)
}

func TestLensShowsTheBall(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		c := Camera{Yaw: r.Float32() * 6, Pitch: r.Float32()*3 - 1.5, Zoom: 0.5 + r.Float32()}
		l := c.Lens(640, 480)
		if x, y, z, _ := l.Project(0, 0, 0); x != 320 || y != 240 || z != 0 {
			t.Fatalf("%+v: the origin is at (%g, %g), depth %g", c, x, y, z)
		}
		var farthest float32
		for range 5000 {
			x, y, z, scale := l.Project(direction(r))
			if z < -1.0001 || z > 1.0001 || scale <= 0 {
				t.Fatalf("depth %g, scale %g", z, scale)
			}
			farthest = max(farthest, sqrt((x-320)*(x-320)+(y-240)*(y-240)))
		}
		if farthest > l.Radius*1.0001 || farthest < l.Radius*0.97 {
			t.Errorf("%+v: the ball reaches %.1f pixels, its silhouette is said to be %.1f", c, farthest, l.Radius)
		}
	}
}

func TestCameraTurns(t *testing.T) {
	c := Camera{Zoom: 1}
	l := c.Lens(200, 100)
	if x, y, z, _ := l.Project(0, 0, 1); x != 100 || y != 50 || z != 1 {
		t.Errorf("at rest +z points at the eye: (%g, %g), depth %g", x, y, z)
	}
	if x, y, _, _ := l.Project(1, 0, 0); x <= 100 || y != 50 {
		t.Errorf("+x is to the right: (%g, %g)", x, y)
	}
	if x, y, _, _ := l.Project(0, 1, 0); x != 100 || y >= 50 {
		t.Errorf("+y is up: (%g, %g)", x, y)
	}
	c.Rotate(0.3, 0)
	l = c.Lens(200, 100)
	if x, _, z, _ := l.Project(0, 0, 1); x >= 100 || z >= 1 {
		t.Errorf("turned by a positive yaw, +z goes to the left: %g, depth %g", x, z)
	}
	c.Rotate(0, 9)
	if c.Pitch != math.Pi/2 {
		t.Errorf("pitch %g, want straight down", c.Pitch)
	}
	c.ZoomBy(1e9)
	if c.Zoom != maxZoom {
		t.Errorf("zoom %g", c.Zoom)
	}
}

func TestTooNearIsNotDrawn(t *testing.T) {
	l := (&Camera{Zoom: 1}).Lens(100, 100)
	if _, _, _, scale := l.Project(0, 0, distance); scale != 0 {
		t.Errorf("a point in the eye has scale %g", scale)
	}
}

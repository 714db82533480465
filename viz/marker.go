package viz

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Shape is a form of marker, so that classes differ by more than colour.
type Shape uint8

// vertex is a corner of a marker. y points down.
type vertex struct{ x, y float64 }

// outline is a marker's form, of about radius 1.
type outline struct {
	name    string
	corners []vertex
	hole    float64
}

// shapes are the markers' outlines. A circle is a polygon of many corners; hole, if not 0, is the share of the radius left
// empty in the middle. All cover about the same area, so that none stands out.
var shapes = []outline{
	{name: "circle", corners: regular(48, 1, 0)},
	{name: "square", corners: regular(4, 1.24, 45)},
	{name: "triangle", corners: regular(3, 1.4, -90)},
	{name: "star", corners: star(5, 1.5, 0.62)},
	{name: "cross", corners: plus(1.22, 0.42)},
	{name: "ring", corners: regular(48, 1.12, 0), hole: 0.5},
	{name: "heart", corners: heart(0.48)},
	{name: "moon", corners: moon(1.36, 0.72, 1.1)},
	{name: "diamond", corners: scaled(regular(4, 1.32, 0), 0.92, 1.12)},
	{name: "bar", corners: scaled(regular(4, math.Sqrt2, 45), 1.36, 0.6)},
}

// Name returns what the shape is called.
func (s Shape) Name() string { return shapes[s].name }

// regular returns a polygon of n corners at radius r, the first at the angle given in degrees.
func regular(n int, r, angle float64) []vertex {
	p := make([]vertex, n)
	for i := range p {
		sin, cos := math.Sincos(angle*math.Pi/180 + 2*math.Pi*float64(i)/float64(n))
		p[i] = vertex{r * cos, r * sin}
	}
	return p
}

func star(n int, outer, inner float64) []vertex {
	a, b := regular(n, outer, -90), regular(n, inner, -90+180/float64(n))
	p := make([]vertex, 0, 2*n)
	for i := range a {
		p = append(p, a[i], b[i])
	}
	return p
}

// plus returns a cross of arms of length l and half width w.
func plus(l, w float64) []vertex {
	return []vertex{{w, -l}, {w, -w}, {l, -w}, {l, w}, {w, w}, {w, l}, {-w, l}, {-w, w}, {-l, w}, {-l, -w}, {-w, -w}, {-w, -l}}
}

// arc returns points of the circle of radius r round (x, y), from one angle to another, in degrees.
func arc(x, y, r, from, to float64) []vertex {
	const n = 24
	p := make([]vertex, n+1)
	for i := range p {
		sin, cos := math.Sincos((from + (to-from)*float64(i)/n) * math.Pi / 180)
		p[i] = vertex{x + r*cos, y + r*sin}
	}
	return p
}

// heart returns a square on its corner, of half diagonal 2c, with a half circle on each of its upper sides.
func heart(c float64) []vertex {
	const k = -0.33 // lifts the tip
	right, left := arc(c, k, c*math.Sqrt2, -135, 45), arc(-c, k, c*math.Sqrt2, 135, 315)
	return append(append(right, vertex{0, k + 3*c}), left...)
}

// moon returns a disc of radius r less one of radius bite, shifted to the right.
func moon(r, shift, bite float64) []vertex {
	x := (r*r - bite*bite + shift*shift) / (2 * shift) // of the two tips
	y := math.Sqrt(r*r - x*x)
	outer, inner := math.Atan2(y, x)*180/math.Pi, math.Atan2(y, x-shift)*180/math.Pi
	p := append(arc(0, 0, r, outer, 360-outer), arc(shift, 0, bite, 360-inner, inner)...)
	for i := range p {
		p[i].x += shift / 4
	}
	return p
}

func scaled(p []vertex, x, y float64) []vertex {
	for i := range p {
		p[i].x *= x
		p[i].y *= y
	}
	return p
}

// distance returns how far the point (x, y) lies outside the shape of radius 1, negative inside.
func (s Shape) distance(x, y float64) float64 {
	d := polygonDistance(shapes[s].corners, x, y)
	if h := shapes[s].hole; h > 0 {
		d = max(d, h-math.Hypot(x, y))
	}
	return d
}

// polygonDistance returns the signed distance from (x, y) to the polygon p, negative inside it.
func polygonDistance(p []vertex, x, y float64) float64 {
	least, inside := math.Inf(1), false
	b := p[len(p)-1]
	for _, a := range p {
		ex, ey, wx, wy := b.x-a.x, b.y-a.y, x-a.x, y-a.y
		t := min(max((wx*ex+wy*ey)/max(ex*ex+ey*ey, 1e-300), 0), 1) // two corners may be one
		least = min(least, math.Hypot(wx-t*ex, wy-t*ey))
		if (a.y > y) != (b.y > y) && x < a.x+(y-a.y)*(b.x-a.x)/(b.y-a.y) {
			inside = !inside // a ray to the right crosses this edge
		}
		b = a
	}
	if inside {
		return -least
	}
	return least
}

// pathUnit is a shape's radius 1 in its path.
const pathUnit = 6.2

// Path returns the shape as an SVG path, to be filled even-odd, in a square of 20 units.
func (s Shape) Path() string {
	var b strings.Builder
	polygon := func(p []vertex, scale float64) {
		for i, v := range p {
			fmt.Fprintf(&b, "%c%.2f %.2f", "ML"[min(i, 1)], 10+scale*v.x, 10+scale*v.y)
		}
		b.WriteByte('Z')
	}
	polygon(shapes[s].corners, pathUnit)
	if h := shapes[s].hole; h > 0 {
		polygon(regular(48, h, 0), pathUnit)
	}
	return b.String()
}

// Markers returns the marker of each class. A class that is called like a marker has that one, so that a class of stars is
// drawn as stars; the others take those that are left, in order. Beyond ten classes, each further ten shift the markers by
// one against the colours, so that a hundred look different.
func Markers(classes []string) []Shape {
	if len(classes) > len(shapes) {
		m := make([]Shape, len(classes))
		for i := range m {
			m[i] = Shape((i + i/10) % len(shapes))
		}
		return m
	}
	m, taken := make([]Shape, len(classes)), make([]bool, len(shapes))
	named := func(class string) int {
		return slices.IndexFunc(shapes, func(s outline) bool { return s.name == class })
	}
	for i, class := range classes {
		if s := named(class); s >= 0 {
			m[i], taken[s] = Shape(s), true
		}
	}
	next := 0
	for i, class := range classes {
		if named(class) >= 0 {
			continue
		}
		for taken[next] {
			next++
		}
		m[i], taken[next] = Shape(next), true
	}
	return m
}

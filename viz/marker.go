package viz

import (
	"fmt"
	"math"
	"strings"
)

// Shape is a form of marker, so that classes differ by more than colour.
type Shape uint8

// vertex is a corner of a marker. y points down.
type vertex struct{ x, y float64 }

// shapes are the markers' outlines. A circle is a polygon of many corners; hole, if not 0, is the share of the radius
// left empty in the middle. All cover about the same area, so that none stands out.
var shapes = []struct {
	name    string
	outline []vertex
	hole    float64
}{
	{name: "circle", outline: regular(48, 1, 0)},
	{name: "triangle", outline: regular(3, 1.4, -90)},
	{name: "square", outline: regular(4, 1.24, 45)},
	{name: "plus", outline: plus(1.22, 0.42, 0)},
	{name: "diamond", outline: scaled(regular(4, 1.32, 0), 0.92, 1.12)},
	{name: "star", outline: star(5, 1.5, 0.62)},
	{name: "triangle down", outline: regular(3, 1.4, 90)},
	{name: "cross", outline: plus(1.28, 0.4, 45)},
	{name: "ring", outline: regular(48, 1.12, 0), hole: 0.5},
	{name: "bar", outline: scaled(regular(4, math.Sqrt2, 45), 1.36, 0.6)},
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

// plus returns a cross of arms of length l and half width w, turned by an angle in degrees.
func plus(l, w, angle float64) []vertex {
	sin, cos := math.Sincos(angle * math.Pi / 180)
	var p []vertex
	for _, v := range []vertex{{w, -l}, {w, -w}, {l, -w}, {l, w}, {w, w}, {w, l}, {-w, l}, {-w, w}, {-l, w}, {-l, -w}, {-w, -w}, {-w, -l}} {
		p = append(p, vertex{cos*v.x - sin*v.y, sin*v.x + cos*v.y})
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
	d := polygonDistance(shapes[s].outline, x, y)
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
		t := min(max((wx*ex+wy*ey)/(ex*ex+ey*ey), 0), 1)
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

// Path returns the shape as an SVG path, to be filled even-odd, in a square of 20 units.
func (s Shape) Path() string {
	const unit = 6.2
	var b strings.Builder
	polygon := func(p []vertex, scale float64) {
		for i, v := range p {
			fmt.Fprintf(&b, "%c%.2f %.2f", "ML"[min(i, 1)], 10+scale*v.x, 10+scale*v.y)
		}
		b.WriteByte('Z')
	}
	polygon(shapes[s].outline, unit)
	if h := shapes[s].hole; h > 0 {
		polygon(regular(48, h, 0), unit)
	}
	return b.String()
}

// LegendEntry is a class as the scene draws it.
type LegendEntry struct {
	Name        string
	Light, Dark Color
	Shape       Shape
	Count       int // images of the class
}

// Legend lists the classes, with the number of labels of each.
func Legend(classes []string, labels []int32) []LegendEntry {
	l := make([]LegendEntry, len(classes))
	for i, name := range classes {
		l[i] = LegendEntry{Name: name, Light: Light.Class(i), Dark: Dark.Class(i), Shape: ShapeOf(i)}
	}
	for _, c := range labels {
		l[c].Count++
	}
	return l
}

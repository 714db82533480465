package viz

import (
	"math"
	"slices"
)

// Factor is something known of each image: the value of image i is Names[Of[i]].
type Factor struct {
	Name  string
	Names []string
	Of    []int32
}

// Class is the colour that tells classes apart; any other is a factor's name, or a figure's.
const Class = "class"

// rampSteps is how many colours a ramp has, and which one is of points whose number is not known.
const rampSteps = 16

// groups are what markers, and often colours, tell apart: the classes, or a factor's values.
type groups struct {
	names   []string
	of      []int32 // [n]
	markers []Shape
	hidden  []bool
}

// figure is a number of each point, drawn as a colour between low and high.
type figure struct {
	what      string    // what the numbers are, "" where colours tell groups
	values    []float32 // [n]
	low, high float32
}

// knows tells whether there is a number of point i.
func (f *figure) knows(i int) bool { return i < len(f.values) && f.values[i] == f.values[i] }

// figures tells what the numbers are that colours may stand for.
var figures = map[string]string{
	"loss":      "loss of its two views, 1 is guessing",
	"agreement": "share of its neighbours that are of its class",
}

// group makes the points' groups those of a factor, none hidden, and forgets numbers.
func (s *Scene) group(f Factor) {
	s.groups, s.figure = groups{f.Names, f.Of, Markers(f.Names), make([]bool, len(f.Names))}, figure{}
}

// Colour chooses what colours stand for: Class, a factor's name, or a figure's. It reports whether that is known.
func (s *Scene) Colour(by string) bool {
	if by == s.colour {
		return true
	}
	s.changed = true
	classes := Factor{Class, s.images.Classes, s.images.Labels}
	i := slices.IndexFunc(s.images.Factors, func(f Factor) bool { return f.Name == by })
	switch {
	case by == Class:
		s.group(classes)
	case i >= 0:
		s.group(s.images.Factors[i])
	case figures[by] != "":
		s.group(classes) // by their markers
		s.figure.what = figures[by]
	default:
		return false
	}
	s.colour = by
	return true
}

// measured tells whether colours stand for numbers.
func (s *Scene) measured() bool { return s.figure.what != "" }

// SetFigure gives the points' numbers of a name, which colours show while Colour asks for them.
func (s *Scene) SetFigure(name string, values []float32) {
	if name != s.colour || len(values) != s.images.N {
		return
	}
	s.changed = true
	f := figure{what: s.figure.what, values: values, low: 0, high: 1}
	if name == "loss" {
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range values {
			if v-v == 0 {
				low, high = min(low, float64(v)), max(high, float64(v))
			}
		}
		if low <= high { // in tenths, so that the scale keeps still
			f.low = float32(math.Floor(low*10) / 10)
			f.high = max(float32(math.Ceil(high*10)/10), f.low+0.1)
		}
	}
	s.figure = f
}

// paint returns which of the palette's colours point i has.
func (s *Scene) paint(i int32) int {
	if !s.measured() {
		return int(s.groups.of[i]) % len(s.theme.Classes)
	}
	f := &s.figure
	if !f.knows(int(i)) {
		return rampSteps
	}
	return int(min(max((f.values[i]-f.low)/(f.high-f.low), 0), 1)*(rampSteps-1) + 0.5)
}

// palette returns the colours that paint refers to.
func (s *Scene) palette() []Color {
	if s.measured() {
		return s.theme.ramp()
	}
	return s.theme.Classes[:]
}

// color returns the colour of point i.
func (s *Scene) color(i int) Color { return s.palette()[s.paint(int32(i))] }

// ramp returns the theme's colours for numbers, from low to high, and the one for none.
func (t *Theme) ramp() []Color {
	if t == &Dark {
		return darkRamp
	}
	return lightRamp
}

var lightRamp, darkRamp = newRamp(&Light), newRamp(&Dark)

func newRamp(t *Theme) []Color {
	stops, r := t.Ramp, make([]Color, rampSteps)
	for i := range r {
		at := float32(i) / (rampSteps - 1) * float32(len(stops)-1)
		k := min(int(at), len(stops)-2)
		r[i] = stops[k].mix(stops[k+1], at-float32(k))
	}
	return append(r, t.Faint)
}

// LegendEntry is a group as the scene draws it.
type LegendEntry struct {
	Name        string
	Light, Dark Color
	Shape       Shape
	Count       int // points of the group
}

// Ramp is the scale of colours that stand for numbers.
type Ramp struct {
	What        string // the numbers
	Light, Dark []Color
	Low, High   float32
}

// Legend lists the groups, and returns the scale where colours stand for numbers, once there are any; entries then have no
// colours of their own.
func (s *Scene) Legend() (colour string, entries []LegendEntry, ramp *Ramp) {
	for i, name := range s.groups.names {
		e := LegendEntry{Name: name, Light: Light.Class(i), Dark: Dark.Class(i), Shape: s.groups.markers[i]}
		if s.measured() {
			e.Light, e.Dark = Light.Faint, Dark.Faint
		}
		entries = append(entries, e)
	}
	for _, g := range s.groups.of {
		entries[g].Count++
	}
	if len(s.figure.values) > 0 {
		ramp = &Ramp{s.figure.what, lightRamp[:rampSteps], darkRamp[:rampSteps], s.figure.low, s.figure.high}
	}
	return s.colour, entries, ramp
}

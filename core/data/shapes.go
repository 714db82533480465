package data

import (
	"fmt"
	"math"

	"pushpull/core/random"
)

const shapesSide = 32 // pixels

// How many images the data set of the name shapes has, in the command and in the page alike.
const ShapesTrain, ShapesTest = 10000, 2000

var (
	sizes    = []string{"small", "medium", "large"}
	textures = []string{"plain", "striped", "dotted", "checked"}
	places   = []string{
		"top left", "top", "top right", "left", "centre", "right", "bottom left", "bottom", "bottom right",
	}
	colours = []struct {
		name string
		hue  float32 // turns
	}{
		{"red", 0}, {"orange", 0.08}, {"yellow", 0.15}, {"green", 0.33},
		{"cyan", 0.5}, {"blue", 0.63}, {"purple", 0.77}, {"pink", 0.9},
	}
)

// Shapes draws a set of coloured shapes, 32x32 in 3 channels: in each image a large one and smaller ones of the same
// outline, colour and texture at random places, so that nearly every crop shows what they are. The class is the outline.
// Colour, size, position of the largest, texture and background vary independently of it, are known as factors, and are
// told in the captions. Colour, not outline, is what tells two images apart most easily: a method that may keep it will.
// Image i of a seed is always the same, whatever the numbers of images, and no test image is drawn from a stream of a
// training image.
func Shapes(seed uint64, train, test int) *Dataset {
	d := &Dataset{Name: "shapes", Train: drawShapes(seed, 0, train), Test: drawShapes(seed, 1, test)}
	if train > 0 {
		d.normalise()
	}
	return d
}

func drawShapes(seed, split uint64, n int) *Set {
	s := &Set{H: shapesSide, W: shapesSide, C: 3}
	size := s.H * s.W * s.C
	s.Pixels = make([]uint8, n*size)
	s.Labels = make([]int32, n)
	s.Captions = make([]string, n)
	for _, o := range outlines {
		s.Classes = append(s.Classes, o.name)
	}
	var hues []string
	for _, c := range colours {
		hues = append(hues, c.name)
	}
	s.Factors = []Factor{
		{Name: "colour", Names: hues},
		{Name: "size", Names: sizes},
		{Name: "position", Names: places},
		{Name: "texture", Names: textures},
		{Name: "background", Names: hues},
	}
	for i := range s.Factors {
		s.Factors[i].Of = make([]int32, n)
	}
	parallel(n, func(i int) {
		r := random.New(seed, split, uint64(i))
		p := drawShape(&r)
		p.paint(s.Pixels[i*size:(i+1)*size], &r)
		s.Labels[i] = p.class
		for f, v := range []int32{p.colour, p.size, p.place, p.texture, p.background} {
			s.Factors[f].Of[i] = v
		}
		s.Captions[i] = p.caption()
	})
	return s
}

// copies is the number of shapes in an image.
const copies = 4

// The largest shape of an image has a radius from smallest to largest, in pixels.
const smallest, largest = 5.5, 7.5

// shape is everything about one image but its noise.
type shape struct {
	class, colour, size, place, texture, background int32
	at                                              [copies]spot // the largest first
	fore, fore2, back, back2                        [3]float32
	period, phase, slant                            float32 // of the texture: pixels, pixels, turns
	tilt                                            float32 // direction of the background's gradient, turns
	noise                                           float32 // standard deviation of each pixel
}

// spot is where one of an image's shapes lies. A radius of 0 means that no room was found for it.
type spot struct{ x, y, radius, sin, cos float32 } // pixels; sine and cosine of the angle it is turned by

func drawShape(r *random.Stream) shape {
	p := shape{
		class:      int32(r.IntN(len(outlines))),
		colour:     int32(r.IntN(len(colours))),
		texture:    int32(r.IntN(len(textures))),
		background: int32(r.IntN(len(colours))),
		period:     4,
		phase:      r.Uniform(0, 6),
		slant:      r.Uniform(-0.1, 0.1),
		tilt:       r.Float32(),
		noise:      0.03,
	}
	radius := r.Uniform(smallest, largest)
	p.size = int32(3 * (radius - smallest) / (largest - smallest))
	for i := range p.at {
		p.put(i, radius, r)
		radius = p.at[0].radius * r.Uniform(0.6, 0.8)
	}
	room := shapesSide/2 - 0.85*p.at[0].radius
	p.place = 3*third((p.at[0].y-shapesSide/2)/room) + third((p.at[0].x-shapesSide/2)/room)

	// The shapes differ from their ground in lightness, either way, so that they can be seen without colour.
	middle := r.Uniform(0.42, 0.58)
	light, dark := middle+0.2, middle-0.2
	if r.Bool(0.5) {
		light, dark = dark, light
	}
	hue := colours[p.colour].hue + r.Uniform(-0.02, 0.02)
	ground := colours[p.background].hue + r.Uniform(-0.02, 0.02)
	sat, groundSat := r.Uniform(0.4, 0.9), r.Uniform(0.1, 0.5)
	p.fore, p.fore2 = shade(hue, sat, light), shade(hue, sat, light+0.3*(dark-light))
	p.back, p.back2 = shade(ground, groundSat, dark), shade(ground, groundSat, dark+r.Uniform(-0.08, 0.08))
	return p
}

// put finds a place for shape i that is clear of those before it.
func (p *shape) put(i int, radius float32, r *random.Stream) {
	for range 30 {
		x, y := r.Uniform(0.85*radius, shapesSide-0.85*radius), r.Uniform(0.85*radius, shapesSide-0.85*radius)
		clear := true
		for _, o := range p.at[:i] {
			if hypot(x-o.x, y-o.y) < 0.95*(radius+o.radius) {
				clear = false
			}
		}
		if clear {
			sin, cos := sincos(r.Uniform(-0.025, 0.025))
			p.at[i] = spot{x, y, radius, sin, cos}
			return
		}
	}
}

// third returns 0, 1 or 2 for x in the first, second or last third of -1 to 1.
func third(x float32) int32 {
	switch {
	case x < -1.0/3:
		return 0
	case x > 1.0/3:
		return 2
	}
	return 1
}

func (p *shape) caption() string {
	texture := textures[p.texture] + " "
	if p.texture == 0 {
		texture = ""
	}
	place := "at the " + places[p.place]
	if p.place == 4 {
		place = "in the centre"
	}
	return fmt.Sprintf("%s %s %s%s, the largest %s, on a %s background", sizes[p.size], colours[p.colour].name, texture,
		outlines[p.class].plural, place, colours[p.background].name)
}

// paint draws the image to dst [32, 32, 3]; edges are smoothed over the width of a pixel.
func (p *shape) paint(dst []uint8, r *random.Stream) {
	var cover [shapesSide * shapesSide]float32
	for _, s := range p.at {
		s.cover(&cover, outlines[p.class].edge)
	}
	var backs, fores [3]float32 // from the first colour to the second
	for k := range 3 {
		backs[k], fores[k] = p.back2[k]-p.back[k], p.fore2[k]-p.fore[k]
	}
	tiltSin, tiltCos := sincos(p.tilt)
	slantSin, slantCos := sincos(p.slant)
	var noise [3 * shapesSide]float32
	for i := range shapesSide {
		grain(&noise, r)
		for j := range shapesSide {
			px, py := float32(j)+0.5, float32(i)+0.5
			along := ((px-16)*tiltCos+(py-16)*tiltSin)/40 + 0.5
			covered, pattern := cover[i*shapesSide+j], float32(0)
			if covered > 0 {
				pattern = p.pattern(px*slantCos+py*slantSin, py*slantCos-px*slantSin)
			}
			pixel := dst[(i*shapesSide+j)*3:][:3]
			for k := range pixel {
				v := p.back[k] + backs[k]*along
				if covered > 0 {
					v += (p.fore[k] + fores[k]*pattern - v) * covered
				}
				pixel[k] = uint8(clamp(v+p.noise*noise[3*j+k])*255 + 0.5)
			}
		}
	}
}

// grain fills a row with noise of mean 0 and deviation 1, nearly normal: sums of four random bytes, much quicker than Normal.
func grain(row *[3 * shapesSide]float32, r *random.Stream) {
	for i := range row {
		x := r.Uint32()
		row[i] = (float32(x&0xff+x>>8&0xff+x>>16&0xff+x>>24) - 510) * (1 / 147.8)
	}
}

// cover raises to how much the shape covers of each pixel, 0 to 1, where that is more.
func (s spot) cover(most *[shapesSide * shapesSide]float32, edge func(x, y float32) float32) {
	if s.radius == 0 {
		return
	}
	reach := math.Sqrt(1.5) * float64(s.radius)
	first := func(x float32) int { return max(int(float64(x)-reach), 0) }
	last := func(x float32) int { return min(int(float64(x)+reach), shapesSide-1) }
	for i := first(s.y); i <= last(s.y); i++ {
		for j := first(s.x); j <= last(s.x); j++ {
			u, v := float32(j)+0.5-s.x, float32(i)+0.5-s.y
			if u*u+v*v > 1.5*s.radius*s.radius {
				continue
			}
			u, v = u*s.cos+v*s.sin, v*s.cos-u*s.sin
			pixel := &most[i*shapesSide+j]
			*pixel = max(*pixel, clamp(0.5-s.radius*edge(u/s.radius, v/s.radius)))
		}
	}
}

// pattern returns how much of the texture's second colour is at (x, y), 0 to 1.
func (p *shape) pattern(x, y float32) float32 {
	wave := func(u float32) float32 { // a triangle wave of the texture's period, -1 to 1
		_, f := math.Modf(float64((u+p.phase)/p.period) + 64)
		return 4*abs(float32(f)-0.5) - 1
	}
	sharp := p.period / 4 // smooths edges over a pixel
	switch textures[p.texture] {
	case "striped":
		return clamp(0.5 + sharp*wave(x))
	case "dotted":
		return clamp(0.5 + sharp*(wave(x)+wave(y)-0.6))
	case "checked":
		return clamp(0.5 + 2*sharp*wave(x)*wave(y))
	}
	return 0
}

// shade returns the colour of a hue in turns, a saturation and a lightness, both 0 to 1: the full colour darkened by
// black or lightened by white.
func shade(hue, saturation, lightness float32) (c [3]float32) {
	hue -= float32(math.Floor(float64(hue)))
	for k := range c {
		h := hue + float32(k)*(2.0/3)
		h -= float32(math.Floor(float64(h)))
		c[k] = 1 - saturation*(1-clamp(abs(6*h-3)-1))
	}
	full := 0.299*c[0] + 0.587*c[1] + 0.114*c[2]
	for k := range c {
		if full > lightness {
			c[k] *= lightness / full
		} else {
			c[k] += (1 - c[k]) * (lightness - full) / (1 - full + 1e-6)
		}
	}
	return c
}

func sincos(turns float32) (sin, cos float32) {
	s, c := math.Sincos(2 * math.Pi * float64(turns))
	return float32(s), float32(c)
}

// clamp has comparisons of its own: in the browser min and max of floats are calls.
func clamp(x float32) float32 {
	if x < 0 {
		return 0
	}
	if x > 1 {
		return 1
	}
	return x
}

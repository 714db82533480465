package viz

import "math"

// backdrop is the picture behind the points: the background and, with strength in [0, 1], a softly lit ball. It costs a
// square root a pixel, so it is kept until something it depends on changes.
type backdrop struct {
	canvas   Canvas
	of       backdropKey
	computed bool
}

type backdropKey struct {
	w, h     int
	radius   float32
	strength float32
	theme    *Theme
}

// draw copies the backdrop to c, making it first if need be.
func (b *backdrop) draw(c *Canvas, theme *Theme, radius, strength float32) {
	key := backdropKey{c.W, c.H, radius, strength, theme}
	if !b.computed || b.of != key {
		b.of, b.computed = key, true
		b.canvas.Resize(c.W, c.H)
		b.paint()
	}
	copy(c.Pix, b.canvas.Pix)
}

func (b *backdrop) paint() {
	c, k := &b.canvas, b.of
	back, lit, shade := k.theme.Back, k.theme.Lit, k.theme.Shade
	flat := back.pixel()
	for i := range c.Pix {
		c.Pix[i] = flat
	}
	if k.strength == 0 {
		return
	}
	cx, cy := float32(k.w)/2, float32(k.h)/2
	b.paintShadow(cx, cy+shadowBelow*k.radius)
	for y := max(int(cy-k.radius)-1, 0); y < min(int(cy+k.radius)+2, k.h); y++ {
		for x := max(int(cx-k.radius)-1, 0); x < min(int(cx+k.radius)+2, k.w); x++ {
			u, v := (float32(x)+0.5-cx)/k.radius, (float32(y)+0.5-cy)/k.radius
			cover := min(max((1-sqrt(u*u+v*v))*k.radius+0.5, 0), 1)
			if cover == 0 {
				continue
			}
			p := &c.Pix[y*c.W+x]
			*p = blend(*p, dithered(shade, lit, light(u, v), x, y), uint32(256*cover*k.strength))
		}
	}
}

// light returns how much light falls on the ball where it is seen at (u, v), in radii from its centre: 0 to 1.
func light(u, v float32) float32 {
	w := sqrt(max(1-u*u-v*v, 0))
	l := min(max(0.5+0.5*(-0.42*u-0.58*v+0.7*w), 0), 1) // from the upper left, in front
	return l * (0.82 + 0.18*w)                          // the rim darkens
}

// The shadow's size, in radii of the ball, and how dark it is in the middle.
const (
	shadowWide, shadowFlat = 0.8, 0.1
	shadowBelow            = 1.1 // its centre
	shadowDark             = 0.14
)

// shadow returns how dark it is at a share r² of the square of its radius.
func shadow(rr float32) float32 {
	t := max(1-rr, 0)
	return shadowDark * t * t
}

// paintShadow draws a faint shadow on an unseen floor, its centre at (cx, cy).
func (b *backdrop) paintShadow(cx, cy float32) {
	c, k := &b.canvas, b.of
	wide, flat := shadowWide*k.radius, shadowFlat*k.radius
	black := Color{}.pixel()
	for y := max(int(cy-flat), 0); y < min(int(cy+flat)+1, k.h); y++ {
		for x := max(int(cx-wide), 0); x < min(int(cx+wide)+1, k.w); x++ {
			u, v := (float32(x)+0.5-cx)/wide, (float32(y)+0.5-cy)/flat
			if dark := shadow(u*u + v*v); dark > 0 {
				c.dot(x, y, black, dark*k.strength)
			}
		}
	}
}

// dithered mixes two colours with a pattern below one step of 8 bits, or slow gradients would show bands.
func dithered(a, b Color, t float32, x, y int) uint32 {
	d := float32((x*5+y*3)%8)/8 + 1./16
	f := func(a, b uint8) uint32 { return uint32(float32(a) + (float32(b)-float32(a))*t + d) }
	return f(a.R, b.R) | f(a.G, b.G)<<8 | f(a.B, b.B)<<16 | 0xff000000
}

const (
	meridians = 6  // great circles through the poles
	parallels = 5  // circles between them
	segments  = 72 // of a circle
)

// graticule are the ball's meridians and parallels, as closed polylines of points on the unit sphere.
var graticule = func() (circles [][][3]float32) {
	circle := func(at func(sin, cos float64) [3]float32) {
		points := make([][3]float32, segments+1)
		for i := range points {
			points[i] = at(math.Sincos(2 * math.Pi * float64(i) / segments))
		}
		circles = append(circles, points)
	}
	for i := range meridians {
		sl, cl := math.Sincos(math.Pi * float64(i) / meridians)
		circle(func(s, c float64) [3]float32 { return [3]float32{float32(c * cl), float32(s), float32(c * sl)} })
	}
	for i := 1; i <= parallels; i++ {
		sb, cb := math.Sincos(math.Pi * (float64(i)/(parallels+1) - 0.5))
		circle(func(s, c float64) [3]float32 { return [3]float32{float32(c * cb), float32(sb), float32(s * cb)} })
	}
	return circles
}()

// drawGraticule draws the lines of the far half of the ball or of its near half, whose lines are stronger.
func drawGraticule(c *Canvas, l *Lens, theme *Theme, near bool, strength float32) {
	color := theme.Line.pixel()
	for _, circle := range graticule {
		var x0, y0, z0 float32
		for i, p := range circle {
			x, y, z, _ := l.Project(p[0], p[1], p[2])
			// The silhouette lies where the ray from the eye touches the ball, at depth 1/distance.
			if mid := (z + z0) / 2; i > 0 && (mid > 1./distance) == near {
				alpha := 0.1 + 0.03*mid
				if near {
					alpha = 0.12 + 0.16*mid
				}
				c.line(x0, y0, x, y, color, alpha*strength)
			}
			x0, y0, z0 = x, y, z
		}
	}
}

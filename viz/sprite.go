package viz

import "image"

// sprite is a marker at one size and position within a pixel, ready to be drawn in any colour.
type sprite struct {
	of        spriteKey
	w, h      int     // in pixels, no more than the marker covers
	left, top int     // the first column and row, counted from the pixel of the marker's centre
	parts     []parts // [h, w]
}

// parts are what a marker makes of a pixel, in 256ths: so much is its rim and so much its fill.
type parts struct{ rim, fill uint8 }

// Sizes of markers are rounded to a sixteenth of an octave or so, positions to a quarter of a pixel.
const (
	sizeSteps = 4 // a pixel
	posSteps  = 4 // a pixel
	maxRadius = 24
)

// spriteKey is a marker's shape, its radius and rim in steps, and its position in the pixel in steps.
type spriteKey struct {
	shape        Shape
	radius, rim  uint8
	right, below uint8
}

// sprites keeps each sprite that is made, until another takes its place.
type sprites [places]*sprite

const places = 1 << 16

// place returns where the sprite of a key is kept. Those of one picture hardly meet there, since the radius of its nearest marker is
// twice that of its farthest, and rims are two, of points and of pairs.
func (k spriteKey) place() int {
	return (int(k.shape)&15 | int(k.right)<<4 | int(k.below)<<6 | int(k.rim)&3<<8 | int(k.radius)<<10) % places
}

// draw blends a marker of the given radius round (x, y), in pixels.
func (s *sprites) draw(c *Canvas, shape Shape, x, y, radius, rim float32, fill, edge, alpha uint32) {
	x0, y0 := floor(x), floor(y)
	key := spriteKey{
		shape: shape, radius: uint8(min(radius, maxRadius)*sizeSteps + 0.5), rim: uint8(rim*sizeSteps + 0.5),
		right: uint8((x - x0) * posSteps), below: uint8((y - y0) * posSteps),
	}
	place := &s[key.place()]
	if *place == nil || (*place).of != key {
		*place = newSprite(key)
	}
	sp := *place
	inside, rimmed, opaque := spread(fill), spread(edge), wide(alpha)
	left, top := int(x0)+sp.left, int(y0)+sp.top
	lo, hi := max(0, -left), min(sp.w, c.W-left)
	if lo >= hi {
		return
	}
	for row := max(0, -top); row < min(sp.h, c.H-top); row++ {
		parts := sp.parts[row*sp.w+lo : row*sp.w+hi]
		out := c.Pix[(top+row)*c.W+left+lo:][:len(parts)]
		for i, p := range parts {
			r, f := wide(p.rim)*opaque>>8, wide(p.fill)*opaque>>8
			sum := spread(out[i])*(256-r-f) + rimmed*r + inside*f
			out[i] = (sum >> 8 & channels).pixel()
		}
	}
}

func newSprite(k spriteKey) *sprite {
	radius, rim := float64(k.radius)/sizeSteps, float64(k.rim)/sizeSteps
	half := int(1.5*radius+rim) + 2 // no shape reaches farther than 1.5 radii
	cx, cy := (float64(k.right)+0.5)/posSteps, (float64(k.below)+0.5)/posSteps
	at := func(col, row int) parts {
		x, y := float64(col)+0.5-cx, float64(row)+0.5-cy
		d := radius * k.shape.distance(x/radius, y/radius)
		cover := func(d float64) uint8 { return uint8(255*min(max(0.5-d, 0), 1) + 0.5) }
		whole, fill := cover(d-rim), cover(d)
		return parts{whole - fill, fill}
	}
	box := image.Rectangle{}
	for row := -half; row <= half; row++ {
		for col := -half; col <= half; col++ {
			if at(col, row) != (parts{}) {
				box = box.Union(image.Rect(col, row, col+1, row+1))
			}
		}
	}
	sp := &sprite{of: k, w: box.Dx(), h: box.Dy(), left: box.Min.X, top: box.Min.Y}
	for row := box.Min.Y; row < box.Max.Y; row++ {
		for col := box.Min.X; col < box.Max.X; col++ {
			sp.parts = append(sp.parts, at(col, row))
		}
	}
	return sp
}

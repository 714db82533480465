package viz

import (
	"image"
	"math"
	"unsafe"
)

// Canvas is a buffer of opaque pixels [h, w], each RGBA in its bytes.
type Canvas struct {
	W, H int
	Pix  []uint32
}

// Resize gives the canvas another size. Its pixels are then undefined.
func (c *Canvas) Resize(w, h int) {
	c.W, c.H = w, h
	if cap(c.Pix) < w*h {
		c.Pix = make([]uint32, w*h)
	}
	c.Pix = c.Pix[:w*h]
}

// Bytes views the pixels as [h, w, 4] bytes.
func (c *Canvas) Bytes() []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(c.Pix))), 4*len(c.Pix))
}

// Image views the canvas as an image.
func (c *Canvas) Image() *image.RGBA {
	return &image.RGBA{Pix: c.Bytes(), Stride: 4 * c.W, Rect: image.Rect(0, 0, c.W, c.H)}
}

// blend returns a + (b-a)·t/256 for each channel, t in [0, 256].
func blend(a, b, t uint32) uint32 { return spread(a).blend(spread(b), t).pixel() }

// wide is a pixel whose channels lie 16 bits apart, so that one multiplication scales all four.
type wide uint64

const channels = 0x00ff00ff00ff00ff

func spread(pixel uint32) wide { return (wide(pixel) | wide(pixel)<<24) & channels }

func (a wide) pixel() uint32 { return uint32(a | a>>24) }

func (a wide) blend(b wide, t uint32) wide { return (a*wide(256-t) + b*wide(t)) >> 8 & channels }

// dot blends color over one pixel, if the canvas has it; cover in [0, 1].
func (c *Canvas) dot(x, y int, color uint32, cover float32) {
	if uint(x) < uint(c.W) && uint(y) < uint(c.H) {
		p := &c.Pix[y*c.W+x]
		*p = blend(*p, color, uint32(256*cover))
	}
}

// line draws an antialiased line one pixel wide (Wu 1991), without its last point, so that polylines do not show their joints.
func (c *Canvas) line(x0, y0, x1, y1 float32, color uint32, alpha float32) {
	dx, dy := x1-x0, y1-y0
	if abs(dx) >= abs(dy) {
		if dx < 0 {
			x0, y0, x1, dx, dy = x1, y1, x0, -dx, -dy
		}
		for x := max(int(ceil(x0)), 0); float32(x) < x1 && x < c.W; x++ {
			y := y0 + (float32(x)-x0)*dy/dx
			row := floor(y)
			c.dot(x, int(row), color, alpha*(1-(y-row)))
			c.dot(x, int(row)+1, color, alpha*(y-row))
		}
		return
	}
	if dy < 0 {
		x0, y0, y1, dx, dy = x1, y1, y0, -dx, -dy
	}
	for y := max(int(ceil(y0)), 0); float32(y) < y1 && y < c.H; y++ {
		x := x0 + (float32(y)-y0)*dx/dy
		col := floor(x)
		c.dot(int(col), y, color, alpha*(1-(x-col)))
		c.dot(int(col)+1, y, color, alpha*(x-col))
	}
}

// thick draws a line of some width with round ends.
func (c *Canvas) thick(x0, y0, x1, y1, width float32, color uint32, alpha float32) {
	dx, dy, r := x1-x0, y1-y0, width/2
	if !(abs(dx)+abs(dy) < 1e5) {
		return
	}
	square := max(dx*dx+dy*dy, 1e-6)
	top, bottom := max(int(min(y0, y1)-r-1), 0), min(int(max(y0, y1)+r+2), c.H)
	for py := top; py < bottom; py++ {
		// Only where the row comes near the line: its middle is where the line's is, wide by slope.
		lo, hi := min(x0, x1)-r-1, max(x0, x1)+r+2
		if abs(dy) > 1e-3 {
			a, b := x0+(float32(py)-r-1-y0)*dx/dy, x0+(float32(py)+r+2-y0)*dx/dy
			lo, hi = max(lo, min(a, b)-r-1), min(hi, max(a, b)+r+2)
		}
		for px := max(int(lo), 0); px < min(int(hi)+1, c.W); px++ {
			qx, qy := float32(px)+0.5-x0, float32(py)+0.5-y0
			t := min(max((qx*dx+qy*dy)/square, 0), 1)
			qx, qy = qx-t*dx, qy-t*dy
			if cover := min(max(r+0.5-sqrt(qx*qx+qy*qy), 0), 1); cover > 0 {
				c.dot(px, py, color, alpha*cover)
			}
		}
	}
}

// triangle fills a triangle, with soft borders.
func (c *Canvas) triangle(p [3]vertex32, color uint32, alpha float32) {
	area := (p[1].x-p[0].x)*(p[2].y-p[0].y) - (p[1].y-p[0].y)*(p[2].x-p[0].x)
	if area < 0 {
		p[1], p[2] = p[2], p[1]
	}
	left, right := min(p[0].x, p[1].x, p[2].x), max(p[0].x, p[1].x, p[2].x)
	top, bottom := min(p[0].y, p[1].y, p[2].y), max(p[0].y, p[1].y, p[2].y)
	for py := max(int(top)-1, 0); py < min(int(bottom)+2, c.H); py++ {
		for px := max(int(left)-1, 0); px < min(int(right)+2, c.W); px++ {
			cover := float32(1)
			for i, a := range p {
				b := p[(i+1)%3]
				ex, ey := b.x-a.x, b.y-a.y
				d := (ex*(float32(py)+0.5-a.y) - ey*(float32(px)+0.5-a.x)) / max(sqrt(ex*ex+ey*ey), 1e-6)
				cover = min(cover, max(d+0.5, 0))
			}
			if cover > 0 {
				c.dot(px, py, color, alpha*min(cover, 1))
			}
		}
	}
}

// roundRect fills a rectangle with round corners of radius r; blur, in pixels, softens its border for shadows.
func (c *Canvas) roundRect(x, y, w, h, r, blur float32, color uint32, alpha float32) {
	soft := max(blur, 1)
	cx, cy := x+w/2, y+h/2
	for py := max(int(y-soft), 0); py < min(int(y+h+soft)+1, c.H); py++ {
		for px := max(int(x-soft), 0); px < min(int(x+w+soft)+1, c.W); px++ {
			qx := max(abs(float32(px)+0.5-cx)-w/2+r, 0)
			qy := max(abs(float32(py)+0.5-cy)-h/2+r, 0)
			t := 0.5 - (sqrt(qx*qx+qy*qy)-r)/soft
			if t = min(max(t, 0), 1); t > 0 {
				c.dot(px, py, color, alpha*t*t*(3-2*t))
			}
		}
	}
}

func abs(x float32) float32   { return float32(math.Abs(float64(x))) }
func sqrt(x float32) float32  { return float32(math.Sqrt(float64(x))) }
func floor(x float32) float32 { return float32(math.Floor(float64(x))) }
func ceil(x float32) float32  { return float32(math.Ceil(float64(x))) }

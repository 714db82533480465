package viz

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// pen draws what is few: axes, pairs and the card. Whatever is drawn with it is alike on the screen and in an SVG. Lengths
// are in pixels of the picture, alpha is in [0, 1].
type pen interface {
	line(x0, y0, x1, y1 float32, color Color, alpha float32)         // one pixel wide
	thick(x0, y0, x1, y1, width float32, color Color, alpha float32) // with round ends
	triangle(p [3]vertex32, color Color, alpha float32)
	roundRect(x, y, w, h, r, blur float32, color Color, alpha float32)
	marker(shape Shape, x, y, radius, rim float32, fill, edge Color, alpha float32)
	image(i int, x, y, side float32)                           // image i of the scene within a square, each of its pixels a block
	text(size float32, color Color, x, y float32, text string) // one line; y is its baseline
}

// raster is the pen whose paper is the scene's canvas.
type raster struct{ *Scene }

func (r raster) line(x0, y0, x1, y1 float32, color Color, alpha float32) {
	r.canvas.line(x0, y0, x1, y1, color.pixel(), alpha)
}

func (r raster) thick(x0, y0, x1, y1, width float32, color Color, alpha float32) {
	r.canvas.thick(x0, y0, x1, y1, width, color.pixel(), alpha)
}

func (r raster) triangle(p [3]vertex32, color Color, alpha float32) {
	r.canvas.triangle(p, color.pixel(), alpha)
}

func (r raster) roundRect(x, y, w, h, radius, blur float32, color Color, alpha float32) {
	r.canvas.roundRect(x, y, w, h, radius, blur, color.pixel(), alpha)
}

func (r raster) marker(shape Shape, x, y, radius, rim float32, fill, edge Color, alpha float32) {
	r.sprites.draw(&r.canvas, shape, x, y, radius, rim, fill.pixel(), edge.pixel(), uint32(256*alpha))
}

func (r raster) image(i int, x0, y0, across float32) {
	m, x, y, side := &r.images, int(x0), int(y0), int(across)
	pix := m.Pixels[i*m.H*m.W*m.C:][:m.H*m.W*m.C]
	longer := max(m.H, m.W)
	for row := range side * m.H / longer {
		for col := range side * m.W / longer {
			at := m.C * (row*longer/side*m.W + col*longer/side)
			c := Color{pix[at], pix[at], pix[at]}
			if m.C == 3 {
				c = Color{pix[at], pix[at+1], pix[at+2]}
			}
			r.canvas.dot(x+col, y+row, c.pixel(), 1)
		}
	}
}

func (r raster) text(size float32, c Color, x, y float32, text string) {
	d := font.Drawer{
		Dst: r.canvas.Image(), Src: image.NewUniform(color.RGBA{c.R, c.G, c.B, 255}), Face: r.faces.at(size),
		Dot: fixed.Point26_6{X: fixed.Int26_6(64 * x), Y: fixed.Int26_6(64 * math.Round(float64(y)))},
	}
	d.DrawString(text)
}

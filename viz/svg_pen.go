package viz

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
)

func (d *drawing) line(x0, y0, x1, y1 float32, color Color, alpha float32) {
	d.thick(x0, y0, x1, y1, 1, color, alpha)
}

func (d *drawing) thick(x0, y0, x1, y1, width float32, color Color, alpha float32) {
	d.add(`<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="%.1f" opacity="%.2f"/>`, x0, y0, x1, y1, color.Hex(), width, alpha)
}

func (d *drawing) triangle(p [3]vertex32, color Color, alpha float32) {
	d.add(`<path d="M%.1f %.1fL%.1f %.1fL%.1f %.1fZ" fill="%s" opacity="%.2f"/>`, p[0].x, p[0].y, p[1].x, p[1].y, p[2].x, p[2].y, color.Hex(), alpha)
}

func (d *drawing) roundRect(x, y, w, h, r, blur float32, color Color, alpha float32) {
	soft := ""
	if blur > 1 {
		d.add(`<filter id="soft"><feGaussianBlur stdDeviation="%.1f"/></filter>`, blur/4)
		soft = ` filter="url(#soft)"`
	}
	d.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f" fill="%s" opacity="%.2f"%s/>`, x, y, w, h, r, color.Hex(), alpha, soft)
}

func (d *drawing) marker(shape Shape, x, y, radius, rim float32, fill, edge Color, alpha float32) {
	stroke := ""
	if rim > 0 {
		stroke = fmt.Sprintf(` stroke="%s" stroke-width="%.2f"`, edge.Hex(), rimWidth(rim, radius))
	}
	d.add(`<use href="#%s" transform="translate(%.1f %.1f) scale(%.2f)" fill="%s"%s opacity="%.2f"/>`, shape.Name(), x, y, radius, fill.Hex(), stroke, alpha)
}

func (d *drawing) image(i int, x, y, side float32) {
	m := &d.scene.images
	longer := float32(max(m.H, m.W))
	d.add(`<image x="%.1f" y="%.1f" width="%.1f" height="%.1f" image-rendering="pixelated" href="%s"/>`, x, y, side*float32(m.W)/longer, side*float32(m.H)/longer, d.png(i, m.W, m.H))
}

// text is as wide as the picture's font has it, whatever font the reader's machine has.
func (d *drawing) text(size float32, color Color, x, y float32, text string) {
	d.add(`<text x="%.1f" y="%.1f" font-size="%.1f" fill="%s" textLength="%.1f" lengthAdjust="spacingAndGlyphs">%s</text>`, x, y, size, color.Hex(), width(d.scene.faces.at(size), text), escape(text))
}

// png returns image i of the scene at a size, as the address of a PNG.
func (d *drawing) png(i, w, h int) string {
	m := &d.scene.images
	c := Canvas{w, h, make([]uint32, w*h)}
	m.resize(i, w, h, c.Pix)
	var picture image.Image = c.Image()
	if m.C == 1 {
		gray := image.NewGray(image.Rect(0, 0, w, h))
		for j, p := range c.Pix {
			gray.Pix[j] = uint8(p)
		}
		picture = gray
	}
	var b bytes.Buffer
	if err := d.encoder.Encode(&b, picture); err != nil {
		panic(err) // memory takes everything, and no picture is empty
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

// buffer keeps what an encoder needs from one picture to the next.
type buffer struct{ kept *png.EncoderBuffer }

// Get implements png.EncoderBufferPool.
func (b *buffer) Get() *png.EncoderBuffer { return b.kept }

// Put implements png.EncoderBufferPool.
func (b *buffer) Put(kept *png.EncoderBuffer) { b.kept = kept }

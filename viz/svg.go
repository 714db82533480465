package viz

import (
	"fmt"
	"html"
	"image/png"
	"math"
	"strings"
	"unicode"
)

// SVG returns what is seen, by the same camera, as a drawing with a title and the legend below. Points' pictures are
// within it.
func (s *Scene) SVG(title string) string {
	c, theme, k := &s.canvas, s.theme, s.scale
	l := s.lens()
	s.project(&l)
	colour, entries, ramp := s.Legend()
	w, h := float32(c.W)/k, float32(c.H)/k
	legend, below := s.svgLegend(entries, ramp, w, h)

	d := drawing{scene: s, encoder: png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffer{}}}
	d.add(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0[1]f %.0[2]f" font-family="system-ui, sans-serif" font-size="%d">`, w, h+below, legendText)
	d.add("<title>%s</title>", escape(title))
	d.define(entries)
	d.add(`<rect width="%.0f" height="%.0f" fill="%s"/>`, w, h+below, theme.Back.Hex())
	d.add(`<svg width="%.0f" height="%.0f" viewBox="0 0 %d %d" paint-order="stroke" stroke-linejoin="round">`, w, h, c.W, c.H)
	d.ball(&l)
	behind, front := s.halves()
	d.add(`<g id="points" stroke-width="%.2f">`, rimWidth(0.7*k, s.pointRadius(len(s.seen))))
	d.points(behind)
	d.graticule(&l, true)
	s.drawAxes(&d, &l)
	d.points(front)
	d.add(`</g>`)
	d.add(`<g id="pairs" stroke-linecap="round">`)
	s.drawPairs(&d, &l)
	d.add(`</g>`)
	d.add(`<g id="focus">`)
	s.drawFocus(&d)
	d.add("</g>\n</svg>")
	d.add("<g id=\"legend\" fill=\"%s\"><title>%s</title>\n%s</g>\n</svg>", theme.Ink.Hex(), escape(colour), legend)
	return d.String()
}

// drawing is an SVG that is being written, and a pen on it.
type drawing struct {
	strings.Builder
	scene   *Scene
	encoder png.Encoder
}

// add writes a line.
func (d *drawing) add(format string, values ...any) {
	fmt.Fprintf(d, format, values...)
	d.WriteByte('\n')
}

// define writes what others refer to: the entries' markers, of radius 1, and how light falls.
func (d *drawing) define(entries []LegendEntry) {
	theme := d.scene.theme
	d.add(`<defs>`)
	// The ball is brightest at (0.36, 0.3) of its square, and darkest at the end of the radius through its centre.
	const x, y, r, stops = 0.36, 0.3, 0.75, 6
	d.WriteString(`<radialGradient id="ball" cx="0.36" cy="0.3" r="0.75">`)
	away := sqrt((0.5-x)*(0.5-x) + (0.5-y)*(0.5-y))
	for i := range stops {
		at := float32(i) / (stops - 1)
		u, v := 2*(x+at*r*(0.5-x)/away-0.5), 2*(y+at*r*(0.5-y)/away-0.5)
		fmt.Fprintf(d, `<stop offset="%.2f" stop-color="%s"/>`, at, theme.Shade.mix(theme.Lit, light(u, v)).Hex())
	}
	d.add(`</radialGradient>`)
	d.WriteString(`<radialGradient id="shadow">`)
	for i := range stops {
		at := float32(i) / (stops - 1)
		fmt.Fprintf(d, `<stop offset="%.2f" stop-opacity="%.3f"/>`, at, shadow(at*at))
	}
	d.add(`</radialGradient>`)
	used := map[Shape]bool{0: true} // the views of pairs are circles
	for _, e := range entries {
		used[e.Shape] = true
	}
	for shape := range shapes {
		if s := Shape(shape); used[s] {
			d.add(`<path id="%s" fill-rule="evenodd" transform="scale(%.4f) translate(-10 -10)" d="%s"/>`, s.Name(), 1/pathUnit, s.Path())
		}
	}
	d.add(`</defs>`)
}

// rimWidth returns how wide the stroke of a marker is, in the units of its path, so that its rim is so wide outside it:
// the fill covers the inner half.
func rimWidth(rim, radius float32) float32 { return 2 * rim * pathUnit / radius }

// ball draws the ball with its shadow, and the lines of its far half.
func (d *drawing) ball(l *Lens) {
	at := d.scene.ball.at
	if at == 0 {
		return
	}
	d.add(`<g opacity="%.2f"><ellipse cx="%.1f" cy="%.1f" rx="%.1f" ry="%.1f" fill="url(#shadow)"/><circle cx="%.1[2]f" cy="%.1[6]f" r="%.1[7]f" fill="url(#ball)"/></g>`,
		at, l.cx, l.cy+shadowBelow*l.Radius, shadowWide*l.Radius, shadowFlat*l.Radius, l.cy, l.Radius)
	d.graticule(l, false)
}

// graticule draws the lines of the near half of the ball, or of the far one.
func (d *drawing) graticule(l *Lens, near bool) {
	strength := d.scene.ball.at
	if strength == 0 {
		return
	}
	alpha := 0.09 * strength
	if near {
		alpha = 0.22 * strength
	}
	fmt.Fprintf(d, `<path fill="none" stroke="%s" stroke-width="1" opacity="%.2f" d="`, d.scene.theme.Line.Hex(), alpha)
	for _, circle := range graticule {
		down := false
		for _, p := range circle {
			x, y, z, scale := l.Project(p[0], p[1], p[2])
			here := (z > 1./distance) == near && scale > 0
			if here {
				command := 'M'
				if down {
					command = 'L'
				}
				fmt.Fprintf(d, "%c%.1f %.1f", command, x, y)
			}
			down = here
		}
	}
	d.add(`"/>`)
}

// points draws the given points in order, as the scene's drawPoints does.
func (d *drawing) points(order []int32) {
	s := d.scene
	if s.showsPictures() {
		d.pictures(order)
		return
	}
	shades := s.shades()
	for _, i := range order {
		p, shade := &s.seen[i], &shades[fogLevel(s.seen[i].depth)][s.paint(i)]
		alpha := ""
		if a := s.alpha(i); a < 240 {
			alpha = fmt.Sprintf(` opacity="%.2f"`, float32(a)/255)
		}
		d.add(`<use href="#%s" transform="translate(%.1f %.1f) scale(%.2f)" fill="%s" stroke="%s"%s/>`,
			s.groups.markers[s.groups.of[i]].Name(), p.x, p.y, p.radius, shade.fill.Hex(), shade.edge.Hex(), alpha)
	}
}

// thumbnailPixels bounds the pixels of all points' pictures in an SVG, and with them its size: of a thousand points each has
// 32 x 32; those of Shapes take 3.5 MB.
const thumbnailPixels = 1 << 20

// pictures draws the images of the given points in order, as the scene's drawPictures does.
func (d *drawing) pictures(order []int32) {
	s := d.scene
	size, rim := s.pictureSize(len(s.seen)), s.pictureRim()
	side := min(max(s.images.H, s.images.W), int(math.Sqrt(thumbnailPixels/float64(max(len(s.order), 1)))))
	palette := s.palette()
	for _, i := range order {
		p := &s.seen[i]
		d.add(`<g transform="translate(%d %d)" opacity="%.2f"><rect x="%d" y="%[4]d" width="%d" height="%[5]d" fill="%s"/><image width="%d" height="%[7]d" href="%s"/></g>`,
			int(p.x)-size/2, int(p.y)-size/2, s.pictureAlpha(i), -rim, size+2*rim, palette[s.paint(i)].Hex(), size, d.png(int(i), side, side))
	}
}

// escape makes text fit for XML.
func escape(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " ")))
}

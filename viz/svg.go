package viz

import (
	"fmt"
	"html"
	"strings"
	"unicode"
)

// Sizes of the legend of an SVG, in pixels of the page.
const (
	legendRow   = 24
	legendText  = 13
	legendMost  = 40  // entries
	letterWidth = 7.6 // about, of the text
)

// SVG returns what is seen, by the same camera, as a drawing whose points are markers, with a title and the legend below.
func (s *Scene) SVG(title string) string {
	c, theme, k := &s.canvas, s.theme, s.scale
	l := s.lens()
	s.project(&l)
	colour, entries, ramp := s.Legend()
	w, h := float32(c.W)/k, float32(c.H)/k
	legend, below := s.svgLegend(entries, ramp, w, h)

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0[1]f %.0[2]f" font-family="system-ui, sans-serif" font-size="%d">`+"\n", w, h+below, legendText)
	fmt.Fprintf(&b, "<title>%s</title>\n<defs>\n", escape(title))
	fmt.Fprintf(&b, `<radialGradient id="ball" cx="0.36" cy="0.3" r="0.75"><stop stop-color="%s"/><stop offset="1" stop-color="%s"/></radialGradient>`+"\n", theme.Lit.Hex(), theme.Shade.Hex())
	used := map[Shape]bool{}
	for _, e := range entries {
		if !used[e.Shape] {
			used[e.Shape] = true
			fmt.Fprintf(&b, `<path id="%s" fill-rule="evenodd" vector-effect="non-scaling-stroke" transform="scale(%.4f) translate(-10 -10)" d="%s"/>`+"\n", e.Shape.Name(), 1/pathUnit, e.Shape.Path())
		}
	}
	fmt.Fprintf(&b, "</defs>\n<rect width=\"%.0f\" height=\"%.0f\" fill=\"%s\"/>\n", w, h+below, theme.Back.Hex())
	fmt.Fprintf(&b, `<svg width="%.0f" height="%.0f" viewBox="0 0 %d %d">`+"\n", w, h, c.W, c.H)
	if s.ball.at > 0 {
		fmt.Fprintf(&b, `<g opacity="%.2f"><circle cx="%.1f" cy="%.1f" r="%.1f" fill="url(#ball)"/><path fill="none" stroke="%s" stroke-width="%.1f" d="%s" opacity="0.2"/></g>`+"\n",
			s.ball.at, l.cx, l.cy, l.Radius, theme.Line.Hex(), k, graticulePath(&l))
	}
	fmt.Fprintf(&b, `<g id="points" stroke-width="%.2f">`+"\n", 0.7*k)
	shades := s.shades()
	for _, i := range s.order {
		p, shade := &s.seen[i], &shades[fogLevel(s.seen[i].depth)][s.paint(i)]
		alpha := ""
		if a := s.alpha(i); a < 240 {
			alpha = fmt.Sprintf(` opacity="%.2f"`, float32(a)/255)
		}
		fmt.Fprintf(&b, `<use href="#%s" transform="translate(%.1f %.1f) scale(%.2f)" fill="%s" stroke="%s"%s/>`+"\n",
			s.groups.markers[s.groups.of[i]].Name(), p.x, p.y, p.radius, shade.fill.Hex(), shade.edge.Hex(), alpha)
	}
	fmt.Fprintf(&b, "</g>\n</svg>\n<g id=\"legend\" fill=\"%s\"><title>%s</title>\n%s</g>\n</svg>\n", theme.Ink.Hex(), escape(colour), legend)
	return b.String()
}

// svgLegend lists the groups in rows below h, w wide, and returns how high they are.
func (s *Scene) svgLegend(entries []LegendEntry, ramp *Ramp, w, h float32) (legend string, high float32) {
	var b strings.Builder
	x, y := float32(16), h+16
	room := func(width float32) {
		if x > 16 && x+width > w-16 {
			x, y = 16, y+legendRow
		}
	}
	if ramp != nil {
		stops := ramp.Light
		if s.theme == &Dark {
			stops = ramp.Dark
		}
		b.WriteString(`<linearGradient id="ramp">`)
		for i, stop := range stops {
			fmt.Fprintf(&b, `<stop offset="%.3f" stop-color="%s"/>`, float32(i)/float32(len(stops)-1), stop.Hex())
		}
		fmt.Fprintf(&b, "</linearGradient><rect x=\"46\" y=\"%.0f\" width=\"120\" height=\"10\" rx=\"5\" fill=\"url(#ramp)\"/><text x=\"16\" y=\"%.0f\">%.2g</text><text x=\"174\" y=\"%.0[3]f\">%.2[4]g</text>\n", y-5, y+5, ramp.Low, ramp.High)
		x = 220
	}
	for i, e := range entries {
		name := e.Name
		if i == legendMost {
			name = fmt.Sprintf("and %d more", len(entries)-legendMost)
		}
		width := 30 + letterWidth*float32(len([]rune(name)))
		room(width)
		if i == legendMost {
			fmt.Fprintf(&b, `<text x="%.0f" y="%.0f">%s</text>`+"\n", x, y+5, name)
			break
		}
		faint, color := "", e.Light
		if s.theme == &Dark {
			color = e.Dark
		}
		if s.groups.hidden[i] {
			faint = ` opacity="0.35"`
		}
		fmt.Fprintf(&b, `<g%s><use href="#%s" transform="translate(%.0f %.0f) scale(5.5)" fill="%s"/><text x="%.0f" y="%.0f">%s</text></g>`+"\n",
			faint, e.Shape.Name(), x+6, y, color.Hex(), x+17, y+5, escape(name))
		x += width
	}
	return b.String(), y + 16 - h
}

// graticulePath is the near half of the ball's lines.
func graticulePath(l *Lens) string {
	var b strings.Builder
	for _, circle := range graticule {
		down := false
		for _, p := range circle {
			x, y, z, scale := l.Project(p[0], p[1], p[2])
			near := z > 1./distance && scale > 0
			if near {
				command := 'M'
				if down {
					command = 'L'
				}
				fmt.Fprintf(&b, "%c%.1f %.1f", command, x, y)
			}
			down = near
		}
	}
	return b.String()
}

// escape makes text fit for XML.
func escape(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r >= 0xfffe {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " ")))
}

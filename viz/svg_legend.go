package viz

import (
	"fmt"
	"strings"
)

// Sizes of the legend of an SVG, in pixels of the page.
const (
	legendRow   = 24
	legendText  = 13
	legendMost  = 40  // entries
	letterWidth = 7.6 // about, of the text
)

// letters returns how many letters the text is wide: those of East Asia, and emoji, take two.
func letters(text string) (n int) {
	for _, r := range text {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

// shorten returns as much of the text as is no more than so many letters wide, with an ellipsis where that is not all.
func shorten(text string, most int) string {
	all := []rune(text)
	for n := len(all); letters(text) > most && n > 0; n-- {
		text = string(all[:n-1]) + "…"
	}
	return text
}

// svgLegend lists the groups and the forces in rows below h, w wide, and returns how high they are.
func (s *Scene) svgLegend(entries []LegendEntry, ramp *Ramp, w, h float32) (legend string, high float32) {
	var b strings.Builder
	x, y := float32(16), h+16
	room := func(width float32) {
		if x > 16 && x+width > w-16 {
			x, y = 16, y+legendRow
		}
	}
	if ramp != nil {
		s.writeRamp(&b, ramp, y)
		y += legendRow
	}
	for i, e := range entries {
		name := e.Name
		if i == legendMost {
			name = fmt.Sprintf("and %d more", len(entries)-legendMost)
		}
		name = shorten(name, int((w-2*16-30)/letterWidth))
		width := 30 + letterWidth*float32(letters(name))
		room(width)
		if i == legendMost {
			fmt.Fprintf(&b, `<text x="%.0f" y="%.0f">%s</text>`+"\n", x, y+5, name)
			break
		}
		faint := ""
		if s.groups.hidden[i] {
			faint = ` opacity="0.35"`
		}
		fmt.Fprintf(&b, `<g%s><use href="#%s" transform="translate(%.0f %.0f) scale(5.5)" fill="%s"/><text x="%.0f" y="%.0f">%s</text></g>`+"\n",
			faint, e.Shape.Name(), x+6, y, ofTheme(s, e.Light, e.Dark).Hex(), x+17, y+5, escape(name))
		x += width
	}
	forces, _ := s.ForceLegend()
	for _, f := range forces {
		width := 44 + letterWidth*float32(len(f.Name))
		room(width)
		fmt.Fprintf(&b, `<g><path d="M%.0f %.0fh16" stroke="%s" stroke-width="1.9"/><path d="M%.0f %.0[2]fl-7 -3.5v7Z" fill="%[3]s"/><text x="%.0[5]f" y="%.0f">%s</text></g>`+"\n",
			x, y, ofTheme(s, f.Light, f.Dark).Hex(), x+22, x+30, y+5, f.Name)
		x += width
	}
	return b.String(), y + 16 - h
}

// writeRamp writes a row at the height y: the ramp of a figure, with its ends and what it tells.
func (s *Scene) writeRamp(b *strings.Builder, ramp *Ramp, y float32) {
	stops := ofTheme(s, ramp.Light, ramp.Dark)
	b.WriteString(`<linearGradient id="ramp">`)
	for i, stop := range stops {
		fmt.Fprintf(b, `<stop offset="%.3f" stop-color="%s"/>`, float32(i)/float32(len(stops)-1), stop.Hex())
	}
	fmt.Fprintf(b, "</linearGradient><rect x=\"46\" y=\"%.0f\" width=\"120\" height=\"10\" rx=\"5\" fill=\"url(#ramp)\"/><text x=\"16\" y=\"%.0f\">%.2g</text><text x=\"174\" y=\"%.0[2]f\">%.2[4]g: %s</text>\n",
		y-5, y+5, ramp.Low, ramp.High, ramp.What)
}

// ofTheme returns the one of two that suits the scene's theme.
func ofTheme[T any](s *Scene, light, dark T) T {
	if s.theme == &Dark {
		return dark
	}
	return light
}

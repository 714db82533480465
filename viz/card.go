package viz

import (
	"fmt"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
)

// drawFocus draws the point in focus larger, and a card with its picture and label beside it.
func (s *Scene) drawFocus(to pen) {
	i, class := s.Focus()
	if i < 0 || s.seen[i].radius == 0 {
		return
	}
	p, k := s.seen[i], s.scale
	group := s.groups.of[i]
	fill := s.color(i)
	to.marker(s.groups.markers[group], p.x, p.y, min(max(1.7*p.radius, 6*k), maxRadius), 1.5*k, fill, s.theme.Ink, 1)

	big, small := 13.5*k, 11.5*k
	icon, pad := 16*k, 9*k
	most := min(160*k, float32(s.canvas.W)-2*pad) // a long name must not hide the other points
	title, detail := cut(s.faces.at(big), s.Label(class), most-icon), cut(s.faces.at(small), s.detail(i), most)
	picture := s.pictureSide()
	w := max(picture, icon+width(s.faces.at(big), title), width(s.faces.at(small), detail)) + 2*pad
	h := picture + 2*pad + 38*k
	x, y := s.cardCorner(p, w, h)
	to.roundRect(x, y+3*k, w, h, 8*k, 14*k, Color{}, 0.22)
	to.roundRect(x, y, w, h, 8*k, 1, s.theme.Line.mix(s.theme.Card, 0.5), 1)
	to.roundRect(x+1, y+1, w-2, h-2, 8*k-1, 1, s.theme.Card, 1)
	to.image(i, floor(x+(w-picture)/2), floor(y+pad), picture)
	to.marker(s.groups.markers[group], x+pad+5*k, y+picture+pad+14*k, 5*k, 0, fill, fill, 1)
	to.text(big, s.theme.Ink, x+pad+icon, y+picture+pad+18.5*k, title)
	to.text(small, s.theme.Faint, x+pad, y+picture+pad+36*k, detail)
}

// detail is what the card says besides the class.
func (s *Scene) detail(i int) string {
	switch {
	case s.figure.knows(i) && s.colour == "agreement":
		return fmt.Sprintf("%.0f%% of neighbours agree", 100*s.figure.values[i])
	case s.figure.knows(i):
		return fmt.Sprintf("%s %.2f of chance", s.colour, s.figure.values[i])
	case s.colour != Class && !s.measured():
		return s.colour + ": " + s.groups.names[s.groups.of[i]]
	}
	return fmt.Sprintf("image %d", i)
}

// pictureSide is the side of the card's picture in pixels: a multiple of the image's own, about 100 pixels of the page.
func (s *Scene) pictureSide() float32 {
	side := max(s.images.H, s.images.W, 1)
	return float32(max(int(104*s.scale)/side, 1) * side)
}

// cardCorner places the card right above the point, or on its other sides where the picture ends.
func (s *Scene) cardCorner(p spot, w, h float32) (x, y float32) {
	gap := p.radius + 12*s.scale
	x, y = p.x+gap, p.y-gap-h
	if x+w > float32(s.canvas.W) {
		x = p.x - gap - w
	}
	if y < 0 {
		y = p.y + gap
	}
	x = min(max(x, 0), max(float32(s.canvas.W)-w, 0))
	return floor(x), floor(min(max(y, 0), max(float32(s.canvas.H)-h, 0)))
}

// faces keeps the one font at the sizes in use, by size in pixels.
type faces map[float32]font.Face

var goRegular = func() *opentype.Font {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(err) // the font is compiled in
	}
	return f
}()

func (f faces) at(size float32) font.Face {
	face := f[size]
	if face == nil {
		var err error
		face, err = opentype.NewFace(goRegular, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			panic(err)
		}
		f[size] = face
	}
	return face
}

// cut returns as much of the text as is no wider than most, with an ellipsis where that is not all.
func cut(f font.Face, text string, most float32) string {
	letters := []rune(text)
	for n := len(letters); width(f, text) > most && n > 0; n-- {
		text = string(letters[:n-1]) + "…"
	}
	return text
}

func width(f font.Face, text string) float32 { return float32(font.MeasureString(f, text)) / 64 }

package data

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
)

// looked is the number of images by which the order of colours is told.
const looked = 100

// whites are the values that white may have: of fractions, of UCI's digits of 8x8 pixels, of bytes.
var whites = []float64{1, 16, 255}

// scan reads the table for what must be known before pixels are kept: how many images there are, their labels, and what
// their numbers mean.
func (t *pixelTable) scan(o Options) error {
	in, err := t.open()
	if err != nil {
		return err
	}
	defer in.Close()
	var greatest, apart, together float64
	image := make([]float64, 0, len(t.pixel))
	for {
		row, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for _, c := range t.candidates {
			c.add(in)
		}
		if t.part >= 0 {
			t.parts = append(t.parts, partOf(string(row[t.part])))
		}
		if t.n++; t.n <= looked || greatest <= whites[1] {
			image = image[:0]
			for i := range row {
				if !t.pixel[i] {
					continue
				}
				v, err := in.pixel(i, whites[2])
				if err != nil {
					return err
				}
				image, greatest = append(image, v), max(greatest, v)
			}
			if t.c == 3 && t.n <= looked {
				a, b := unlike(image, t.side)
				apart, together = apart+a, together+b
			}
		}
		if _, err := o.fits(t.n, t.side*t.side*t.c); err != nil {
			return err
		}
	}
	if t.n == 0 {
		return fmt.Errorf("%s holds no images: there is no line of pixels below that of names", t.name())
	}
	if err := t.choose(); err != nil {
		return err
	}
	t.white = whites[slices.IndexFunc(whites, func(w float64) bool { return greatest <= w })]
	t.planes = apart < together
	t.orderByNames()
	return nil
}

// orderByNames sets the order of colours where the names of the pixels tell it.
func (t *pixelTable) orderByNames() {
	if t.header == nil || t.c == 1 {
		return
	}
	var names []string
	for i, name := range t.header {
		if t.pixel[i] {
			names = append(names, name)
		}
	}
	switch {
	case colour(names[0]) != 0:
	case colour(names[1]) == 1:
		t.planes = false
	case colour(names[t.side*t.side]) == 1:
		t.planes = true
	}
}

// open opens the table at its first image.
func (t *pixelTable) open() (*cells, error) {
	in, err := t.files.cells(t.number)
	if err != nil {
		return nil, err
	}
	if t.header != nil {
		if _, err = in.next(); err != nil {
			in.Close()
			return nil, err
		}
	}
	in.packing, in.row = t.packing, make([][]byte, len(t.pixel))
	return in, nil
}

// divide returns the images to learn from and those to test on, as a column tells them, nil for the latter where none does
// or one part is all there is.
func (t *pixelTable) divide() (learn, check *pixelTable) {
	test := testPart(t.parts, func(p int8) int8 { return p })
	if test == unknown || !slices.ContainsFunc(t.parts, func(p int8) bool { return p == unknown || p == toTrain }) {
		t.parts = nil
		return t, nil
	}
	for i, p := range t.parts {
		if p == unknown {
			t.parts[i] = toTrain
		}
	}
	return t.only(toTrain), t.only(test)
}

// only returns the images of a part.
func (t *pixelTable) only(part int8) *pixelTable {
	o := *t
	o.of, o.n, o.labels = part, 0, nil
	for i, p := range t.parts {
		if p != part {
			continue
		}
		o.n++
		if t.labels != nil {
			o.labels = append(o.labels, t.labels[i])
		}
	}
	return &o
}

// rows returns the images, read from in; each is told to done.
func (t *pixelTable) rows(in *cells, done func()) *rows {
	plane, line := t.side*t.side, 0
	return &rows{n: t.n, h: t.side, w: t.side, c: t.c, labels: t.labels, read: func(dst []uint8) error {
		row, err := in.next()
		for ; err == nil && t.parts != nil && t.parts[line] != t.of; line++ {
			row, err = in.next()
		}
		if err != nil {
			return err
		}
		line++
		k := 0
		for i := range row {
			if !t.pixel[i] {
				continue
			}
			v, err := in.pixel(i, t.white)
			if err != nil {
				return err
			}
			at := k
			if t.planes {
				at = k%plane*3 + k/plane
			}
			dst[at] = uint8(v*(255/t.white) + 0.5)
			k++
		}
		done()
		return nil
	}}
}

// note tells how the table was read.
func (t *pixelTable) note() string {
	pixels := "gray pixels"
	if t.planes {
		pixels = "pixels, first all red values, then green, then blue,"
	} else if t.c == 3 {
		pixels = "pixels, each red, green and blue side by side,"
	}
	text := fmt.Sprintf("Each line of %s is an image of %dx%d %s from 0 to %g", t.name(), t.side, t.side, pixels, t.white)
	if t.label >= 0 {
		text += fmt.Sprintf("; %s is its label", t.place(t.label))
	}
	if t.parts != nil {
		text += fmt.Sprintf("; %s tells its part", t.place(t.part))
	}
	if t.unused != nil {
		text += "; not used: " + list(t.unused)
	}
	return text + "."
}

// unlike returns how much an image's pixels differ from those below, if its colours are planes and if the colours of a pixel
// stand together. Both orders are in use, and the wrong one takes pixels that are further apart for neighbours.
func unlike(image []float64, side int) (planes, together float64) {
	for i := range len(image) - 3*side {
		planes += math.Abs(image[i] - image[i+side])
		together += math.Abs(image[i] - image[i+3*side])
	}
	return planes, together
}

// colour returns which of red, green and blue the name of a column tells, as g0 and pixel_0_green do; -1 for none.
func colour(name string) int {
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		for i, colour := range []string{"red", "green", "blue"} {
			if word == colour || word == colour[:1] {
				return i
			}
		}
	}
	return -1
}

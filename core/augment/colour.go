package augment

import "math"

// Kind names a change of colour.
type Kind uint8

const (
	Brightness Kind = iota // factor times the image
	Contrast               // blends with the mean of the gray image: factor·x + (1-factor)·mean
	Saturation             // blends with the gray image; nothing on a gray image
	Hue                    // turns the hue (HSV) by factor turns; nothing on a gray image
	Gray                   // the gray image in every channel; the factor does not count
)

// Change is one change of colour by a factor: 1, or for the hue 0, changes nothing.
type Change struct {
	Kind   Kind
	Factor float32
}

// The weights of red, green and blue in gray.
const grayR, grayG, grayB = 0.2989, 0.587, 0.114

// Recolour makes the changes one after the other, in place, limiting the result of each to 0 and 1. Each is a loop of
// its own: switching within one loop over the pixels costs more than the passes do, as an image lies in the nearest cache.
func Recolour(img Image, changes ...Change) {
	same("Recolour", img, img)
	colour := img.C == 3
	for _, change := range changes {
		f := change.Factor
		switch {
		case change.Kind == Brightness:
			scale(img.Pix, f, 0)
		case change.Kind == Contrast:
			scale(img.Pix, f, (1-f)*grayMean(img))
		case change.Kind == Saturation && colour:
			saturate(img.Pix, f)
		case change.Kind == Hue && colour:
			turnHue(img.Pix, f)
		case change.Kind == Gray && colour:
			makeGray(img.Pix)
		}
	}
}

// scale replaces each number x by f·x + m.
func scale(pix []float32, f, m float32) {
	for i, v := range pix {
		pix[i] = clamp(f*v + m)
	}
}

// saturate blends each pixel with its gray.
func saturate(pix []float32, f float32) {
	for ; len(pix) >= 3; pix = pix[3:] {
		r, g, b := pix[0], pix[1], pix[2]
		m := (1 - f) * (grayR*r + grayG*g + grayB*b)
		pix[0], pix[1], pix[2] = clamp(f*r+m), clamp(f*g+m), clamp(f*b+m)
	}
}

// makeGray replaces each pixel by its gray.
func makeGray(pix []float32) {
	for ; len(pix) >= 3; pix = pix[3:] {
		v := grayR*pix[0] + grayG*pix[1] + grayB*pix[2]
		pix[0], pix[1], pix[2] = v, v, v
	}
}

// turnHue turns the hue of each pixel by a number of turns from -1 to 1. The largest and the smallest channel keep their
// values and may change places; the third lies between them by the fraction of the hue's sixth of the circle. Which is
// which is looked up and not branched on, since the colours of pictures mislead the processor's guesses.
func turnHue(pix []float32, turns float32) {
	turn := 6 * turns
	if turn < 0 {
		turn += 6
	}
	whole := int32(turn)
	part := turn - float32(whole) + 1 // 1 more, so that hues are not negative
	for ; len(pix) >= 3; pix = pix[3:] {
		// Bits of numbers that are not negative have the order of the numbers.
		r, g, b := math.Float32bits(pix[0]), math.Float32bits(pix[1]), math.Float32bits(pix[2])
		top := max(r, g, b)
		hi, lo := math.Float32frombits(top), math.Float32frombits(min(r, g, b))
		d := hi - lo
		if d == 0 {
			continue
		}
		x, y, sixth := g, b, whole // the hue's distance from red is that of green and blue, and so on
		if b == top {
			x, y, sixth = r, g, whole+4
		}
		if g == top {
			x, y, sixth = b, r, whole+2
		}
		h := (math.Float32frombits(x)-math.Float32frombits(y))/d + part
		n := int32(h)
		f := d * (h - float32(n))
		value := [4]float32{hi, lo, lo + f, hi - f}
		from := &sixths[uint32(sixth+n+5)%6]
		pix[0], pix[1], pix[2] = value[from[0]&3], value[from[1]&3], value[from[2]&3]
	}
}

// sixths tells for each sixth of the circle whether red, green and blue are the largest channel, 0, the smallest, 1,
// the one that rises above the smallest, 2, or the one that falls from the largest, 3.
var sixths = [6][3]uint8{{0, 2, 1}, {3, 0, 1}, {1, 0, 2}, {1, 3, 0}, {2, 1, 0}, {0, 1, 3}}

// grayMean returns the mean of the gray image.
func grayMean(img Image) float32 {
	n := img.H * img.W
	sum := 0.0
	if img.C == 3 {
		for p := img.Pix; len(p) >= 3; p = p[3:] {
			sum += float64(grayR*p[0] + grayG*p[1] + grayB*p[2])
		}
	} else {
		for _, v := range img.Pix {
			sum += float64(v)
		}
	}
	return float32(sum / float64(n))
}

// Jitter changes brightness, contrast and saturation by factors from 1-x to 1+x, but not below 0, and the hue by -x to
// +x turns, in random order.
type Jitter struct{ Brightness, Contrast, Saturation, Hue float32 }

func (o Jitter) apply(v *view) {
	r := &v.random
	v.Brightness, v.Contrast, v.Saturation = v.around(o.Brightness), v.around(o.Contrast), v.around(o.Saturation)
	v.Hue = r.Uniform(-o.Hue, o.Hue)
	all := [4]Change{{Brightness, v.Brightness}, {Contrast, v.Contrast}, {Saturation, v.Saturation}, {Hue, v.Hue}}
	var order [4]int32
	r.Permute(order[:])
	var list [4]Change
	for i, k := range order {
		list[i] = all[k]
	}
	Recolour(v.edit(), list[:]...)
	if v.now.C == 1 {
		v.Saturation, v.Hue = 1, 0
	}
}

// ToGray makes every channel the gray image.
type ToGray struct{}

func (ToGray) apply(v *view) {
	Recolour(v.edit(), Change{Kind: Gray})
	v.Gray = true
}

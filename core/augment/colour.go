package augment

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

// Recolour makes the changes one after the other, in place, limiting the result of each to 0 and 1. It passes over the
// image once, and twice more for each change of contrast, which has to know the mean.
func Recolour(img Image, changes ...Change) {
	same("Recolour", img, img)
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].Kind != Contrast {
			n++
		}
		var mean float32
		if changes[0].Kind == Contrast {
			mean = grayMean(img)
		}
		if img.C == 3 {
			recolour3(img.Pix, changes[:n], mean)
		} else {
			recolour1(img.Pix, changes[:n], mean)
		}
		changes = changes[n:]
	}
}

func recolour3(pix []float32, changes []Change, mean float32) {
	for ; len(pix) >= 3; pix = pix[3:] {
		r, g, b := pix[0], pix[1], pix[2]
		for _, change := range changes {
			f := change.Factor
			switch change.Kind {
			case Brightness:
				r, g, b = clamp(f*r), clamp(f*g), clamp(f*b)
			case Contrast:
				m := (1 - f) * mean
				r, g, b = clamp(f*r+m), clamp(f*g+m), clamp(f*b+m)
			case Saturation:
				m := (1 - f) * (grayR*r + grayG*g + grayB*b)
				r, g, b = clamp(f*r+m), clamp(f*g+m), clamp(f*b+m)
			case Hue:
				r, g, b = turnHue(r, g, b, f)
			case Gray:
				r = grayR*r + grayG*g + grayB*b
				g, b = r, r
			}
		}
		pix[0], pix[1], pix[2] = r, g, b
	}
}

func recolour1(pix []float32, changes []Change, mean float32) {
	for _, change := range changes {
		f, m := change.Factor, float32(0)
		switch change.Kind {
		case Brightness:
		case Contrast:
			m = (1 - f) * mean
		default:
			continue
		}
		for i, v := range pix {
			pix[i] = clamp(f*v + m)
		}
	}
}

// turnHue turns the hue of a colour by a number of turns from -1 to 1.
func turnHue(r, g, b, turns float32) (float32, float32, float32) {
	hi, lo := r, r
	if g > hi {
		hi = g
	}
	if b > hi {
		hi = b
	}
	if g < lo {
		lo = g
	}
	if b < lo {
		lo = b
	}
	d := hi - lo
	if d == 0 {
		return r, g, b
	}
	h := 6 * turns // in sixths of the circle
	switch hi {
	case r:
		h += (g - b) / d
	case g:
		h += (b-r)/d + 2
	default:
		h += (r-g)/d + 4
	}
	if h < 0 {
		h += 6
	}
	if h >= 6 {
		h -= 6
	}
	sector := int(h)
	f := d * (h - float32(sector))
	switch sector {
	case 0:
		return hi, lo + f, lo
	case 1:
		return hi - f, hi, lo
	case 2:
		return lo, hi, lo + f
	case 3:
		return lo, hi - f, hi
	case 4:
		return lo + f, lo, hi
	case 5:
		return hi, lo, hi - f
	}
	return hi, lo, lo // a hue rounded up to the full circle
}

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

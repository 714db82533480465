package augment

import "pushpull/core/kernel"

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

// Recolour makes the changes one after the other, in place, limiting the result of each to 0 and 1. Each is a loop of
// its own: switching within one loop over the pixels costs more than the passes do, as an image lies in the nearest cache.
func Recolour(img Image, changes ...Change) {
	same("Recolour", img, img)
	colour := img.C == 3
	for _, change := range changes {
		f := change.Factor
		switch {
		case change.Kind == Brightness:
			kernel.ScaleClamp(img.Pix, f, 0)
		case change.Kind == Contrast:
			kernel.ScaleClamp(img.Pix, f, (1-f)*grayMean(img))
		case change.Kind == Saturation && colour:
			kernel.Saturate(img.Pix, f)
		case change.Kind == Hue && colour:
			kernel.TurnHue(img.Pix, f)
		case change.Kind == Gray && colour:
			kernel.ToGray(img.Pix)
		}
	}
}

// grayMean returns the mean of the gray image.
func grayMean(img Image) float32 {
	n := img.H * img.W
	sum := 0.0
	if img.C == 3 {
		for p := img.Pix; len(p) >= 3; p = p[3:] {
			sum += float64(kernel.GrayR*p[0] + kernel.GrayG*p[1] + kernel.GrayB*p[2])
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
	v.Gray = v.now.C == 3
}

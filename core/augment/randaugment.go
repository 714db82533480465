package augment

// RandomKind names an operation that RandAugment and TrivialAugment draw.
type RandomKind uint8

// The operations. None is no operation, the end of a list.
const (
	None RandomKind = iota
	RandomAutoContrast
	RandomEqualize
	RandomInvert
	RandomPosterize
	RandomSolarize
	RandomBrightness
	RandomContrast
	RandomColour
	RandomSharpness
	RandomRotate
	RandomShearX
	RandomShearY
	RandomTranslateX
	RandomTranslateY

	randomKinds
)

// Applied is an operation with the strength it had, in the unit of the kind: levels that are inverted or kept, factors,
// degrees, pixels.
type Applied struct {
	Kind     RandomKind
	Strength float32
}

// maxRandom is the largest number of operations drawn for a view, and maxMagnitude the strongest they can be.
const (
	maxRandom    = 8
	maxMagnitude = 30
)

// RandAugment applies N operations, drawn with equal chances and with replacement, of a magnitude from 0, none, to 30 (Cubuk
// et al. 2020). What can go either way does so with equal chances.
type RandAugment struct {
	N         int
	Magnitude float32
}

func (o RandAugment) apply(v *view) {
	for i := range min(o.N, maxRandom) {
		v.Random[i] = v.apply(RandomKind(1+v.random.IntN(int(randomKinds)-1)), o.Magnitude/maxMagnitude)
	}
}

// TrivialAugment applies one operation, or none, of a random magnitude (Müller and Hutter 2021).
type TrivialAugment struct{}

func (TrivialAugment) apply(v *view) {
	if kind := RandomKind(v.random.IntN(int(randomKinds))); kind != None {
		v.Random[0] = v.apply(kind, float32(v.random.IntN(maxMagnitude+1))/maxMagnitude)
	}
}

// apply makes the operation with magnitude m from 0 to 1. The ranges are those of RandAugment's paper.
func (v *view) apply(kind RandomKind, m float32) Applied {
	signed := m
	if kind >= RandomBrightness && v.random.Bool(0.5) {
		signed = -m
	}
	var strength float32
	switch kind {
	case RandomAutoContrast:
		img := v.edit()
		AutoContrast(img, img)
	case RandomEqualize:
		img := v.edit()
		Equalize(img, img)
	case RandomInvert:
		img := v.edit()
		Invert(img, img)
	case RandomPosterize:
		bits := 8 - int(4*m+0.5)
		strength = float32(bits)
		if bits < 8 { // all 8 are the image as it is, which need not consist of 256 levels
			img := v.edit()
			Posterize(img, img, bits)
		}
	case RandomSolarize:
		strength = 1 - m
		if m > 0 {
			img := v.edit()
			Solarize(img, img, strength)
		}
	case RandomBrightness, RandomContrast, RandomColour:
		strength = 1 + 0.9*signed
		Recolour(v.edit(), Change{Brightness + Kind(kind-RandomBrightness), strength})
	case RandomSharpness:
		strength = 1 + 0.9*signed
		Sharpness(v.free, v.now, strength)
		v.next()
	case RandomRotate:
		strength = 30 * signed
		v.affine(Rotation(strength))
	case RandomShearX:
		strength = 0.3 * signed
		v.affine(Shear(strength, 0))
	case RandomShearY:
		strength = 0.3 * signed
		v.affine(Shear(0, strength))
	case RandomTranslateX:
		strength = 0.45 * signed * float32(v.now.W)
		v.affine(Translation(strength, 0))
	case RandomTranslateY:
		strength = 0.45 * signed * float32(v.now.H)
		v.affine(Translation(0, strength))
	}
	return Applied{kind, strength}
}

package augment

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/random"
)

// TestEveryRandomOperationActs: none of the list leaves the picture as it is, and each is the operation of its name.
func TestEveryRandomOperationActs(t *testing.T) {
	sizes := [randomKinds]float64{RandomPosterize: 5, RandomSolarize: 0.3, RandomBrightness: 0.63, RandomContrast: 0.63, RandomColour: 0.63,
		RandomSharpness: 0.63, RandomRotate: 21, RandomShearX: 0.21, RandomShearY: 0.21, RandomTranslateX: 0.315 * 20, RandomTranslateY: 0.315 * 16}
	src := picture(16, 20, 3, 1)
	for i, v := range src.Pix { // no full range, so that stretching has something to do
		src.Pix[i] = 0.2 + 0.5*v
	}
	for kind := None + 1; kind < randomKinds; kind++ {
		v := &view{Record: Untouched(16, 20), now: src, free: NewImage(16, 20, 3), spare: NewImage(16, 20, 3), random: random.New(3, uint64(kind))}
		did := v.apply(kind, 0.7)
		if slices.Equal(v.now.Pix, src.Pix) || did.Kind != kind {
			t.Errorf("operation %d, %v, changes nothing", kind, did)
		}
		want := NewImage(16, 20, 3)
		copy(want.Pix, src.Pix)
		s := did.Strength
		size := s
		if kind >= RandomBrightness && kind < RandomRotate {
			size-- // from the factor that changes nothing
		}
		if want := sizes[kind]; math.Abs(math.Abs(float64(size))-want) > 1e-5 {
			t.Errorf("operation %d has the strength %v at 0.7 of the range, want %v", kind, s, want)
		}
		switch kind {
		case RandomAutoContrast:
			AutoContrast(want, want)
		case RandomEqualize:
			Equalize(want, want)
		case RandomInvert:
			Invert(want, want)
		case RandomPosterize:
			Posterize(want, want, int(s))
		case RandomSolarize:
			Solarize(want, want, s)
		case RandomBrightness:
			Recolour(want, Change{Brightness, s})
		case RandomContrast:
			Recolour(want, Change{Contrast, s})
		case RandomColour:
			Recolour(want, Change{Saturation, s})
		case RandomSharpness:
			Sharpness(want, src, s)
		default:
			Affine(want, src, map[RandomKind]Matrix{RandomRotate: Rotation(s), RandomShearX: Shear(s, 0), RandomShearY: Shear(0, s),
				RandomTranslateX: Translation(s, 0), RandomTranslateY: Translation(0, s)}[kind], true)
		}
		if !slices.Equal(v.now.Pix, want.Pix) {
			t.Errorf("operation %d, %v, is another one", kind, did)
		}
	}
}

// TestNoMagnitudeChangesNothing, except by the operations that have no strength.
func TestNoMagnitudeChangesNothing(t *testing.T) {
	src := picture(12, 12, 3, 2)
	for kind := None + 1; kind < randomKinds; kind++ {
		if kind == RandomAutoContrast || kind == RandomEqualize || kind == RandomInvert {
			continue
		}
		v := &view{Record: Untouched(12, 12), now: src, free: NewImage(12, 12, 3), spare: NewImage(12, 12, 3), random: random.New(3, uint64(kind))}
		v.apply(kind, 0)
		for i, x := range v.now.Pix {
			if math.Abs(float64(x-src.Pix[i])) > 2e-6 {
				t.Errorf("operation %d of magnitude 0: pixel %d is %v, was %v", kind, i, x, src.Pix[i])
				break
			}
		}
		if v.Place != identity {
			t.Errorf("operation %d of magnitude 0 moves the picture: %v", kind, v.Place)
		}
	}
}

// TestRandomOperationsOccurAlike: all are drawn as often, in both directions, and so many a view.
func TestRandomOperationsOccurAlike(t *testing.T) {
	src, dst := picture(8, 8, 3, 3), NewImage(8, 8, 3)
	for name, tc := range map[string]struct {
		op    Op
		n     int
		kinds RandomKind
	}{
		"rand":    {RandAugment{3, 15}, 3, randomKinds - 1},
		"trivial": {TrivialAugment{}, 1, randomKinds},
	} {
		var count [randomKinds]int
		var up [randomKinds]int
		const views = 7000
		for i := range uint64(views) {
			r := random.New(4, i)
			rec := Pipeline{{1, tc.op}}.View(dst, src, &r, new(Scratch))
			for k, did := range rec.Random {
				if k < tc.n {
					count[did.Kind]++
				} else if did.Kind != None {
					t.Fatalf("%s: operation %d of %d", name, k+1, tc.n)
				}
				if did.Strength > 1 || did.Strength > 0 && did.Kind >= RandomRotate {
					up[did.Kind]++
				}
			}
		}
		for kind := range randomKinds {
			want := float64(views*tc.n) / float64(tc.kinds)
			if kind == None && tc.kinds < randomKinds {
				want = 0
			}
			if math.Abs(float64(count[kind])-want) > 5*math.Sqrt(want) {
				t.Errorf("%s: operation %d is drawn %d times, want about %.0f", name, kind, count[kind], want)
			}
			if kind >= RandomBrightness && (up[kind] < count[kind]*2/5 || up[kind] > count[kind]*3/5) {
				t.Errorf("%s: operation %d goes up %d of %d times", name, kind, up[kind], count[kind])
			}
		}
	}
}

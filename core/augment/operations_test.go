package augment

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/random"
)

func TestFlipsUndoThemselves(t *testing.T) {
	for _, size := range [][3]int{{4, 6, 3}, {5, 7, 1}, {1, 1, 3}, {3, 1, 3}} {
		src := picture(size[0], size[1], size[2], 1)
		for name, flip := range map[string]func(dst, src Image){"FlipH": FlipH, "FlipV": FlipV, "Invert twice": Invert} {
			apart, place := NewImage(size[0], size[1], size[2]), NewImage(size[0], size[1], size[2])
			flip(apart, src)
			copy(place.Pix, src.Pix)
			flip(place, place)
			if !slices.Equal(apart.Pix, place.Pix) {
				t.Errorf("%s of %v: in place it is another image", name, size)
			}
			flip(place, place)
			for i, v := range place.Pix {
				if math.Abs(float64(v-src.Pix[i])) > 1e-7 {
					t.Fatalf("%s of %v: pixel %d is %v after two, was %v", name, size, i, v, src.Pix[i])
				}
			}
		}
	}
}

// TestStrengthOfNothing: the strength of each operation that changes nothing.
func TestStrengthOfNothing(t *testing.T) {
	src := picture(9, 8, 3, 2)
	var s Scratch
	recolour := func(c Change) func(dst Image) {
		return func(dst Image) {
			copy(dst.Pix, src.Pix)
			Recolour(dst, c)
		}
	}
	for name, do := range map[string]func(dst Image){
		"brightness": recolour(Change{Brightness, 1}),
		"contrast":   recolour(Change{Contrast, 1}),
		"saturation": recolour(Change{Saturation, 1}),
		"hue":        recolour(Change{Hue, 0}),
		"full turn":  recolour(Change{Hue, 1}),
		"crop":       func(dst Image) { ResizedCrop(dst, src, Box{0, 0, 9, 8}, true, &s) },
		"plain crop": func(dst Image) { ResizedCrop(dst, src, Box{0, 0, 9, 8}, false, &s) },
		"rotate":     func(dst Image) { Affine(dst, src, Rotation(0), true) },
		"nearest":    func(dst Image) { Affine(dst, src, Rotation(0), false) },
		"blur":       func(dst Image) { GaussianBlur(dst, src, 5, 5, 0.01, &s) },
		"sharpness":  func(dst Image) { Sharpness(dst, src, 1) },
		"solarize":   func(dst Image) { Solarize(dst, src, 1.01) },
		"normalize":  func(dst Image) { Normalize(dst, src, []float32{0, 0, 0}, []float32{1, 1, 1}) },
	} {
		dst := NewImage(9, 8, 3)
		do(dst)
		for i, v := range dst.Pix {
			if math.Abs(float64(v-src.Pix[i])) > 2e-6 {
				t.Errorf("%s: pixel %d is %v, want %v", name, i, v, src.Pix[i])
				break
			}
		}
	}
}

func TestQuarterTurnMovesPixels(t *testing.T) {
	src := picture(6, 6, 3, 3)
	for _, bilinear := range []bool{false, true} {
		dst := NewImage(6, 6, 3)
		Affine(dst, src, Rotation(90), bilinear) // counter-clockwise: the right column becomes the top row
		for j := range 6 {
			if got, want := dst.Pix[j*3], src.Pix[(j*6+5)*3]; math.Abs(float64(got-want)) > 1e-5 {
				t.Errorf("bilinear %v: top row, column %d is %v, want %v", bilinear, j, got, want)
			}
		}
	}
}

// TestHueAgainstPlainHSV compares the branch-free rotation with the six cases of the textbook in float64.
func TestHueAgainstPlainHSV(t *testing.T) {
	r := random.New(4)
	for range 20000 {
		var rgb [3]float32
		for k := range rgb {
			rgb[k] = float32(r.IntN(9)) / 8 // ties are frequent
		}
		turns := r.Uniform(-1, 1)
		img := Image{1, 1, 3, []float32{rgb[0], rgb[1], rgb[2]}}
		Recolour(img, Change{Hue, turns})
		want := plainHue([3]float64{float64(rgb[0]), float64(rgb[1]), float64(rgb[2])}, float64(turns))
		for k, v := range img.Pix {
			if math.Abs(float64(v)-want[k]) > 2e-6 {
				t.Fatalf("%v turned by %v is %v, want %v", rgb, turns, img.Pix, want)
			}
		}
	}
}

func plainHue(c [3]float64, turns float64) [3]float64 {
	hi, lo := max(c[0], c[1], c[2]), min(c[0], c[1], c[2])
	if hi == lo {
		return c
	}
	var h float64
	switch hi {
	case c[0]:
		h = math.Mod((c[1]-c[2])/(hi-lo)+6, 6)
	case c[1]:
		h = 2 + (c[2]-c[0])/(hi-lo)
	default:
		h = 4 + (c[0]-c[1])/(hi-lo)
	}
	h = math.Mod(h+6*turns+12, 6)
	x := (hi - lo) * (1 - math.Abs(math.Mod(h, 2)-1))
	return [][3]float64{{hi, lo + x, lo}, {lo + x, hi, lo}, {lo, hi, lo + x}, {lo, lo + x, hi}, {lo + x, lo, hi}, {hi, lo, lo + x}}[int(h)%6]
}

func TestGrayImagesHaveNoHue(t *testing.T) {
	src := picture(4, 4, 1, 5)
	img := NewImage(4, 4, 1)
	copy(img.Pix, src.Pix)
	Recolour(img, Change{Hue, 0.3}, Change{Saturation, 2}, Change{Kind: Gray})
	if !slices.Equal(img.Pix, src.Pix) {
		t.Error("hue, saturation or gray changed a gray image")
	}
	Recolour(img, Change{Brightness, 0.5})
	if img.Pix[3] != 0.5*src.Pix[3] {
		t.Errorf("brightness 0.5 made %v of %v", img.Pix[3], src.Pix[3])
	}
}

// TestFlatChannelsStay: what rounding makes of a channel of one value is no contrast to be stretched.
func TestFlatChannelsStay(t *testing.T) {
	src := NewImage(32, 32, 3)
	for i := range src.Pix {
		src.Pix[i] = [3]float32{200.0 / 255, 0.7, 0}[i%3]
	}
	for i := range uint64(30) {
		view, flat, r := NewImage(32, 32, 3), NewImage(32, 32, 3), random.New(1, i)
		Pipeline{{1, Crop{[2]float32{0.2, 0.9}, Ratio}}}.View(view, src, &r, new(Scratch))
		AutoContrast(flat, view)
		for j, v := range flat.Pix {
			if d := v - src.Pix[j]; d > 1e-5 || d < -1e-5 {
				t.Fatalf("crop %d: number %d of a flat channel is %v, was %v", i, j, v, src.Pix[j])
			}
		}
	}
}

// TestEqualizeSpreadsLevels: as many levels of as many pixels each become steps of one height, the darkest black.
func TestEqualizeSpreadsLevels(t *testing.T) {
	m := NewImage(4, 1020, 1)
	for i := range m.Pix {
		m.Pix[i] = float32(100+10*(i%4)) / 255
	}
	Equalize(m, m)
	for i, v := range m.Pix {
		if want := float32(i%4) / 3; math.Abs(float64(v-want)) > 0.5/255 {
			t.Fatalf("level %d of 4 became %v, want %v", i%4, v, want)
		}
	}
}

func TestNormalize(t *testing.T) {
	for _, c := range []int{1, 3} {
		mean, std := []float32{0.5, 0.25, 0.125}[:c], []float32{0.25, 0.5, 2}[:c]
		src, dst := picture(3, 5, c, 1), NewImage(3, 5, c)
		Normalize(dst, src, mean, std)
		for i, v := range dst.Pix {
			if want := (src.Pix[i] - mean[i%c]) / std[i%c]; math.Abs(float64(v-want)) > 1e-6 {
				t.Fatalf("%d channels: number %d is %v, want %v", c, i, v, want)
			}
		}
	}
}

// TestOneLevelIsStretched: two neighbouring levels of an image file become 0 and 1.
func TestOneLevelIsStretched(t *testing.T) {
	m := Image{1, 2, 1, []float32{100.0 / 255, 101.0 / 255}}
	if AutoContrast(m, m); m.Pix[0] != 0 || m.Pix[1] != 1 {
		t.Errorf("stretched to %v", m.Pix)
	}
}

func TestRandomBoxWithoutFit(t *testing.T) {
	r := random.New(6)
	scale, ratio := [2]float32{1, 1}, [2]float32{3.0 / 4, 4.0 / 3}
	for _, c := range []struct {
		h, w int
		want Box
	}{
		{10, 40, Box{0, 13, 10, 13}}, // too wide: the middle, at the widest ratio
		{40, 10, Box{13, 0, 13, 10}},
	} {
		if got := RandomBox(c.h, c.w, scale, ratio, &r); got != c.want {
			t.Errorf("%dx%d: %v, want %v", c.h, c.w, got, c.want)
		}
	}
}

// TestCutMixReadsWhatWas: with each image the other's partner, both boxes come from the images as they were.
func TestCutMixReadsWhatWas(t *testing.T) {
	src := []float32{1, 2, 3, 4, 5, 6, 7, 8} // two images of 2x2
	dst := make([]float32, 8)
	lambda := CutMix(dst, src, []int32{1, 0}, 2, 2, 1, Box{0, 1, 2, 1})
	if want := []float32{1, 6, 3, 8, 5, 2, 7, 4}; !slices.Equal(dst, want) || lambda != 0.5 {
		t.Errorf("got %v and %v, want %v and 0.5", dst, lambda, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("mixing in place must panic")
		}
	}()
	CutMix(src, src, []int32{1, 0}, 2, 2, 1, Box{0, 1, 2, 1})
}

// The memory for one box is enough for every other of the image.
func TestLargerBoxAllocatesNothing(t *testing.T) {
	src, dst := picture(40, 40, 3, 1), NewImage(8, 8, 3)
	var s Scratch
	side := 0
	if n := testing.AllocsPerRun(39, func() {
		side++
		ResizedCrop(dst, src, Box{0, 0, side, side}, true, &s)
	}); n != 0 {
		t.Errorf("each larger box allocates %v times", n)
	}
}

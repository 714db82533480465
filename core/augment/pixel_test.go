package augment

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/random"
)

// TestEraseBlanksItsBoxAlone, and the record tells which.
func TestEraseBlanksItsBoxAlone(t *testing.T) {
	src, dst := picture(24, 20, 3, 1), NewImage(24, 20, 3)
	p := Pipeline{{1, Erasing{[2]float32{0.02, 0.33}, [2]float32{0.3, 3.3}}}}
	for i := range uint64(100) {
		r := random.New(1, i)
		b := p.View(dst, src, &r, new(Scratch)).Erased
		if share := float64(b.Height*b.Width) / (24 * 20); share < 0.01 || share > 0.36 {
			t.Fatalf("view %d: box %v is %.2f of the image", i, b, share)
		}
		for j, v := range dst.Pix {
			y, x := j/3/20-b.Top, j/3%20-b.Left
			want := src.Pix[j]
			if y >= 0 && y < b.Height && x >= 0 && x < b.Width {
				want = blank
			}
			if v != want {
				t.Fatalf("view %d, box %v: number %d is %v, want %v", i, b, j, v, want)
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a box beyond the edge must panic")
		}
	}()
	Erase(dst, Box{0, 15, 2, 6}, 0)
}

// TestNothingIsErasedWhereNoBoxFits: of a single pixel nothing would be left, and in a long strip the box would always lie
// in the middle.
func TestNothingIsErasedWhereNoBoxFits(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 1000}} {
		h, w := size[0], size[1]
		src, dst := picture(h, w, 3, 1), NewImage(h, w, 3)
		for i := range uint64(20) {
			r := random.New(1, i)
			rec := Pipeline{erase(Strengths{"erase-prob": 1})}.View(dst, src, &r, new(Scratch))
			if rec.Erased != (Box{}) || !slices.Equal(dst.Pix, src.Pix) {
				t.Fatalf("%dx%d, view %d: %v erased", h, w, i, rec.Erased)
			}
		}
	}
}

func TestHidePatchesHidesSoMany(t *testing.T) {
	for _, tc := range []struct{ h, w, side, patches int }{{16, 16, 4, 16}, {10, 7, 4, 6}, {3, 3, 1, 9}} {
		seen := make([]int, tc.h*tc.w)
		r := random.New(3)
		for round := range 300 {
			hidden := round % (tc.patches + 2) // more than there are hide all
			img := NewImage(tc.h, tc.w, 1)
			HidePatches(img, tc.side, hidden, 1, &r)
			n := 0
			for i := 0; i < tc.h; i += tc.side {
				for j := 0; j < tc.w; j += tc.side {
					n += int(img.Pix[i*tc.w+j])
				}
			}
			if n != min(hidden, tc.patches) {
				t.Fatalf("%v: %d of %d patches are hidden, want %d", tc, n, tc.patches, hidden)
			}
			for i, v := range img.Pix {
				y, x := i/tc.w/tc.side*tc.side, i%tc.w/tc.side*tc.side
				if v != img.Pix[y*tc.w+x] {
					t.Fatalf("%v: a patch is hidden in part", tc)
				}
				seen[i] += int(v)
			}
		}
		if slices.Min(seen) < 90 || slices.Max(seen) > 210 {
			t.Errorf("%v: pixels are hidden %d to %d times of 300", tc, slices.Min(seen), slices.Max(seen))
		}
	}
}

func TestNoiseHasItsStrength(t *testing.T) {
	img := NewImage(100, 100, 1)
	for i := range img.Pix {
		img.Pix[i] = 0.5
	}
	r := random.New(4)
	AddNoise(img, 0.1, &r)
	var sum, squares float64
	for _, v := range img.Pix {
		d := float64(v) - 0.5
		sum += d
		squares += d * d
	}
	n := float64(len(img.Pix))
	if mean, std := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 0.004 || math.Abs(std-0.1) > 0.003 {
		t.Errorf("mean %.4f and deviation %.4f of the noise, want 0 and 0.1", mean, std)
	}
	before := slices.Clone(img.Pix)
	AddNoise(img, 0, &r)
	if !slices.Equal(img.Pix, before) {
		t.Error("noise of strength 0 changes the image")
	}
}

func TestBandsAreScaledByThemselves(t *testing.T) {
	src, dst := picture(8, 8, 3, 1), NewImage(8, 8, 3)
	r := random.New(5)
	rec := Pipeline{{1, BandJitter{0.3}}}.View(dst, src, &r, new(Scratch))
	for j, v := range dst.Pix {
		if want := clamp(rec.Bands[j%3] * src.Pix[j]); v != want {
			t.Fatalf("number %d is %v, want %v", j, v, want)
		}
	}
	if b := rec.Bands; b[0] == b[1] || b[1] == b[2] || min(b[0], b[1], b[2]) < 0.7 || max(b[0], b[1], b[2]) > 1.3 {
		t.Errorf("factors %v", b)
	}
}

// TestMixShareIsBeta: mean and variance of Beta(alpha, alpha) are 1/2 and 1/(8·alpha + 4).
func TestMixShareIsBeta(t *testing.T) {
	r := random.New(6)
	for _, alpha := range []float32{0.2, 1, 5} {
		var sum, squares float64
		const n = 20000
		for range n {
			d := float64(MixShare(alpha, &r)) - 0.5
			if !(d >= -0.5 && d <= 0.5) {
				t.Fatalf("alpha %v: lambda %v", alpha, d+0.5)
			}
			sum += d
			squares += d * d
		}
		want := 1 / (8*float64(alpha) + 4)
		if math.Abs(sum/n) > 0.01 || math.Abs(squares/n/want-1) > 0.05 {
			t.Errorf("alpha %v: mean %.3f and variance %.4f, want 0.5 and %.4f", alpha, sum/n+0.5, squares/n, want)
		}
	}
	if v := MixShare(1e-30, &r); v != 0 && v != 1 {
		t.Errorf("tiny alpha gives %v", v)
	}
}

func TestCutBoxFits(t *testing.T) {
	r := random.New(7)
	for range 1000 {
		lambda := r.Float32()
		b := CutBox(20, 30, lambda, &r)
		if b.Top < 0 || b.Left < 0 || b.Height < 0 || b.Width < 0 || b.Top+b.Height > 20 || b.Left+b.Width > 30 {
			t.Fatalf("box %v", b)
		}
		if share := float32(b.Height*b.Width) / 600; share > 1-lambda+1e-6 {
			t.Fatalf("box %v is %v of the image, more than %v", b, share, 1-lambda)
		}
	}
	if b := CutBox(20, 30, 1, &r); b.Height*b.Width != 0 {
		t.Errorf("nothing to cut, and box %v", b)
	}
}

// What a view's operations do to it is what its record says.
func TestViewsAreDeformedNoisyAndHiddenAsRecorded(t *testing.T) {
	const h, w = 32, 24 // so patches of 3 pixels, 8 across and 11 down
	for _, c := range []int{1, 3} {
		src, dst := picture(h, w, c, 1), NewImage(h, w, c)
		for i, v := range src.Pix {
			src.Pix[i] = 0.25 + 0.2*v // far from both ends, and never what is blank
		}
		for seed := range uint64(5) {
			make := func(o Op) Record {
				r := random.New(2, seed)
				return Pipeline{{1, o}}.View(dst, src, &r, new(Scratch))
			}
			rec, squares := make(Noise{0.05}), 0.0
			for i, v := range dst.Pix {
				squares += math.Pow(float64(v-src.Pix[i]), 2)
			}
			if std := math.Sqrt(squares / float64(len(dst.Pix))); rec.Noise > 0.05 || math.Abs(std/float64(rec.Noise)-1) > 0.15 {
				t.Errorf("noise of deviation %v, recorded as %v", std, rec.Noise)
			}
			if rec = make(Elastic{0.1}); !(rec.Elastic > 0) || slices.Equal(dst.Pix, src.Pix) {
				t.Errorf("recorded as deformed by %v, and the image is the same: %v", rec.Elastic, slices.Equal(dst.Pix, src.Pix))
			}
			rec = make(Hiding{0.25})
			hidden := map[[2]int]int{}
			for i, v := range dst.Pix {
				if v == blank {
					hidden[[2]int{i / c / w / 3, i / c % w / 3}]++
				} else if v != src.Pix[i] {
					t.Fatalf("pixel %d is %v, neither %v nor blank", i, v, src.Pix[i])
				}
			}
			if rec.Hidden != 22 || len(hidden) != 22 {
				t.Errorf("%d patches are hidden and %d recorded, want 22 of 88", len(hidden), rec.Hidden)
			}
			for at, n := range hidden {
				if want := c * 3 * min(3, h-3*at[0]); n != want {
					t.Errorf("of patch %v %d numbers are blank, want %d", at, n, want)
				}
			}
		}
	}
}

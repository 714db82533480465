package augment

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/random"
)

// smooth returns an image without noise, which resampling hardly changes.
func smooth(h, w, c int) Image {
	m := NewImage(h, w, c)
	for i := range m.Pix {
		x, y := float64(i/c%w)/float64(w), float64(i/c/w)/float64(h)
		m.Pix[i] = float32(0.5 + 0.2*math.Sin(4*x+float64(i%c)) + 0.2*math.Cos(3*y))
	}
	return m
}

// TestUndoLaysViewsBack: where a view reaches, its pixels come to lie on those of the source they show.
func TestUndoLaysViewsBack(t *testing.T) {
	const h, w = 48, 40
	src, white := smooth(h, w, 3), NewImage(h, w, 1)
	for i := range white.Pix {
		white.Pix[i] = 1
	}
	for name, p := range map[string]Pipeline{
		"crop":      {{1, Crop{[2]float32{0.3, 1}, Ratio}}},
		"mirror":    {{1, Mirror{}}},
		"rotate":    {{1, Rotate{40}}},
		"symmetry":  {{1, AnySymmetry{}}},
		"all":       {{1, Crop{[2]float32{0.3, 1}, Ratio}}, {0.5, Mirror{}}, {1, AnySymmetry{}}, {1, Rotate{40}}},
		"other way": {{1, Rotate{40}}, {1, AnySymmetry{}}, {1, Crop{[2]float32{0.3, 1}, Ratio}}, {0.5, Mirror{}}},
	} {
		for i := range uint64(20) {
			view, seen, back, reach := NewImage(h, w, 3), NewImage(h, w, 1), NewImage(h, w, 3), NewImage(h, w, 1)
			r, same := random.New(1, i), random.New(1, i)
			rec := p.View(view, src, &r, new(Scratch))
			p.View(seen, white, &same, new(Scratch)) // 1 where the view shows the source, less where it is black
			rec.Undo(back, view)
			rec.Undo(reach, seen)
			n := 0
			for j, x := range reach.Pix {
				if x < 0.9999 {
					continue
				}
				n++
				for k := range 3 {
					if d := math.Abs(float64(back.Pix[3*j+k] - src.Pix[3*j+k])); d > 0.03 {
						t.Fatalf("%s, view %d, %+v: pixel %d is laid back as %v, was %v", name, i, rec, j, back.Pix[3*j:][:3], src.Pix[3*j:][:3])
					}
				}
			}
			if area := rec.Box.Height * rec.Box.Width; n < area/4 || n > area {
				t.Errorf("%s, view %d: %d pixels of a box of %d come back", name, i, n, area)
			}
		}
	}
}

func TestCornersOfACropAreItsBox(t *testing.T) {
	src, dst := picture(30, 20, 3, 1), NewImage(16, 16, 3)
	p := Pipeline{{1, Crop{[2]float32{0.1, 0.9}, Ratio}}}
	for i := range uint64(20) {
		r := random.New(1, i)
		rec := p.View(dst, src, &r, new(Scratch))
		b := rec.Box
		left, top := float32(b.Left)-10, float32(b.Top)-15
		right, bottom := left+float32(b.Width), top+float32(b.Height)
		for k, want := range [4][2]float32{{left, top}, {right, top}, {right, bottom}, {left, bottom}} {
			got := rec.Corners(16, 16)[k]
			if math.Abs(float64(got[0]-want[0])) > 1e-4 || math.Abs(float64(got[1]-want[1])) > 1e-4 {
				t.Fatalf("corner %d of %v is %v, want %v", k, b, got, want)
			}
		}
	}
}

func TestInverseUndoesMatrices(t *testing.T) {
	m := Rotation(25).After(Shear(0.2, 0)).After(Translation(3, -5)).After(Shear(0, -0.3))
	for name, got := range map[string]Matrix{"before": m.Inverse().After(m), "after": m.After(m.Inverse())} {
		for i, v := range got {
			if math.Abs(float64(v-identity[i])) > 1e-5 {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}

// TestEightSymmetries: they are all different, form a group, and are what their matrices say.
func TestEightSymmetries(t *testing.T) {
	src := picture(6, 6, 3, 1)
	var all []Image
	for s := range Symmetry(symmetries) {
		dst, byMatrix := NewImage(6, 6, 3), NewImage(6, 6, 3)
		Turn(dst, src, s)
		Affine(byMatrix, src, s.Matrix(), false)
		if !slices.Equal(dst.Pix, byMatrix.Pix) {
			t.Errorf("symmetry %d is not what its matrix says", s)
		}
		for o, other := range all {
			if slices.Equal(dst.Pix, other.Pix) {
				t.Errorf("symmetries %d and %d are the same", o, s)
			}
		}
		all = append(all, dst)
	}
	if !slices.Equal(all[0].Pix, src.Pix) {
		t.Error("symmetry 0 changes the picture")
	}
	for _, a := range all {
		for s := range Symmetry(symmetries) {
			twice := NewImage(6, 6, 3)
			Turn(twice, a, s)
			if !slices.ContainsFunc(all, func(m Image) bool { return slices.Equal(m.Pix, twice.Pix) }) {
				t.Fatalf("symmetry %d after another is none of the eight", s)
			}
		}
	}
	oblong, turned := picture(3, 5, 1, 2), NewImage(5, 3, 1)
	Turn(turned, oblong, Transpose|SwapSides) // clockwise by a right angle
	if turned.Pix[2] != oblong.Pix[0] || turned.Pix[0] != oblong.Pix[10] || turned.Pix[14] != oblong.Pix[4] {
		t.Errorf("%v turned is %v", oblong.Pix, turned.Pix)
	}
}

func TestSymmetriesOccurAlike(t *testing.T) {
	for _, tc := range []struct{ h, w, kinds int }{{4, 4, 8}, {4, 6, 4}} {
		src, dst := picture(tc.h, tc.w, 1, 1), NewImage(tc.h, tc.w, 1)
		var count [symmetries]int
		r := random.New(2)
		for range 1000 * tc.kinds {
			count[Pipeline{{1, AnySymmetry{}}}.View(dst, src, &r, new(Scratch)).Symmetry]++
		}
		for s, n := range count {
			if s < tc.kinds && (n < 850 || n > 1150) || s >= tc.kinds && n > 0 {
				t.Errorf("%dx%d: symmetry %d occurs %d times of %d", tc.h, tc.w, s, n, 1000*tc.kinds)
			}
		}
	}
}

func TestDeformFollowsItsKnots(t *testing.T) {
	src, dst := picture(16, 16, 3, 1), NewImage(16, 16, 3)
	var shifts Shifts
	var s Scratch
	Deform(dst, src, &shifts, &s)
	if !slices.Equal(dst.Pix, src.Pix) {
		t.Error("no shift changes the picture")
	}
	for i := range shifts {
		for j := range shifts[i] {
			shifts[i][j] = [2]float32{2, -1}
		}
	}
	Deform(dst, src, &shifts, &s) // weights sum to 1, so that all places shift alike
	for i := 1; i < 16; i++ {
		for j := range 14 {
			for k := range 3 {
				got, want := dst.Pix[(i*16+j)*3+k], src.Pix[((i-1)*16+j+2)*3+k]
				if math.Abs(float64(got-want)) > 1e-5 {
					t.Fatalf("row %d, column %d is %v, want %v", i, j, got, want)
				}
			}
		}
	}
	for _, at := range []float32{0, 0.1, 1.0 / 3, 0.5, 0.77, 1} {
		var sum float64
		weights := cubic(at)
		for _, v := range weights {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("weights at %v, %v, sum to %v", at, weights, sum)
		}
	}
	if w := cubic(1.0 / 3); math.Abs(float64(w[1]-1)) > 1e-6 {
		t.Errorf("weights at the second knot are %v", w)
	}
}

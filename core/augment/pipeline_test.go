package augment

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"

	"pushpull/core/random"
)

// picture returns an image of smooth colours and some noise.
func picture(h, w, c int, seed uint64) Image {
	m := NewImage(h, w, c)
	r := random.New(seed)
	for i := range m.Pix {
		x, y := float64(i/c%w), float64(i/c/w)
		m.Pix[i] = clamp(float32(0.5+0.3*math.Sin(0.3*x+float64(i%c))*math.Cos(0.2*y)) + 0.1*r.Normal())
	}
	return m
}

// general are the strengths that every preset has, where it does not say otherwise.
var general = Strengths{"crop-min": 0.2, "flip": 0.5, "jitter": 1, "jitter-prob": 0.8, "brightness": 0.4, "contrast": 0.4,
	"saturation": 0.4, "hue": 0.1, "gray-prob": 0.2, "blur-sigma": 2}

// preset returns the views of a preset with some of its strengths changed.
func preset(t testing.TB, name string, changed Strengths) Views {
	t.Helper()
	p, ok := FindPreset(name)
	if !ok {
		t.Fatalf("there is no preset %s", name)
	}
	s := maps.Clone(general)
	maps.Copy(s, p.Strengths)
	maps.Copy(s, changed)
	return p.Views(s)
}

// everything is a pipeline in which every operation of the classical presets has its turn.
func everything(t testing.TB) Pipeline {
	return preset(t, "simclr", Strengths{"rotate": 20, "blur-prob": 0.5, "jitter-prob": 1}).First
}

// gaps are strengths that no preset has by itself.
var gaps = Strengths{"solarise-prob": 0.5, "noise-strength": 0.1, "erase-prob": 0.5, "hide-patches": 0.2}

func TestViewsStayInRange(t *testing.T) {
	for _, size := range [][3]int{{32, 32, 3}, {28, 28, 1}, {5, 9, 3}, {1, 1, 1}, {1, 7, 3}, {64, 2, 1}} {
		src := picture(size[0], size[1], size[2], 1)
		before := slices.Clone(src.Pix)
		dst, undone := NewImage(size[0], size[1], size[2]), NewImage(size[0], size[1], size[2])
		for _, recipe := range Presets {
			all := preset(t, recipe.Name, gaps)
			for i := range uint64(40) {
				for k, p := range []Pipeline{all.First, all.Second, all.Weak, all.Local} {
					r := random.New(3, i)
					rec := p.View(dst, src, &r, new(Scratch))
					rec.Undo(undone, dst)
					for j, v := range dst.Pix {
						if !(v >= -1e-6 && v <= 1+1e-6) || !(undone.Pix[j] >= -1e-6 && undone.Pix[j] <= 1+1e-6) {
							t.Fatalf("%s %d, %v, view %d: pixel %d is %v, and %v where it came from", recipe.Name, k, size, i, j, v, undone.Pix[j])
						}
					}
					if b := rec.Box; b.Top < 0 || b.Left < 0 || b.Height < 1 || b.Width < 1 || b.Top+b.Height > src.H || b.Left+b.Width > src.W {
						t.Fatalf("%s %d, %v, view %d: box %v", recipe.Name, k, size, i, b)
					}
				}
			}
		}
		if !slices.Equal(src.Pix, before) {
			t.Fatalf("%v: the source changed", size)
		}
	}
}

// TestWeakestIsIdentity: strengths that change nothing give the image itself, bit for bit.
func TestWeakestIsIdentity(t *testing.T) {
	nothing := Strengths{"crop-min": 1, "flip": 0, "rotate": 0, "jitter": 0, "gray-prob": 0, "blur-prob": 0, "elastic": 0,
		"noise-strength": 0, "symmetry-prob": 0, "band-jitter": 0, "rand-magnitude": 0}
	for _, p := range []Pipeline{
		{}, preset(t, "simclr", nothing).First, preset(t, "digits", nothing).First, preset(t, "medical", nothing).First,
		preset(t, "remote_sensing", nothing).First, preset(t, "randaugment", nothing).First, preset(t, "none", nil).First,
		{{1, Crop{[2]float32{1, 1}, [2]float32{1, 1}}}},
		{{1, Rotate{0}}}, {{1, Jitter{}}}, {{1, Blur{}}}, {{1, Noise{}}}, {{1, BandJitter{}}}, {{1, Elastic{}}}, {{1, Hiding{}}},
	} {
		for _, c := range []int{1, 3} {
			src := picture(12, 12, c, 2)
			if c == 3 { // hues are computed with rounding: leave gray, where they do not exist
				Recolour(src, Change{Kind: Gray})
			}
			dst := NewImage(12, 12, c)
			r := random.New(1)
			rec := p.View(dst, src, &r, new(Scratch))
			for i := range src.Pix {
				if d := dst.Pix[i] - src.Pix[i]; d > 1e-6 || d < -1e-6 {
					t.Fatalf("%v: pixel %d is %v, want %v", p, i, dst.Pix[i], src.Pix[i])
				}
			}
			if want := Untouched(12, 12); rec != want {
				t.Errorf("%v: record %+v, want %+v", p, rec, want)
			}
		}
	}
}

// Second and local views are made as the first, except where a preset has its own; local ones are cut out before.
func TestViewsOfAPreset(t *testing.T) {
	for _, p := range Presets {
		v := preset(t, p.Name, nil)
		if same := reflect.DeepEqual(v.First, v.Second); same != (p.Second == nil) {
			t.Errorf("%s: the second view is made as the first: %v", p.Name, same)
		}
		uncut := slices.DeleteFunc(slices.Clone(v.First), func(s Step) bool { _, is := s.Op.(Crop); return is })
		if same := reflect.DeepEqual(uncut, v.Local); same != (p.Local == nil) {
			t.Errorf("%s: local views are made as the first but for its crop: %v", p.Name, same)
		}
		for _, s := range v.Local {
			if _, is := s.Op.(Crop); is {
				t.Errorf("%s: local views are cut out twice", p.Name)
			}
		}
	}
}

// TestRecordExplainsView repeats a view from its record alone.
func TestRecordExplainsView(t *testing.T) {
	src := picture(20, 16, 3, 4)
	p := Pipeline{
		{1, Crop{[2]float32{0.2, 1}, [2]float32{0.75, 1.33}}}, {0.5, Mirror{}}, {1, Rotate{30}}, {0.2, ToGray{}},
		{0.5, Blur{[2]float32{0.1, 2}}},
	}
	var s Scratch
	for i := range uint64(50) {
		got := NewImage(20, 16, 3)
		r := random.New(5, i)
		rec := p.View(got, src, &r, new(Scratch))
		a, b := NewImage(20, 16, 3), NewImage(20, 16, 3)
		ResizedCrop(a, src, rec.Box, true, &s)
		if rec.FlipH {
			FlipH(a, a)
		}
		Affine(b, a, Rotation(rec.Angle), true)
		if rec.Gray {
			Recolour(b, Change{Kind: Gray})
		}
		if rec.Blur > 0 {
			size := 2*int(2*rec.Blur+0.99) + 1
			GaussianBlur(b, b, size, size, rec.Blur, &s)
		}
		for j, v := range b.Pix {
			if v != got.Pix[j] {
				t.Fatalf("view %d, %+v: pixel %d is %v, the record gives %v", i, rec, j, got.Pix[j], v)
			}
		}
	}
}

// TestStepsHappenAsOften: probabilities and ranges of the SimCLR preset.
func TestStepsHappenAsOften(t *testing.T) {
	src, dst := picture(16, 16, 3, 6), NewImage(16, 16, 3)
	p := preset(t, "simclr", Strengths{"blur-prob": 0.3}).First
	var flips, grays, jitters, blurs, share float64
	const n = 10000
	for i := range uint64(n) {
		r := random.New(7, i)
		rec := p.View(dst, src, &r, new(Scratch))
		count := func(sum *float64, yes bool) {
			if yes {
				*sum++
			}
		}
		count(&flips, rec.FlipH)
		count(&grays, rec.Gray)
		count(&jitters, rec.Brightness != 1)
		count(&blurs, rec.Blur > 0)
		share += float64(rec.Box.Height*rec.Box.Width) / 256
		for _, f := range []float32{rec.Brightness, rec.Contrast, rec.Saturation} {
			if f < 0.6 || f > 1.4 || rec.Hue < -0.1 || rec.Hue > 0.1 {
				t.Fatalf("view %d: %+v", i, rec)
			}
		}
	}
	for _, c := range []struct {
		what            string
		got, want, room float64
	}{
		{"flips", flips / n, 0.5, 0.015}, {"grays", grays / n, 0.2, 0.015}, {"jitters", jitters / n, 0.8, 0.015},
		{"blurs", blurs / n, 0.3, 0.015}, {"share of the area", share / n, 0.55, 0.02}, // less than 0.6, as large boxes fit more rarely,
	} {
		if math.Abs(c.got-c.want) > c.room {
			t.Errorf("%s: %.3f, want %.3f", c.what, c.got, c.want)
		}
	}
}

// TestPinnedView: the views of a seed never change, since results are quoted with their seeds.
func TestPinnedView(t *testing.T) {
	src, dst := picture(32, 32, 3, 8), NewImage(32, 32, 3)
	r := random.New(1, 2, 3, 4)
	rec := everything(t).View(dst, src, &r, new(Scratch))
	got := fmt.Sprintf("%v %v %.3f %.3f %.3f %.3f %.3f %v %.3f | %.4f %.4f | %d", rec.Box, rec.FlipH, rec.Angle, rec.Brightness,
		rec.Contrast, rec.Saturation, rec.Hue, rec.Gray, rec.Blur, dst.Pix[0], dst.Pix[1536], r.Uint32())
	const want = "{0 0 32 30} true 11.067 1.323 0.896 0.716 -0.052 false 0.000 | 0.0620 0.5109 | 3859560745"
	if got != want {
		t.Errorf("view is\n%s, want\n%s", got, want)
	}
}

func TestViewAllocatesNothing(t *testing.T) {
	src, dst := picture(32, 32, 3, 9), NewImage(32, 32, 3)
	for _, recipe := range Presets {
		all := preset(t, recipe.Name, gaps)
		for _, p := range []Pipeline{everything(t), all.First, all.Second, all.Weak, all.Local} {
			var scratch Scratch
			i := uint64(0)
			if n := testing.AllocsPerRun(100, func() {
				i++
				r := random.New(1, i)
				p.View(dst, src, &r, &scratch)
			}); n != 0 {
				t.Errorf("%s: a view allocates %v times", recipe.Name, n)
			}
		}
	}
}

func TestViewRefuses(t *testing.T) {
	buf := make([]float32, 2*12)
	for name, in := range map[string]struct{ dst, src Image }{
		"in place":     {Image{2, 2, 3, buf[:12]}, Image{2, 2, 3, buf[:12]}},
		"short":        {Image{2, 2, 3, buf[:11]}, Image{2, 2, 3, buf[12:]}},
		"two channels": {Image{2, 3, 2, buf[:12]}, Image{2, 3, 2, buf[12:]}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			r := random.New(1)
			Pipeline{}.View(in.dst, in.src, &r, new(Scratch))
		}()
	}
}

// BenchmarkView makes one view of a 32x32 image; two on one core are to take less than 60 microseconds.
func BenchmarkView(b *testing.B) {
	type c struct {
		name string
		p    Pipeline
		c    int
	}
	cases := []c{
		{"crop", Pipeline{{1, Crop{[2]float32{0.2, 1}, Ratio}}}, 3},
		{"jitter", Pipeline{{1, Jitter{0.4, 0.4, 0.4, 0.1}}}, 3},
		{"rotate", Pipeline{{1, Rotate{15}}}, 3},
		{"blur", Pipeline{{1, Blur{[2]float32{0.1, 2}}}}, 3},
		{"noise", Pipeline{{1, Noise{0.1}}}, 3},
		{"elastic", Pipeline{{1, Elastic{0.04}}}, 3},
	}
	for _, recipe := range Presets {
		channels := 3
		if recipe.Name == "digits" {
			channels = 1
		}
		cases = append(cases, c{recipe.Name, preset(b, recipe.Name, nil).First, channels})
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			dst, src := NewImage(32, 32, c.c), picture(32, 32, c.c, 1)
			var scratch Scratch
			i := uint64(0)
			for b.Loop() {
				i++
				r := random.New(1, i)
				c.p.View(dst, src, &r, &scratch)
			}
		})
	}
}

func TestViewOfAnotherSize(t *testing.T) {
	src := NewImage(8, 6, 3)
	r := random.New(1)
	for i := range src.Pix {
		src.Pix[i] = r.Float32()
	}
	p := preset(t, "simclr", Strengths{"blur-prob": 1, "rotate": 10}).First
	dst := NewImage(5, 4, 3)
	before := append([]float32(nil), src.Pix...)
	for range 20 {
		record := p.View(dst, src, &r, new(Scratch))
		if b := record.Box; b.Top < 0 || b.Left < 0 || b.Top+b.Height > 8 || b.Left+b.Width > 6 {
			t.Fatalf("box %v of an image of 8x6", b)
		}
	}
	for i, v := range before {
		if src.Pix[i] != v {
			t.Fatal("the source was changed")
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic where no crop comes first")
		}
	}()
	Pipeline{{1, Mirror{}}}.View(dst, src, &r, new(Scratch))
}

package train

import (
	"runtime"
	"slices"
	"testing"

	"pushpull/core/augment"
	"pushpull/core/kernel"
)

func loader(t testing.TB, given map[string]string) *Loader {
	t.Helper()
	set := tiny(t)
	c, err := Resolve("x", "tiny", "mlp", nil, given)
	if err != nil {
		t.Fatal(err)
	}
	return NewLoader(c, set.Train, InputOf(set), Plan{Images: 8, Views: 3, Weak: 1, Local: Crops{2, 4, 4, 0.1, 0.4}})
}

// TestAheadChangesNothing: batches are the same, whether they were begun ahead, another one was, or the strengths changed
// in between; and the one that was loaded last stays.
func TestAheadChangesNothing(t *testing.T) {
	defer kernel.SetThreads(0)
	kernel.SetThreads(3)
	given := map[string]string{"augment": "byol", "rotate": "20", "noise-strength": "0.1"}
	plain, ahead := loader(t, given), loader(t, given)
	first, second := []int32{5, 0, 2, 7, 1}, []int32{3, 3, 6, 4, 9, 8, 0}
	same := func(what string, epoch int, samples []int32) {
		t.Helper()
		got, want := ahead.Load(epoch, samples), plain.Load(epoch, samples)
		if !slices.Equal(got, want) || !slices.Equal(ahead.local, plain.local) {
			t.Errorf("%s: other views", what)
		}
		for v := range 5 {
			if ahead.Record(1, v) != plain.Record(1, v) {
				t.Errorf("%s: another record of view %d", what, v)
			}
		}
	}
	same("not ahead", 0, first)
	held := slices.Clone(ahead.whole)
	ahead.Ahead(0, second)
	ahead.work.Finish()
	if !slices.Equal(ahead.whole, held) {
		t.Error("the last batch changed while the next one was made")
	}
	same("ahead", 0, second)
	ahead.Ahead(1, second)
	same("another epoch", 2, second)
	ahead.Ahead(2, first)
	same("other images", 2, second)
	ahead.Ahead(3, first)
	for _, l := range []*Loader{ahead, plain} {
		c, err := Resolve("x", "tiny", "mlp", nil, map[string]string{"augment": "byol", "flip": "1"})
		if err != nil {
			t.Fatal(err)
		}
		l.configure(c)
	}
	same("other strengths", 3, first)
	kernel.SetThreads(1)
	ahead.Ahead(4, first)
	same("one thread", 4, first)
}

// Neither does a collection of garbage take away working memory.
func TestLoadingAllocatesNothing(t *testing.T) {
	l := loader(t, nil)
	samples := [][]int32{{0, 1, 2, 3, 4, 5, 6, 7}, {7, 6, 5, 4, 3, 2, 1, 0}}
	i := 0
	step := func() {
		l.Load(i, samples[i%2])
		i++
		l.Ahead(i, samples[i%2])
	}
	step()
	step()
	if n := testing.AllocsPerRun(50, func() { runtime.GC(); step() }); n != 0 {
		t.Errorf("%v allocations a batch", n)
	}
	l.work.Finish()
}

// TestRecordsAreOfTheirViews: the record of each view of a batch repeats it.
func TestRecordsAreOfTheirViews(t *testing.T) {
	l := loader(t, map[string]string{"jitter": "0", "gray-prob": "0"})
	samples := []int32{4, 1, 6}
	all := l.Load(0, samples)
	var scratch augment.Scratch
	src, dst := augment.NewImage(l.set.H, l.set.W, l.set.C), augment.NewImage(l.set.H, l.set.W, l.set.C)
	for v := range l.Plan.Views {
		for i, sample := range samples {
			rec := l.Record(i, v)
			l.set.Image(int(sample), src.Pix)
			augment.ResizedCrop(dst, src, rec.Box, true, &scratch)
			if rec.FlipH {
				augment.FlipH(dst, dst)
			}
			augment.Normalize(dst, dst, l.Mean, l.Std)
			if n := len(dst.Pix); !slices.Equal(dst.Pix, all[(v*len(samples)+i)*n:][:n]) {
				t.Errorf("view %d of image %d is not what its record says: %+v", v, i, rec)
			}
		}
	}
}

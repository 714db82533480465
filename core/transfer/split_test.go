package transfer

import (
	"slices"
	"strings"
	"testing"

	"pushpull/core/data"
)

// classes returns a set with so many images of each class, the classes taking turns.
func classes(counts ...int) *data.Set {
	s := &data.Set{H: 1, W: 1, C: 1}
	for c := range counts {
		s.Classes = append(s.Classes, string(rune('a'+c)))
	}
	for left := true; left; {
		left = false
		for c := range counts {
			if counts[c] > 0 {
				counts[c]--
				s.Labels = append(s.Labels, int32(c))
				left = true
			}
		}
	}
	s.Pixels = make([]uint8, len(s.Labels))
	return s
}

func TestSplit(t *testing.T) {
	s := classes(100, 40, 0, 7)
	learn, check, err := split(s, 0.3, 0.2, 5)
	if err != nil {
		t.Fatal(err)
	}
	count := func(images []int32) (n [4]int) {
		for _, i := range images {
			n[s.Labels[i]]++
		}
		return n
	}
	if got, want := count(learn), [4]int{24, 10, 0, 1}; got != want {
		t.Errorf("%v images to learn from, want %v", got, want)
	}
	if got, want := count(check), [4]int{6, 2, 0, 1}; got != want { // of 2 images one is held out
		t.Errorf("%v images held out, want %v", got, want)
	}
	both := slices.Sorted(slices.Values(slices.Concat(learn, check)))
	if len(slices.Compact(both)) != len(learn)+len(check) {
		t.Error("an image is used twice")
	}

	again, _, _ := split(s, 0.3, 0.2, 5)
	other, _, _ := split(s, 0.3, 0.2, 6)
	if !slices.Equal(learn, again) || slices.Equal(learn, other) {
		t.Error("the choice does not derive from the seed alone")
	}
	more, moreCheck, _ := split(s, 0.6, 0.2, 5)
	for _, i := range slices.Concat(learn, check) {
		if !slices.Contains(more, i) && !slices.Contains(moreCheck, i) {
			t.Fatalf("image %d has a label at 0.3 but not at 0.6", i)
		}
	}
	all, held, _ := split(s, 1, 0.001, 5)
	if len(all)+len(held) != s.Len() || len(held) != 3 { // one of each class
		t.Errorf("%d and %d images of %d at a share of 1", len(all), len(held), s.Len())
	}
	few, _, _ := split(s, 0.3, 0.9, 5)
	if got, want := count(few), [4]int{3, 1, 0, 1}; got != want {
		t.Errorf("%v images to learn from, want %v", got, want)
	}
}

func TestSplitTooFew(t *testing.T) {
	for _, tc := range []struct {
		set    *data.Set
		labels float64
		want   string
	}{
		{classes(100, 40), 0.01, `leaves the class "b" with 0 of its 40 training images: it takes two, one to learn from and one to choose the epoch by; set labels to 0.05 or more`},
		{classes(100, 70), 0.015, `with 1 of its 70 training images: it takes two, one to learn from and one to choose the epoch by; set labels to 0.029 or more`},
		{classes(100, 1), 1, `the class "b" has a single training image`},
		{classes(1, 100), 1, `the class "a" has a single training image`},
	} {
		_, _, err := split(tc.set, tc.labels, 0.2, 1)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("labels %g: error %v\nwant %s", tc.labels, err, tc.want)
		}
	}
}

// What an error names as enough is enough.
func TestLeast(t *testing.T) {
	for n := 2; n < 3000; n++ {
		counts := classes(n, n+5)
		p, err := transferShare(least(2 / float64(n)))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := split(counts, p, 0.2, 1); err != nil {
			t.Fatalf("%d images: %v", n, err)
		}
	}
}

func transferShare(text string) (float64, error) {
	s, err := Resolve(map[string]string{"labels": text})
	return s.Labels, err
}

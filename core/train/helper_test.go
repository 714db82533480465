package train

import (
	"slices"
	"testing"

	"pushpull/core/kernel"
)

// inProcess is a helper that makes what is ordered at once, and delivers it where it is asked to.
type inProcess struct {
	late   func(orders int) bool
	orders int
	made   []byte
}

func (h *inProcess) Order(order []byte) {
	h.orders++
	h.made = AppendViews(h.made[:0], append(slices.Clone(order), 1, 2, 3))
}

func (h *inProcess) Deliver(parts [][]byte) bool {
	if h.late(h.orders) {
		return false
	}
	made := h.made
	for _, p := range parts {
		made = made[copy(p, made):]
	}
	if len(made) > 0 {
		panic("more was made than is wanted")
	}
	return true
}

// TestHelperChangesNothing: views, records and losses are the same bits whether a helper makes all batches, some or none.
func TestHelperChangesNothing(t *testing.T) {
	given := map[string]string{"augment": "dino", "rotate": "20", "noise-strength": "0.1", "crop-min": "0.3"}
	for name, late := range map[string]func(int) bool{
		"in time":        func(int) bool { return false },
		"often late":     func(n int) bool { return n%2 == 1 },
		"dead at a time": func(n int) bool { return n > 3 },
	} {
		plain, helped := loader(t, given), loader(t, given)
		h := &inProcess{late: late}
		helped.order.helper = h
		batches := [][]int32{{5, 0, 2, 7, 1}, {3, 3, 6, 4, 9, 8, 0}, {1, 2, 3, 4, 5, 6, 7, 8}, {9}, {2, 4}, {0, 8, 7}}
		for i, samples := range batches {
			n := len(samples) * 2 * 4 * 4 * 3 // numbers of two local views
			if !slices.Equal(helped.Load(i/2, samples), plain.Load(i/2, samples)) || !slices.Equal(helped.local[:n], plain.local[:n]) {
				t.Errorf("%s: other views in batch %d", name, i)
			}
			for image := range samples {
				for v := range 5 {
					if helped.Record(image, v) != plain.Record(image, v) {
						t.Errorf("%s: another record of view %d of image %d in batch %d", name, v, image, i)
					}
				}
			}
			if i == 3 { // what was ordered is for other strengths
				helped.Ahead((i+1)/2, batches[i+1])
				for _, l := range []*Loader{helped, plain} {
					c, err := Resolve("x", "tiny", "mlp", nil, map[string]string{"augment": "byol", "flip": "1"})
					if err != nil {
						t.Fatal(err)
					}
					l.configure(c)
				}
			} else if i+1 < len(batches) {
				helped.Ahead((i+1)/2, batches[i+1])
			}
		}
		if name == "in time" && helped.order.delivered != len(batches)-2 {
			t.Errorf("%d of the helper's batches were used", helped.order.delivered)
		}
	}
	want := losses(t, start(t, &pull{}, nil), 12)
	tr := start(t, &pull{}, nil)
	h := &inProcess{late: func(n int) bool { return n%3 == 0 }}
	tr.Help(h)
	if got := losses(t, tr, 12); !slices.Equal(got, want) || tr.Helped() < 4 {
		t.Errorf("with a helper, which made %d batches, the losses are %v, not %v", tr.Helped(), got, want)
	}
	defer kernel.SetThreads(0)
	alone := start(t, &pull{}, map[string]string{"threads": "1"})
	alone.Help(h)
	if alone.loader.order.helper != nil {
		t.Error("a run that asks for one thread has a helper")
	}
}

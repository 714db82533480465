package transfer

import (
	"testing"

	"pushpull/core/data"
	"pushpull/core/random"
	"pushpull/core/train"
)

// stripes is a data set of three classes: dark images, and bright stripes along or across, in noise.
func stripes(train, test int) *data.Dataset { return faint(train, test, 100) }

// faint has stripes that are brighter by contrast, in noise of up to 100.
func faint(train, test, contrast int) *data.Dataset {
	set := func(n int, seed uint64) *data.Set {
		r := random.New(seed)
		s := &data.Set{H: 8, W: 8, C: 3, Classes: []string{"none", "along", "across"}}
		for i := range n {
			class := i % 3
			s.Labels = append(s.Labels, int32(class))
			for y := range 8 {
				for x := range 8 {
					at := []int{1, y, x}[class]
					for range 3 {
						s.Pixels = append(s.Pixels, uint8(contrast*(1-at%2)+r.IntN(100)))
					}
				}
			}
		}
		return s
	}
	return &data.Dataset{Name: "stripes", Train: set(train, 1), Test: set(test, 2), Mean: []float32{.35, .35, .35}, Std: []float32{.2, .2, .2}}
}

// untrained returns a small network for the images of d.
func untrained(t testing.TB, d *data.Dataset, given map[string]string) *train.Network {
	t.Helper()
	all := map[string]string{"conv-channels": "8-16", "conv-strides": "1-2", "head-hidden": "8", "head-dim": "6"}
	for k, v := range given {
		all[k] = v
	}
	c, err := train.Resolve("none", "stripes", "convnet", train.Values{}, all)
	if err != nil {
		t.Fatal(err)
	}
	n, err := train.NewNetwork(c, train.InputOf(d))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

package transfer

import (
	"context"
	"math"
	"testing"

	"pushpull/core/data"
	"pushpull/core/random"
)

// The share of a pixel's own value is that of the label: with images of one value each, the mean of what is mixed tells it.
func TestMixedImagesHaveMixedLabels(t *testing.T) {
	const n, side = 6, 8
	set := &data.Set{H: side, W: side, C: 1, Classes: []string{"a", "b", "c", "d", "e", "f"}}
	views, labels := make([]float32, n*side*side), make([]int32, n)
	for i := range labels {
		labels[i] = int32(i)
		for j := range side * side {
			views[i*side*side+j] = float32(i)
		}
	}
	between := map[string]int{}
	for name, s := range map[string]Settings{"mixup": {Mixup: 1}, "cutmix": {CutMix: 1}, "both": {Mixup: 1, CutMix: 1}} {
		var m mixed
		for step := range uint64(50) {
			r := random.New(1, step)
			images := m.mix(s, views, labels, set, &r)
			for i := range n {
				var value, want, sum float64
				whole := true
				for _, v := range images[i*side*side : (i+1)*side*side] {
					value += float64(v) / (side * side)
					whole = whole && v == float32(math.Trunc(float64(v)))
				}
				for k, share := range m.targets[i*n : (i+1)*n] {
					want += float64(k) * float64(share)
					sum += float64(share)
				}
				if math.Abs(value-want) > 1e-4 || math.Abs(sum-1) > 1e-5 {
					t.Fatalf("%s, step %d: image %d has the mean %g and labels of mean %g, which sum to %g", name, step, i, value, want, sum)
				}
				if !whole {
					between[name]++
				}
			}
		}
	}
	if between["cutmix"] != 0 || between["mixup"] < 100 || between["both"] < 50 || between["both"] > between["mixup"]-50 {
		t.Errorf("images with values between those of two: %v", between)
	}
}

// Images are mixed where either is asked for and there are others in the batch.
func TestMixingIsAskedFor(t *testing.T) {
	d := stripes(60, 30)
	for _, tc := range []struct {
		given  map[string]string
		images int
		mixed  bool
	}{{nil, 8, false}, {map[string]string{"mixup": "0.2"}, 8, true}, {map[string]string{"cutmix": "1"}, 8, true}, {map[string]string{"mixup": "0.2"}, 1, false}} {
		images := everything(d.Train)
		tuner := newTuner(settings(t, tc.given), untrained(t, d, nil), d.Train, images, [2]float32{0.01, 0.01})
		if _, err := tuner.step(0, images[:tc.images]); err != nil {
			t.Fatal(err)
		}
		if mixed := tuner.mixed.images != nil; mixed != tc.mixed {
			t.Errorf("%v, %d images: mixed is %v", tc.given, tc.images, mixed)
		}
	}
}

// Fine-tuning learns from views in colour, in which classes may differ.
func TestViewsKeepTheirColours(t *testing.T) {
	d := stripes(60, 30)
	tuner := newTuner(settings(t, map[string]string{"batch": "60"}), untrained(t, d, nil), d.Train, everything(d.Train), [2]float32{})
	views := tuner.loader.Load(0, everything(d.Train))
	for len(views) > 0 {
		image := views[:8*8*3]
		if views = views[8*8*3:]; image[0] == image[1] && image[30] == image[31] {
			t.Fatal("a view is gray")
		}
	}
}

func TestMixingLearns(t *testing.T) {
	d := stripes(120, 60)
	var losses []float64
	for _, given := range []map[string]string{nil, {"mixup": "0.2"}, {"mixup": "0.2", "cutmix": "1"}, {"mixup": "0.2", "cutmix": "1"}} {
		o, err := settings(t, given).FromScratch(context.Background(), untrained(t, d, nil), d, silent)
		if err != nil {
			t.Fatal(err)
		}
		if o.Test < 0.8 {
			t.Errorf("%v: test accuracy %g of what is easily told apart", given, o.Test)
		}
		losses = append(losses, o.Curve[len(o.Curve)-1].Loss)
	}
	if losses[0] == losses[1] || losses[1] == losses[2] || losses[2] != losses[3] {
		t.Errorf("losses without, with mixup, with both, and those again: %v", losses)
	}
}

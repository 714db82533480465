package algos

import (
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	const heads, views, n, k = 2, 3, 4, 5
	assignment := []int32{0, 4, -1, 2, 1, 1, 3, 0}
	checked["deepcluster_v2"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"deepcluster_v2": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			b.check(DeepClusterV2Loss(b.Tape, b.in("logits"), c.Input(t, "assignment").I32(), b.float("temperature")))
		}},
		examples: []example{{
			name: "heads and views", inputs: []adtest.Input{adtest.Random(39, heads, views, n, k)}, ordered: true,
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return DeepClusterV2Loss(t, z[0], assignment, 0.1) },
			want: func(z [][]float64) float64 {
				logits := rows64(z[0], k)
				total := 0.0
				for p := range heads {
					own := assignment[p*n : (p+1)*n]
					for v := range views { // every view leaves out the same rows
						total += classified64(logits[(p*views+v)*n:(p*views+v+1)*n], own, 0.1) / (heads * views)
					}
				}
				return total
			},
		}},
	}
}

// Where most images are alike, first centroids fall together, and all but one of them lose their images.
func TestEmptyClustersAreSeededAnew(t *testing.T) {
	d := smallSet()
	pixels := d.Train.Pixels
	size := len(pixels) / d.Train.Len()
	for i := range d.Train.Len() * 3 / 4 {
		copy(pixels[i*size:], pixels[:size])
	}
	a, err := Find("deepcluster_v2")
	if err != nil {
		t.Fatal(err)
	}
	tr := begin(t, a, d, with("clusters", "6"))
	losses(t, tr, 1)
	for p, clusters := range tr.Objective.(*DeepClusterV2).clusters {
		filled := map[float32]bool{}
		for _, c := range clusters {
			filled[c] = true
		}
		if len(filled) < 6 {
			t.Errorf("head %d: images are in %d clusters, want 6", p, len(filled))
		}
	}
}

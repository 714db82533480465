package algos

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"pushpull/core/data"
)

// Methods learn what the shapes are without being told: after 192 steps of 64 images (times longer), their nearest
// neighbours have the same class more often than an untrained encoder's, by a margin. Chance does not reach it: a
// deviation of 1000 queries is 1.3 points, and running statistics alone, with lr 0, bring 2. Where given
// differs from the defaults, the run is too short for these.
func TestEncodersLearnShapes(t *testing.T) {
	d := data.Shapes(1, 2048, 1000)
	type learning struct {
		algo   string
		margin float64
		longer int
		given  map[string]string
	}
	cases := []learning{
		{"align_uniform", 0.25, 1, nil},
		{"barlow_twins", 0.05, 1, map[string]string{"head-dim": "32", "redundancy-weight": "0.02"}},
		{"byol", 0.04, 2, nil},
		{"can", 0.03, 1, map[string]string{"vit-dim": "32", "vit-heads": "2", "vit-depth": "2", "vit-hidden": "64", "decoder-dim": "32"}},
		{"clip", 0.04, 2, map[string]string{"gray-prob": "0.7"}},
		{"dcl", 0.2, 1, nil},
		{"dclw", 0.2, 1, nil},
		{"debiased", 0.2, 1, nil},
		{"deepcluster", 0.04, 4, nil},
		{"deepcluster_v2", 0.04, 2, nil},
		{"dino", 0.03, 1, nil},
		{"fastsiam", 0.04, 2, nil},
		{"hard_negative", 0.2, 1, nil},
		{"info_nce", 0.15, 1, nil},
		{"instdisc", 0.04, 2, nil},
		{"lejepa", 0.1, 1, nil},
		{"mmcr", 0.04, 1, nil},
		{"moco", 0.03, 1, nil},
		{"moco_v3", 0.03, 1, nil},
		{"multi_view", 0.2, 1, nil},
		{"nnclr", 0.04, 1, nil},
		{"ressl", 0.08, 2, nil},
		{"siglip", 0.04, 3, nil},
		{"simclr", 0.15, 1, nil},
		{"simsiam", 0.04, 2, nil},
		{"spectral", 0.2, 1, nil},
		{"supcon", 0.09, 1, nil},
		{"swav", 0.03, 1, nil},
		{"tico", 0.05, 1, map[string]string{"lr": "5e-3"}},
		{"triplet", 0.06, 1, nil},
		{"vicreg", 0.15, 1, nil},
		{"wmse", 0.03, 1, map[string]string{"lr": "5e-3"}},
	}
	for _, a := range All() {
		if !slices.ContainsFunc(cases, func(c learning) bool { return c.algo == a.Name }) {
			t.Errorf("%s is not in the table", a.Name)
		}
	}
	for _, tc := range cases {
		t.Run(tc.algo, func(t *testing.T) {
			a, err := Find(tc.algo)
			if err != nil {
				t.Fatal(err)
			}
			given := map[string]string{"epochs": strconv.Itoa(6 * tc.longer)}
			maps.Copy(given, tc.given)
			tr := begin(t, a, d, given)
			before, err := tr.Evaluate(0, 0)
			if err != nil {
				t.Fatal(err)
			}
			losses(t, tr, tr.TotalSteps())
			after, err := tr.Evaluate(0, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("kNN %.3f before, %.3f after %d steps (%+.3f)", before.KNN, after.KNN, tr.Steps(), after.KNN-before.KNN)
			if !(after.KNN >= before.KNN+tc.margin) {
				t.Errorf("kNN accuracy %.3f, want %.3f, which is %.2f above the untrained encoder", after.KNN, before.KNN+tc.margin, tc.margin)
			}
		})
	}
}

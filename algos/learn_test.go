package algos

import (
	"testing"

	"pushpull/core/data"
)

// Two methods of different kinds learn what the shapes are without being told: their nearest neighbours have the same
// class more often than an untrained encoder's by a margin that chance does not reach (2 points are a deviation of 500
// queries).
func TestEncodersLearnShapes(t *testing.T) {
	d := data.Shapes(1, 2048, 500)
	for _, tc := range []struct {
		algo   string
		margin float64
	}{
		{"simclr", 0.15},
		{"simsiam", 0.06},
	} {
		t.Run(tc.algo, func(t *testing.T) {
			a, err := Find(tc.algo)
			if err != nil {
				t.Fatal(err)
			}
			tr := begin(t, a, d, map[string]string{"batch": "128", "epochs": "12", "conv-channels": "16-32-64", "conv-strides": "2-2-1"})
			before, err := tr.Evaluate(0, 0)
			if err != nil {
				t.Fatal(err)
			}
			l := losses(t, tr, tr.TotalSteps())
			after, err := tr.Evaluate(0, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("kNN %.3f before, %.3f after %d steps", before.KNN, after.KNN, len(l))
			if !(after.KNN >= before.KNN+tc.margin) {
				t.Errorf("kNN accuracy %.3f, want %.3f, which is %.2f above the untrained encoder", after.KNN, before.KNN+tc.margin, tc.margin)
			}
			if last := l[len(l)-1]; !(last < l[0]) {
				t.Errorf("the loss went from %v to %v", l[0], last)
			}
		})
	}
}

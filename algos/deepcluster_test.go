package algos

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
	"pushpull/core/random"
)

func init() {
	assignment := []int32{2, -1, 0, 2, 1}
	checked["deepcluster"] = checks{
		golden: map[string]func(*testing.T, golden.Case){
			"deepcluster/loss": func(t *testing.T, c golden.Case) {
				b := newBench(t, c)
				b.check(DeepClusterLoss(b.Tape, b.in("logits"), c.Input(t, "assignment").I32(), b.float("temperature")))
			},
			"deepcluster/assign_euclidean": goldenAssign,
			"deepcluster/assign_spherical": goldenAssign,
			"deepcluster/empty_cluster":    goldenAssign,
		},
		examples: []example{{
			name: "a row without cluster", inputs: adtest.Normal(37, 1, 5, 4), ordered: true,
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return DeepClusterLoss(t, z[0], assignment, 0.3) },
			want: func(z [][]float64) float64 { return classified64(rows64(z[0], 4), assignment, 0.3) },
		}},
	}
}

// classified64 is the mean cross-entropy of logits/tau with the assignment, over rows that have one.
func classified64(logits [][]float64, assignment []int32, tau float64) float64 {
	total, count := 0.0, 0.0
	for i, row := range logits {
		if assignment[i] < 0 {
			continue
		}
		var s []float64
		for _, x := range row {
			s = append(s, x/tau)
		}
		total += logSumExp64(s) - s[assignment[i]]
		count++
	}
	return total / count
}

func goldenAssign(t *testing.T, c golden.Case) {
	x, centroids := c.Input(t, "x"), c.Input(t, "centroids").F32()
	assignment, counts := ClusterStep(x.F32(), centroids, x.Shape[1], c.Params["spherical"].(bool))
	golden.Compare(t, c, "assignment", widen(assignment), c.Outputs["assignment"])
	var rows []float32
	for _, n := range counts {
		rows = append(rows, float32(n))
	}
	golden.Compare(t, c, "counts", rows, c.Outputs["counts"])
	golden.Compare(t, c, "centroids_after", centroids, c.Outputs["centroids_after"])
}

func TestWhitenedFeaturesAreUncorrelated(t *testing.T) {
	const n, d = 400, 3
	x := adtest.Random(38, n, d).Data
	for i := 0; i < len(x); i += d {
		x[i], x[i+1], x[i+2] = 5*x[i]+1, x[i+1]+4*x[i], 2 // correlated, of other scales, and one that does not vary
	}
	copy(x[399*d:], x[:d])
	y, k := whiten(x, d)
	if k != 2 {
		t.Fatalf("%d axes, want 2", k)
	}
	for i, row := range rows64(wide(y), k) {
		if math.Abs(dot64(row, row)-1) > 1e-5 {
			t.Fatalf("row %d has length %v", i, math.Sqrt(dot64(row, row)))
		}
	}
	if !slices.Equal(y[399*k:], y[:k]) {
		t.Errorf("the last image is %v, the first, which is the same, %v", y[399*k:], y[:k])
	}
	c := columns64(wide(y), k)
	if r := covariance64(c[0], c[1]); math.Abs(r) > 0.05 {
		t.Errorf("covariance %v", r)
	}
	if _, k := whiten(make([]float32, n*d), d); k != 0 {
		t.Errorf("%d axes of a collapsed encoder, want 0", k)
	}
}

// A new classifier guesses, so an epoch begins with the loss of guessing.
func TestNewClassifierGuesses(t *testing.T) {
	a, err := Find("deepcluster")
	if err != nil {
		t.Fatal(err)
	}
	tr := begin(t, a, smallSet(), with("head-hidden", "64"))
	guess := math.Log(float64(tr.Config.Int("clusters")))
	if loss := losses(t, tr, 1)[0]; !(math.Abs(float64(loss)-guess) < 0.02) {
		t.Errorf("the first loss is %v, that of guessing %v", loss, guess)
	}
}

// One huge and two tiny clusters are drawn equally often.
func TestOrderIsUniformOverClusters(t *testing.T) {
	a := &DeepCluster{k: 4, uniform: true, clusters: make([]float32, 100)}
	a.clusters[3], a.clusters[70] = 1, 3 // cluster 2 is empty
	order := make([]int32, 3000)
	r := random.New(1)
	a.Order(order, &r)
	counts := map[float32]int{}
	for _, i := range order {
		counts[a.clusters[i]]++
	}
	for _, c := range []float32{0, 1, 3} {
		if counts[c] < 900 || counts[c] > 1100 {
			t.Errorf("cluster %v was drawn %d times, want about 1000", c, counts[c])
		}
	}
}

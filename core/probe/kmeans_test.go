package probe

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestKMeansFindsBlobs(t *testing.T) {
	x, labels := blobs(1, 400, 8, 5, 4)
	for seed := range uint64(5) {
		c, err := KMeans{K: 5, Seed: seed}.Fit(x, 8)
		if err != nil {
			t.Fatal(err)
		}
		if rand := AdjustedRand(c.Assignment, labels); rand < 0.7 {
			t.Errorf("seed %d: adjusted Rand index %.2f", seed, rand)
		}
	}
}

func TestAssignAndRecenterAgainstPlainLoops(t *testing.T) {
	const n, d, k = 300, 7, 6
	x, centroids := normal(1, n, d), normal(2, k, d)
	assignment, inertia := Assign(x, centroids, d)
	var sum float64
	means, counts := make([]float64, k*d), make([]int, k)
	for i := range n {
		best, least := 0, math.Inf(1)
		for c := range k {
			var dist float64
			for j := range d {
				dist += math.Pow(float64(x[i*d+j])-float64(centroids[c*d+j]), 2)
			}
			if dist < least {
				best, least = c, dist
			}
		}
		if int(assignment[i]) != best {
			t.Fatalf("row %d goes to %d, want %d", i, assignment[i], best)
		}
		sum += least
		counts[best]++
		for j := range d {
			means[best*d+j] += float64(x[i*d+j])
		}
	}
	near(t, "inertia", inertia, sum, 1e-3)
	if got := Recenter(centroids, x, assignment, d); !slices.Equal(got, counts) {
		t.Errorf("counts %v, want %v", got, counts)
	}
	for i := range centroids {
		near(t, "centroid", float64(centroids[i]), means[i]/float64(counts[i/d]), 1e-5)
	}
}

func TestSeedsSpread(t *testing.T) {
	x := normal(1, 40, 2)
	for i := range x[:20] { // ten rows of the forty are far away
		x[i] += 1e3
	}
	for seed := range uint64(20) {
		c := seedCentroids(x, 2, 2, seed)
		if (c[0] > 500) == (c[2] > 500) {
			t.Errorf("seed %d: both centroids %v are in the same group", seed, c)
		}
	}
}

func TestLloydNeverGetsWorse(t *testing.T) {
	const d = 6
	x := normal(3, 500, d)
	last := math.Inf(1)
	for iterations := 1; iterations < 12; iterations++ {
		c, err := KMeans{K: 20, Seed: 1, Iterations: iterations}.Fit(x, d)
		if err != nil {
			t.Fatal(err)
		}
		if c.Iterations > iterations {
			t.Errorf("%d iterations, want at most %d", c.Iterations, iterations)
		}
		if c.Inertia > last*(1+1e-6) {
			t.Errorf("inertia rises from %v to %v", last, c.Inertia)
		}
		last = c.Inertia
		_, again := Assign(x, c.Centroids, d)
		near(t, "inertia of the result", c.Inertia, again, 1e-6)
	}
	c, err := KMeans{K: 20, Seed: 1}.Fit(x, d) // to the end, where another round changes nothing
	if err != nil || c.Inertia > last*(1+1e-6) || c.Iterations < 2 {
		t.Errorf("inertia %v after %d iterations, %v", c.Inertia, c.Iterations, err)
	}
	before := slices.Clone(c.Centroids)
	if Recenter(c.Centroids, x, c.Assignment, d); !slices.Equal(c.Centroids, before) {
		t.Error("centroids are not the means of their rows")
	}
}

func TestEmptyClusters(t *testing.T) {
	x := []float32{0, 1, 2, 100, 101, 102}
	distances := []float64{0, 1, 4, 0, 1, 9}
	assignment := []int32{0, 0, 0, 2, 2, 2}
	reseed(assignment, distances, 4) // 1 and 3 are empty
	if want := []int32{0, 0, 3, 2, 2, 1}; !slices.Equal(assignment, want) {
		t.Errorf("assignment %v, want %v: the farthest row to the first empty cluster, the next to the second", assignment, want)
	}
	alone := []int32{0, 1, 1}
	reseed(alone, []float64{9, 1, 2}, 3)
	if want := []int32{0, 1, 2}; !slices.Equal(alone, want) {
		t.Errorf("assignment %v, want %v: a cluster's only row should stay", alone, want)
	}
	pairs := []int32{0, 0, 1, 1}
	reseed(pairs, []float64{9, 8, 1, 2}, 4)
	if want := []int32{2, 0, 1, 3}; !slices.Equal(pairs, want) {
		t.Errorf("assignment %v, want %v: a cluster that gave a row away should keep its last", pairs, want)
	}
	keep := []float32{7, 50}
	if counts := Recenter(keep, x, make([]int32, 6), 1); counts[1] != 0 || keep[1] != 50 {
		t.Errorf("counts %v, centroids %v: a centroid without rows should stay", counts, keep)
	}
	for _, k := range []int{1, 6} {
		c, err := KMeans{K: k}.Fit(x, 1)
		if err != nil {
			t.Fatal(err)
		}
		used := slices.Compact(slices.Sorted(slices.Values(c.Assignment)))
		if len(used) != k {
			t.Errorf("k %d: clusters %v in use", k, used)
		}
	}
	same, err := KMeans{K: 3}.Fit(make([]float32, 10), 2) // fewer distinct rows than clusters
	if err != nil || same.Inertia != 0 {
		t.Errorf("equal rows: %v, %v", same, err)
	}
}

func TestKMeansRefuses(t *testing.T) {
	for _, k := range []int{-1, 0, 4} {
		if _, err := (KMeans{K: k}).Fit(normal(1, 3, 2), 2); err == nil || !strings.Contains(err.Error(), "from 1 to 3") {
			t.Errorf("%d clusters of 3 rows: error %v", k, err)
		}
	}
}

func BenchmarkKMeans(b *testing.B) {
	x := normal(1, 10000, 64)
	for b.Loop() {
		if _, err := (KMeans{K: 50, Iterations: 10}).Fit(x, 64); err != nil {
			b.Fatal(err)
		}
	}
}

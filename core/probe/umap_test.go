package probe

import (
	"math"
	"slices"
	"testing"
)

// clusters returns n rows of length d round k centres, and which centre each belongs to.
func clusters(n, d, k int, spread float32) (x []float32, of []int32) {
	centres, x, of := normal(7, k, d), normal(8, n, d), make([]int32, n)
	for i := range x {
		of[i/d] = int32(i / d % k)
		x[i] = spread*x[i] + 3*centres[int(of[i/d])*d+i%d]
	}
	return x, of
}

func TestUMAPKeepsClustersApart(t *testing.T) {
	const n, d, k = 300, 10, 5
	x, of := clusters(n, d, k, 1)
	for _, dims := range []int{2, 3} {
		u, err := NewUMAP(x, d, dims, 15, 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 120 {
			u.Step()
		}
		trust, err := Trustworthiness(x, d, u.Layout, dims, 12)
		if err != nil || trust < 0.9 {
			t.Errorf("%d dimensions: trustworthiness %.3f, %v", dims, trust, err)
		}
		if agreement := neighbourAgreement(u.Layout, dims, of); agreement < 0.97 {
			t.Errorf("%d dimensions: %.3f of the nearest rows are of the same cluster", dims, agreement)
		}
	}
}

// neighbourAgreement is the share of rows whose nearest row has the same label.
func neighbourAgreement(y []float32, d int, labels []int32) float64 {
	same := 0
	for i := range labels {
		best, least := 0, math.Inf(1)
		for j := range labels {
			if v := float64(squaredDistance(y[i*d:][:d], y[j*d:][:d])); j != i && v < least {
				best, least = j, v
			}
		}
		if labels[best] == labels[i] {
			same++
		}
	}
	return float64(same) / float64(len(labels))
}

func TestUMAPIsDeterministicAndFollows(t *testing.T) {
	const n, d = 120, 6
	x, _ := clusters(n, d, 3, 1)
	layouts := [2][]float32{}
	for run := range layouts {
		u, err := NewUMAP(x, d, 2, 8, 5)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			if i == 15 {
				moved, _ := clusters(n, d, 4, 1.2)
				u.Follow(moved, d)
			}
			u.Step()
		}
		layouts[run] = u.Layout
	}
	if !slices.Equal(layouts[0], layouts[1]) {
		t.Error("two runs of the same rows and seed differ")
	}
}

// Rows that are all equal, or nearly, must not end in NaN: that is what collapse looks like.
func TestUMAPOfCollapsedRows(t *testing.T) {
	const n, d = 50, 4
	for name, x := range map[string][]float32{"equal": make([]float32, n*d), "tiny": normal(3, n, d), "far": normal(4, n, d)} {
		for i := range x {
			switch name {
			case "tiny":
				x[i] = 1 + 1e-20*x[i]
			case "far":
				x[i] *= 1e15
			}
		}
		u, err := NewUMAP(x, d, 2, 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			u.Step()
		}
		for i, v := range u.Layout {
			if v-v != 0 {
				t.Fatalf("%s: coordinate %d is %v", name, i, v)
			}
		}
	}
	if _, err := NewUMAP(make([]float32, 12), 4, 2, 3, 1); err == nil {
		t.Error("three rows have no three neighbours each, and no error says so")
	}
}

func TestUMAPStepAllocatesNothing(t *testing.T) {
	x, _ := clusters(100, 5, 3, 1)
	u, err := NewUMAP(x, 5, 2, 8, 1)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, u.Step); n > 0 {
		t.Errorf("%v allocations a step", n)
	}
}

func TestMembershipsSumToTheEntropy(t *testing.T) {
	distances := []float32{0.5, 0.7, 0.9, 1.4, 1.5, 2, 2.2, 3}
	memberships(distances)
	sum := float32(0)
	for _, w := range distances {
		sum += w
	}
	near(t, "sum of memberships", float64(sum), 3, 1e-4)
	if distances[0] != 1 {
		t.Errorf("the nearest row belongs by %g, want 1", distances[0])
	}
}

func TestViewPlacesRowsAsItsFrame(t *testing.T) {
	x := normal(5, 80, 9)
	for _, v := range []*View{{}, {Sphere: true}, {Dims: 2}} {
		all, some := make([]float32, 80*v.dims()), make([]float32, 10*v.dims())
		v.Project(all, x, 9)
		v.Place(some, x[20*9:30*9], 9)
		for i, got := range some {
			near(t, "coordinate", float64(got), float64(all[20*v.dims()+i]), 1e-6)
		}
	}
}

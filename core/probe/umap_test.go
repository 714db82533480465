package probe

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pushpull/core/random"
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
	const n, d, k = 400, 20, 16 // more clusters than two or three principal components tell apart
	x, of := clusters(n, d, k, 1)
	for _, dims := range []int{2, 3} {
		u, err := NewUMAP(x, d, dims, 15, 1)
		if err != nil {
			t.Fatal(err)
		}
		if agreement := neighbourAgreement(u.Layout, dims, of); agreement > 0.95 {
			t.Fatalf("%d dimensions: %.3f of the nearest rows are of the same cluster before the first step", dims, agreement)
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

// A link acts in as many steps as its weight says.
func TestUMAPSamplesLinksByWeight(t *testing.T) {
	const steps, weight = 2000, 0.25
	u := UMAP{Layout: make([]float32, 4), n: 2, dims: 2, random: random.New(1), links: []link{{0, 1, weight}}}
	acted := 0.0
	for range steps {
		start := []float32{0, 0, 1, 1}
		copy(u.Layout, start)
		if u.Step(); !slices.Equal(u.Layout, start) {
			acted++
		}
	}
	near(t, "share of steps", acted/steps, weight, 5*math.Sqrt(weight*(1-weight)/steps))
}

func TestMembershipsSumToTheEntropy(t *testing.T) {
	for _, distances := range [][]float32{{0.5, 0.7, 0.9, 1.4, 1.5, 2, 2.2, 3}, {0, 4, 4, 4}, {9, 9.1, 9.2, 9.3}} {
		want := math.Log2(float64(len(distances)))
		memberships(distances)
		sum := float32(0)
		for _, w := range distances {
			sum += w
		}
		near(t, "sum of memberships", float64(sum), want, 1e-4)
		if distances[0] != 1 {
			t.Errorf("the nearest row belongs by %g, want 1", distances[0])
		}
	}
}

// The graph is the union of all rows' fuzzy sets of neighbours, here as a whole matrix.
func TestFuzzyGraphAgainstPlainLoops(t *testing.T) {
	const n, d, k = 40, 3, 6
	x := normal(2, n, d)
	var member [n][n]float64
	for i := range n {
		others := make([]int, 0, n)
		distance := func(j int) float64 { return math.Sqrt(squaredDistance(x[i*d:][:d], x[j*d:][:d])) }
		for j := range n {
			if j != i {
				others = append(others, j)
			}
		}
		slices.SortFunc(others, func(a, b int) int { return cmp.Compare(distance(a), distance(b)) })
		weights := make([]float32, k)
		for at := range weights {
			weights[at] = float32(distance(others[at]))
		}
		memberships(weights)
		for at, w := range weights {
			member[i][others[at]] = float64(w)
		}
	}
	graph := fuzzyGraph(x, d, k)
	for i := range n {
		for j := i + 1; j < n; j++ {
			want := member[i][j] + member[j][i] - member[i][j]*member[j][i]
			if want == 0 {
				continue
			}
			if len(graph) == 0 || int(graph[0].a) != i || int(graph[0].b) != j {
				t.Fatalf("no link from %d to %d where one should come", i, j)
			}
			near(t, "weight of a link", float64(graph[0].weight), want, 1e-4)
			graph = graph[1:]
		}
	}
	if len(graph) > 0 {
		t.Errorf("%d links too many", len(graph))
	}
}

// A link with the likelihood 1/(1 + a r^2b) pulls its ends along the gradient of its logarithm, both the same way; a row is
// pushed along that of the logarithm of what is left to 1.
func TestUMAPForcesAreGradients(t *testing.T) {
	a, b := []float32{0.9, -0.4}, []float32{-0.5, 0.2}
	along := func(f func(likelihood float64) float64, c int) float64 {
		at := func(h float64) float64 {
			r2 := 0.0
			for i := range a {
				v := float64(a[i]) - float64(b[i])
				if i == c {
					v += h
				}
				r2 += v * v
			}
			return math.Log(f(1 / (1 + umapA*math.Pow(r2, umapB))))
		}
		return (at(1e-5) - at(-1e-5)) / 2e-5
	}
	const rate = 0.25
	u := UMAP{dims: 2}
	pulled, puller := slices.Clone(a), slices.Clone(b)
	u.attract(pulled, puller, rate)
	pushed := slices.Clone(a)
	u.repel(pushed, b, rate)
	for c := range a {
		pull := rate * along(func(p float64) float64 { return p }, c)
		near(t, "pull on one end", float64(pulled[c]-a[c]), pull, 1e-4)
		near(t, "pull on the other", float64(puller[c]-b[c]), -pull, 1e-4)
		near(t, "push", float64(pushed[c]-a[c]), rate*along(func(p float64) float64 { return 1 - p }, c), 2e-3)
	}
	close := []float32{1e-3, 0}
	u.repel(close, []float32{0, 0}, rate)
	near(t, "the farthest push", float64(close[0]), 1e-3+rate*umapReach*min(1, 2*umapB*1e-3/1e-3/umapReach), 1e-2)
}

func TestViewPlacesRowsAsItsFrame(t *testing.T) {
	x := normal(5, 80, 9)
	for _, v := range []*View{{}, {Sphere: true}} {
		all, some := make([]float32, 80*3), make([]float32, 10*3)
		v.Project(all, x, 9)
		v.Place(some, x[20*9:30*9], 9)
		for i, got := range some {
			near(t, "coordinate", float64(got), float64(all[20*3+i]), 1e-6)
		}
	}
}

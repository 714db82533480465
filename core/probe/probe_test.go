package probe

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/kernel"
	"pushpull/core/random"
)

// normal returns n·d independent standard normal numbers.
func normal(seed uint64, n, d int) []float32 {
	r := random.New(seed)
	x := make([]float32, n*d)
	for i := range x {
		x[i] = r.Normal()
	}
	return x
}

// blobs returns n rows around `classes` centres a distance of about apart·sqrt(2d) from each other, and their labels.
func blobs(seed uint64, n, d, classes int, apart float32) (x []float32, labels []int32) {
	x, centers := normal(seed, n, d), normal(seed+1000, classes, d)
	labels = make([]int32, n)
	for i := range labels {
		c := i % classes
		labels[i] = int32(c)
		for j := range d {
			x[i*d+j] += apart * centers[c*d+j]
		}
	}
	return x, labels
}

// rotation returns a random orthogonal matrix [d, d].
func rotation(seed uint64, d int) []float32 {
	q := normal(seed, d, d)
	orthonormalize(q, d)
	return q
}

// times returns x [n, d] m [d, d].
func times(x, m []float32, d int) []float32 {
	y := make([]float32, len(x))
	kernel.Gemm(false, false, len(x)/d, d, d, 1, x, d, m, d, 0, y, d)
	return y
}

// permuted returns rows of x in the order p.
func permuted[T any](x []T, p []int32, d int) []T {
	var y []T
	for _, i := range p {
		y = append(y, x[int(i)*d:][:d]...)
	}
	return y
}

func permutation(seed uint64, n int) []int32 {
	r, p := random.New(seed), make([]int32, n)
	r.Permute(p)
	return p
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v within %g", what, got, want, tolerance)
	}
}

func nearAll[F float32 | float64](t *testing.T, what string, got, want []F, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !(math.Abs(float64(got[i])-float64(want[i])) <= tolerance) {
			t.Fatalf("%s[%d] is %v, want %v within %g", what, i, got[i], want[i], tolerance)
		}
	}
}

func repeat(x []float32, n int) []float32 { return slices.Repeat(x, n) }

// everything returns the numbers of every measure, of sizes that fill several blocks.
func everything(t *testing.T) []float64 {
	t.Helper()
	const n, d, classes = 330, 19, 5
	x, labels := blobs(1, n, d, classes, 0.5)
	y := normal(2, n, d)
	var all []float64
	add := func(v ...float64) { all = append(all, v...) }
	add32 := func(v []float32) {
		for _, f := range v {
			add(float64(f))
		}
	}
	addInts := func(v []int32) {
		for _, i := range v {
			add(float64(i))
		}
	}
	ok := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	votes, err := KNN{}.Classify(x, labels, y, d, classes)
	ok(err)
	add32(votes.Share)
	m, err := LinearProbe{L2: 1e-3, Standardize: true}.Fit(x, labels, d, classes)
	ok(err)
	add32(m.Weight)
	c, err := KMeans{K: 7}.Fit(x, d)
	ok(err)
	add32(c.Centroids)
	add(c.Inertia)
	p, err := FitPCA(x, d, 3)
	ok(err)
	add32(p.Project(x))
	ranks, ties := PairedRanks(x, y, d)
	addInts(ranks)
	addInts(ties)
	addInts(LabelRanks(x, labels, d))
	trust, err := Trustworthiness(x, d, y, d, 9)
	ok(err)
	s, err := NewTSNE(x, d, 2, 20)
	ok(err)
	for range 5 {
		s.Step()
	}
	add32(s.Layout)
	view := make([]float32, n*3)
	(&View{Sphere: true}).Project(view, x, d)
	add32(view)
	add(trust, s.KL(), CKA(x, d, y, d), Uniformity(x, d, 2), Alignment(x, y, d, 2))
	add(RankMe(x, d), EffectiveRank(x, d), ParticipationRatio(x, d), NormalizedStd(x, d))
	return all
}

func TestThreadsDoNotChangeAnyBit(t *testing.T) {
	defer kernel.SetThreads(0)
	kernel.SetThreads(1)
	want := everything(t)
	for _, threads := range []int{2, 3} {
		kernel.SetThreads(threads)
		if !slices.Equal(everything(t), want) {
			t.Errorf("%d threads give other bits than one", threads)
		}
	}
}

func TestNothingToMeasure(t *testing.T) {
	for _, z := range [][]float32{nil, {3, 4}, {0, 0, 0, 0}} { // no row, one, two of zeros
		for name, got := range map[string]float64{
			"RankMe": RankMe(z, 2), "EffectiveRank": EffectiveRank(z, 2), "ParticipationRatio": ParticipationRatio(z, 2),
			"NormalizedStd": NormalizedStd(z, 2), "Uniformity": Uniformity(z, 2, 2), "Alignment": Alignment(z, z, 2, 2),
			"CKA": CKA(z, 2, z, 2),
		} {
			want := 0.0
			if name == "RankMe" && len(z) == 2 {
				want = 1 // one row is one direction
			}
			if name == "Uniformity" && len(z) == 4 {
				want = -4 // exp(-2·2): rows of zeros have cosine 0
			}
			near(t, name, got, want, 1e-5)
		}
	}
	if got := Accuracy(nil, nil); got != 0 {
		t.Errorf("accuracy of nothing is %v", got)
	}
}

func TestNaNIsNotHidden(t *testing.T) {
	const n, d = 20, 6
	z := normal(1, n, d)
	z[17] = float32(math.NaN())
	for name, got := range map[string]float64{
		"RankMe": RankMe(z, d), "EffectiveRank": EffectiveRank(z, d), "ParticipationRatio": ParticipationRatio(z, d),
		"NormalizedStd": NormalizedStd(z, d), "Uniformity": Uniformity(z, d, 2), "Alignment": Alignment(z, z, d, 2),
		"CKA": CKA(z, d, z, d),
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s of embeddings with NaN is %v", name, got)
		}
	}
	labels := make([]int32, n)
	if _, err := (KMeans{K: 3}).Fit(z, d); err != nil {
		t.Error(err)
	}
	if _, err := (LinearProbe{L2: 1}).Fit(z, labels, d, 2); err == nil {
		t.Error("a linear probe of NaN gives a result")
	}
	if _, _, err := Affinities(z, d, 5); err != nil {
		t.Error(err)
	}
	LabelRanks(z, labels, d)
	PairedRanks(z, z, d)
}

func TestMismatchesPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"no whole rows":  func() { RankMe(make([]float32, 7), 2) },
		"width 0":        func() { RankMe(nil, 0) },
		"labels":         func() { LabelRanks(make([]float32, 6), make([]int32, 2), 2) },
		"pairs":          func() { Alignment(make([]float32, 4), make([]float32, 2), 2, 2) },
		"joint":          func() { KL(make([]float32, 3), make([]float32, 4), 2) },
		"view's results": func() { new(View).Project(make([]float32, 5), make([]float32, 8), 4) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

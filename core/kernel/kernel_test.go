package kernel

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/random"
)

// guard is the number of elements round each test slice that a kernel must leave alone.
const guard = 40

// canary fills the guards: a NaN with a payload, compared by bits.
var canary = math.Float32frombits(0x7fc0dead)

// guarded returns a slice of n elements amid canaries and a function that checks they are still there.
func guarded(t testing.TB, n, offset int) ([]float32, func()) {
	all := make([]float32, guard+offset+n+guard)
	for i := range all {
		all[i] = canary
	}
	x := all[guard+offset:][:n:n]
	return x, func() {
		t.Helper()
		for i, v := range all {
			if (i < guard+offset || i >= guard+offset+n) && math.Float32bits(v) != math.Float32bits(canary) {
				t.Fatalf("wrote element %d of a slice of %d", i-guard-offset, n)
			}
		}
	}
}

// normal returns n standard normal numbers.
func normal(r *random.Stream, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Normal()
	}
	return x
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// near fails unless got is want within tol, relatively to scale (1 at least).
func near(t testing.TB, what string, got []float32, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		g := float64(got[i])
		if g == w || math.IsNaN(g) && math.IsNaN(w) {
			continue
		}
		if !(math.Abs(g-w) <= tol*(1+math.Abs(w))) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, g, w)
		}
	}
}

// bits makes slices comparable even where they hold NaN.
func bits(x []float32) []uint32 {
	y := make([]uint32, len(x))
	for i, v := range x {
		y[i] = math.Float32bits(v)
	}
	return y
}

// sameForAllThreads runs f with 1, 2 and 3 threads and fails unless what it returns is the same to the last bit.
func sameForAllThreads(t *testing.T, f func() []float32) []float32 {
	t.Helper()
	defer SetThreads(0)
	SetThreads(1)
	want := f()
	for _, n := range []int{2, 3} {
		SetThreads(n)
		if got := f(); !slices.Equal(bits(got), bits(want)) {
			t.Fatalf("%d threads give other bits than one", n)
		}
	}
	return want
}

func TestGemm(t *testing.T) { eachImplementation(t, testGemm) }

func testGemm(t *testing.T) {
	r := random.New(1)
	sizes := [][3]int{{0, 3, 2}, {1, 1, 1}, {3, 2, 0}, {5, 7, 3}, {12, 32, 8}, {13, 33, 9}, {6, 16, 40}, {64, 17, 31}, {37, 130, 65}, {150, 70, 300}}
	for _, size := range sizes {
		m, n, k := size[0], size[1], size[2]
		for _, trans := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
			for _, scale := range [][2]float32{{1, 0}, {0.5, 1}, {-1, 0.25}} {
				t.Run(fmt.Sprint(size, trans, scale), func(t *testing.T) {
					lda, ldb, ldc := k+r.IntN(3), n+r.IntN(3), n+r.IntN(3)
					if trans[0] {
						lda = m + r.IntN(3)
					}
					if trans[1] {
						ldb = k + r.IntN(3)
					}
					a, b, c0 := normal(&r, m*k+m*lda+k*lda), normal(&r, k*n+k*ldb+n*ldb), normal(&r, m*ldc)
					want := wide(c0)
					gemmRef(trans[0], trans[1], m, n, k, float64(scale[0]), wide(a), lda, wide(b), ldb, float64(scale[1]), want, ldc)
					got := sameForAllThreads(t, func() []float32 {
						c, check := guarded(t, m*ldc, 1)
						copy(c, c0)
						if scale[1] == 0 {
							for i := range m {
								copy(c[i*ldc:], filled(n, float32(math.NaN())))
							}
						}
						Gemm(trans[0], trans[1], m, n, k, scale[0], a, lda, b, ldb, scale[1], c, ldc)
						check()
						return c
					})
					near(t, "C", got, want, 1e-6*(3+float64(k)))
				})
			}
		}
	}
}

var convs = []Conv{
	{N: 2, H: 5, W: 7, C: 3, Out: 4, KH: 3, KW: 3, Stride: 1, Pad: 1},
	{N: 3, H: 8, W: 8, C: 5, Out: 33, KH: 3, KW: 3, Stride: 2, Pad: 1},
	{N: 11, H: 4, W: 5, C: 16, Out: 7, KH: 1, KW: 1, Stride: 1, Pad: 0},
	{N: 2, H: 7, W: 7, C: 16, Out: 16, KH: 1, KW: 1, Stride: 2, Pad: 0},
	{N: 1, H: 9, W: 6, C: 1, Out: 32, KH: 5, KW: 2, Stride: 3, Pad: 2},
	{N: 17, H: 6, W: 6, C: 4, Out: 8, KH: 4, KW: 4, Stride: 4, Pad: 0},
	{N: 0, H: 3, W: 3, C: 1, Out: 1, KH: 3, KW: 3, Stride: 1, Pad: 1},
}

func TestConv(t *testing.T) { eachImplementation(t, testConv) }

func testConv(t *testing.T) {
	r := random.New(2)
	for _, g := range convs {
		t.Run(fmt.Sprint(g), func(t *testing.T) { testConvolution(t, g, &r) })
	}
}

func TestSelect(t *testing.T) {
	defer func() { _ = Select("") }()
	for _, r := range available() {
		if err := Select(r.name); err != nil || Name() != r.name {
			t.Errorf("Select(%q): %v, in use: %s", r.name, err, Name())
		}
	}
	before := Name()
	err := Select("abacus")
	if err == nil || !strings.Contains(err.Error(), `"abacus"`) || !strings.Contains(err.Error(), "go") {
		t.Errorf("the error does not say what is wrong and what there is: %v", err)
	}
	if Name() != before {
		t.Error("a refused name changes the implementation")
	}
}

func TestSplit(t *testing.T) {
	defer SetThreads(0)
	for _, threads := range []int{1, 2, 5} {
		SetThreads(threads)
		for _, n := range []int{0, 1, 9, 10, 11, 1000} {
			seen := make([]float32, n)
			Split(n, 10, Task{X: seen, I: [12]int{threads, n}}, func(t *Task, worker, lo, hi int) {
				if worker < 0 || worker >= t.I[0] || lo%10 != 0 || hi != min(lo+10, t.I[1]) {
					panic("wrong range")
				}
				Split(hi-lo, 3, Task{X: t.X[lo:hi]}, func(t *Task, _, lo, hi int) {
					for i := lo; i < hi; i++ {
						t.X[i]++
					}
				})
			})
			for i, v := range seen {
				if v != 1 {
					t.Fatalf("%d threads, n %d: element %d was visited %v times", threads, n, i, v)
				}
			}
		}
	}
}

func TestAllocations(t *testing.T) {
	defer SetThreads(0)
	r := random.New(3)
	g := convs[1]
	x, w, y := normal(&r, g.N*g.H*g.W*g.C), normal(&r, g.KH*g.KW*g.C*g.Out), normal(&r, g.N*g.OutH()*g.OutW()*g.Out)
	a, b, c := normal(&r, 100*100), normal(&r, 100*100), normal(&r, 100*100)
	long, long2, long3, long4 := normal(&r, 1<<16), normal(&r, 1<<16), normal(&r, 1<<16), make([]float32, 1<<16)
	for _, threads := range []int{1, 2} {
		SetThreads(threads)
		for name, f := range map[string]func(){
			"Gemm":       func() { Gemm(false, true, 100, 100, 100, 1, a, 100, b, 100, 0, c, 100) },
			"Forward":    func() { g.Forward(y, x, w) },
			"GradInput":  func() { g.GradInput(x, y, w) },
			"GradWeight": func() { g.GradWeight(w, x, y) },
			"Axpy":       func() { Axpy(0.5, long, long2) },
			"SumRows":    func() { SumRows(c[:100], a) },
			"BatchNorm": func() {
				BatchNormStats(b[:64], b[64:128], long)
				norm := BatchNorm{Mean: b[:64], Gamma: b[:64], Variance: b[64:128], Eps: 1e-5}
				norm.Apply(long2, long)
				norm.Grad(long2, nil, nil, nil, long, long3, true)
			},
			"AdamStep": func() { AdamStep(long, long2, long3, long4, 1e-3, 0.9, 0.999, 1e-8, 1, 1, 0, 0) },
		} {
			if n := testing.AllocsPerRun(20, f); n != 0 {
				t.Errorf("%s allocates %v times with %d threads", name, n, threads)
			}
		}
	}
}

//go:build linux || darwin

package kernel

import (
	"syscall"
	"testing"
	"unsafe"

	"pushpull/core/random"
)

// atEnd returns a copy of x behind which memory ends: whoever reads beyond it crashes.
func atEnd(t testing.TB, x []float32) []float32 {
	page := syscall.Getpagesize()
	size := (4*len(x) + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(m) })
	if err := syscall.Mprotect(m[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	y := unsafe.Slice((*float32)(unsafe.Pointer(&m[0])), size/4)[size/4-len(x):]
	copy(y, x)
	return y
}

// No routine reads or writes beyond the end of its arguments.
func TestBounds(t *testing.T) { eachImplementation(t, testBounds) }

func testBounds(t *testing.T) {
	r := random.New(14)
	vector := func(n int) []float32 { return atEnd(t, normal(&r, n)) }
	for _, loop := range loops {
		for _, n := range []int{1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 63} {
			in := [4][]float32{vector(n), vector(n), vector(n), vector(n)}
			loop.f(vector(n), in)
		}
	}
	for _, size := range [][3]int{{1, 1, 1}, {13, 20, 9}, {8, 8, 16}, {30, 12, 4}, {5, 35, 33}} {
		m, n, k := size[0], size[1], size[2]
		for i := range 4 {
			lda, ldb := k, n
			if i&1 != 0 {
				lda = m
			}
			if i&2 != 0 {
				ldb = k
			}
			Gemm(i&1 != 0, i&2 != 0, m, n, k, 1, vector(m*k), lda, vector(k*n), ldb, 1, vector(m*n), n)
		}
	}
	for _, g := range convs[:6] {
		x, w, y := vector(g.N*g.H*g.W*g.C), vector(g.patch()*g.Out), vector(g.N*g.OutH()*g.OutW()*g.Out)
		g.Forward(y, x, w)
		g.GradInput(x, y, w)
		g.GradWeight(w, x, y)
	}
	for _, c := range []int{1, 3, 8, 19, 37} {
		x, dy, mean, gamma := vector(9*c), vector(9*c), vector(c), vector(c)
		variance := atEnd(t, filled(c, 1))
		BatchNormStats(mean, variance, x)
		BatchNorm{Mean: mean, Variance: variance, Gamma: gamma, Eps: 1e-5}.Grad(vector(9*c), vector(c), vector(c), nil, x, dy, true)
		AdamStep(vector(c), vector(c), vector(c), atEnd(t, filled(c, 1)), 0.1, 0.9, 0.999, 1e-8, 1, 1, 0, 0)
	}
}

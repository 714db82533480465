package kernel

import (
	"fmt"
	"testing"

	"pushpull/core/random"
)

// eachImplementation runs f as a subtest or sub-benchmark for each implementation this machine can use.
func eachImplementation[T interface {
	testing.TB
	Run(string, func(T)) bool
}](t T, f func(t T)) {
	defer func() { _ = Select("") }()
	for _, r := range available() {
		t.Run(r.name, func(t T) {
			if err := Select(r.name); err != nil {
				t.Fatal(err)
			}
			f(t)
		})
	}
}

func BenchmarkGemm(b *testing.B) {
	eachImplementation(b, func(b *testing.B) {
		for _, size := range [][3]int{{128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {16384, 32, 288}, {512, 512, 128}, {512, 128, 256}} {
			for trans, name := range []string{"NN", "NT", "TN", "TT"} {
				m, n, k := size[0], size[1], size[2]
				b.Run(fmt.Sprintf("%dx%dx%d/%s", m, k, n, name), func(b *testing.B) {
					r := random.New(1)
					x, y, z := normal(&r, m*k), normal(&r, k*n), make([]float32, m*n)
					lda, ldb := k, n
					if trans&2 != 0 {
						lda = m
					}
					if trans&1 != 0 {
						ldb = k
					}
					measure(b, 2*m*n*k, func() {
						Gemm(trans&2 != 0, trans&1 != 0, m, n, k, 1, x, lda, y, ldb, 0, z, n)
					})
				})
			}
		}
	})
}

// measure reports the rate of f, which does flops operations, and its allocations.
func measure(b *testing.B, flops int, f func()) {
	f()
	b.ReportAllocs()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(flops)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

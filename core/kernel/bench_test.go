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

func BenchmarkConv(b *testing.B) {
	eachImplementation(b, func(b *testing.B) {
		for _, g := range []Conv{
			{N: 256, H: 32, W: 32, C: 3, Out: 32, KH: 3, KW: 3, Stride: 1, Pad: 1},
			{N: 256, H: 32, W: 32, C: 32, Out: 64, KH: 3, KW: 3, Stride: 2, Pad: 1},
			{N: 256, H: 16, W: 16, C: 64, Out: 128, KH: 3, KW: 3, Stride: 2, Pad: 1},
			{N: 256, H: 32, W: 32, C: 16, Out: 16, KH: 3, KW: 3, Stride: 1, Pad: 1},
			{N: 256, H: 16, W: 16, C: 32, Out: 32, KH: 3, KW: 3, Stride: 1, Pad: 1},
			{N: 256, H: 8, W: 8, C: 64, Out: 64, KH: 3, KW: 3, Stride: 1, Pad: 1},
			{N: 256, H: 4, W: 4, C: 128, Out: 128, KH: 3, KW: 3, Stride: 1, Pad: 1},
			{N: 256, H: 32, W: 32, C: 16, Out: 32, KH: 1, KW: 1, Stride: 2, Pad: 0},
		} {
			r := random.New(1)
			x, w, y := normal(&r, g.N*g.H*g.W*g.C), normal(&r, g.patch()*g.Out), normal(&r, g.N*g.OutH()*g.OutW()*g.Out)
			dx, dw := make([]float32, len(x)), make([]float32, len(w))
			flops := 2 * g.N * g.OutH() * g.OutW() * g.patch() * g.Out
			name := fmt.Sprintf("%dx%dx%dto%d_%dx%ds%d", g.H, g.W, g.C, g.Out, g.KH, g.KW, g.Stride)
			b.Run(name+"/Forward", func(b *testing.B) { measure(b, flops, func() { g.Forward(y, x, w) }) })
			b.Run(name+"/GradInput", func(b *testing.B) { measure(b, flops, func() { g.GradInput(dx, y, w) }) })
			b.Run(name+"/GradWeight", func(b *testing.B) { measure(b, flops, func() { g.GradWeight(dw, x, y) }) })
		}
	})
}

func BenchmarkVector(b *testing.B) {
	eachImplementation(b, func(b *testing.B) {
		const c = 32
		for _, n := range []int{1 << 13, 1 << 20} { // within the first cache, and beyond
			r := random.New(1)
			x, y, z, v := normal(&r, n), normal(&r, n), normal(&r, n), make([]float32, n)
			norm := BatchNorm{Mean: normal(&r, c), Variance: make([]float32, c), Eps: 1, ReLU: true}
			for _, k := range []struct {
				name   string
				arrays int // read or written
				run    func()
			}{
				{"Axpy", 3, func() { Axpy(1e-9, x, y) }},
				{"ReLU", 2, func() { ReLU(y, x) }},
				{"Exp", 2, func() { Exp(y, x) }},
				{"SoftmaxRows", 2, func() { SoftmaxRows(y, x, 512) }},
				{"LogSumExpRows", 1, func() { LogSumExpRows(v[:n/512], x, 512) }},
				{"NormalizeRows", 2, func() { NormalizeRows(y, v[:n/128], x, 128, 1e-8) }},
				{"SumSquares", 1, func() { SumSquares(x) }},
				{"SumRows", 1, func() { SumRows(norm.Mean, x) }},
				{"BatchNormStats", 1, func() { BatchNormStats(norm.Mean, norm.Variance, x) }},
				{"BatchNorm.Apply", 2, func() { norm.Apply(y, x) }},
				{"BatchNorm.Grad", 6, func() { norm.Grad(z, nil, nil, nil, x, y, false) }},
				{"AdamStep", 7, func() { AdamStep(x, y, z, v, 1e-6, 0.9, 0.999, 1e-8, 1, 1, 0, 0) }},
				{"SGDStep", 5, func() { SGDStep(x, y, z, 1e-6, 0.9, 0, false, false) }},
			} {
				b.Run(fmt.Sprintf("%d/%s", n, k.name), func(b *testing.B) {
					b.SetBytes(int64(4 * n * k.arrays))
					b.ReportAllocs()
					for b.Loop() {
						k.run()
					}
				})
			}
		}
	})
}

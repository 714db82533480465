// Package work is what the benchmark measures of this project, natively and in Chromium alike.
package work

import (
	"fmt"
	"slices"
	"time"

	"pushpull/core/kernel"
	"pushpull/core/random"
)

// Result is the median time of one piece of work.
type Result struct {
	Name    string
	Threads int
	Seconds float64
	Flops   float64 // floating-point operations of a matrix product; 0 for a step
}

// Median returns the median time of f over the budget, three runs at least, after two that do not count.
func Median(budget time.Duration, f func()) float64 {
	f()
	f()
	var times []float64
	for start := time.Now(); len(times) < 3 || time.Since(start) < budget; {
		t := time.Now()
		f()
		times = append(times, time.Since(t).Seconds())
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// Product is a matrix product [m, k] [k, n].
type Product struct{ M, K, N int }

// Products are those that are measured.
var Products = []Product{{256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {16384, 288, 32}, {512, 128, 512}}

func (p Product) String() string { return fmt.Sprintf("sgemm %dx%dx%d", p.M, p.K, p.N) }

// Flops returns the product's floating-point operations.
func (p Product) Flops() float64 { return 2 * float64(p.M) * float64(p.K) * float64(p.N) }

// Measure times the product by this project's kernel.
func (p Product) Measure(threads int, budget time.Duration) Result {
	a, b, c := Noise(p.M*p.K), Noise(p.K*p.N), make([]float32, p.M*p.N)
	seconds := Median(budget, func() { kernel.Gemm(false, false, p.M, p.N, p.K, 1, a, p.K, b, p.N, 0, c, p.N) })
	return Result{p.String(), threads, seconds, p.Flops()}
}

// Noise returns n normally distributed numbers, always the same.
func Noise(n int) []float32 {
	r := random.New(uint64(n))
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Normal()
	}
	return x
}

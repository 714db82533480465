//go:build wasmkernel

package kernel

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"pushpull/core/random"
)

// The page that runs the tests says which kernel it has bound, and how many threads.
func TestInUse(t *testing.T) {
	if Name() != os.Getenv("KERNEL") || strconv.Itoa(Threads()) != os.Getenv("THREADS") {
		t.Fatalf("%s with %d threads is in use, the page has %s with %s", Name(), Threads(), os.Getenv("KERNEL"), os.Getenv("THREADS"))
	}
}

// The program's memory grows while kernels compute in it: old slices stay where they are, and new ones, beyond what the
// kernel and its helpers saw at their start, are as good.
func TestGrowingMemory(t *testing.T) {
	const n = 256
	r := random.New(1)
	a, b, want := normal(&r, n*n), normal(&r, n*n), make([]float32, n*n)
	Gemm(false, false, n, n, n, 1, a, n, b, n, 0, want, n)
	var kept [][]float32
	for step := range 50 {
		kept = append(kept, filled(1<<20, float32(step))) // 4 MB
		if step%10 == 0 {
			runtime.GC()
		}
		got := make([]float32, n*n)
		Gemm(false, false, n, n, n, 1, a, n, b, n, 0, got, n)
		if !slices.Equal(got, want) {
			t.Fatalf("after %d MB the product is another", 4*step)
		}
	}
	for step, x := range kept {
		ReLU(x, x)
		if x[0] != float32(step) || x[len(x)-1] != float32(step) || Sum(x) != float32(step)*(1<<20) {
			t.Fatalf("block %d has other numbers", step)
		}
	}
}

// A kernel's arguments may lie on a goroutine's stack, which moves when it grows.
func TestOnStack(t *testing.T) {
	for step := range 20 {
		done := make(chan bool)
		go func() {
			var x, y [64]float32
			for i := range x {
				x[i] = float32(i - step)
			}
			deep(10 * step)
			use.relu(y[:], x[:])
			ok := deep(50*step) == 0
			for i := range y {
				ok = ok && y[i] == max(0, x[i])
			}
			done <- ok
		}()
		if !<-done {
			t.Fatal("a result is wrong")
		}
	}
}

// deep makes the stack grow.
//
//go:noinline
func deep(n int) int {
	var room [128]int
	if n > 0 {
		room[n&127] = deep(n - 1)
	}
	return room[n&127]
}

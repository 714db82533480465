// Command bench times this project's kernels and training steps and, in the same run, what users would pick instead:
// gonum's blas32, and PyTorch where Python finds it. It prints one table of medians and ratios.
//
//	go run ./tools/bench [-seconds 2] [-threads 1,2]
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "embed"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"pushpull/core/kernel"
	"pushpull/core/random"
)

//go:embed torch.py
var torchScript string

// result is the median time of one piece of work.
type result struct {
	name    string
	threads int
	seconds float64
	flops   float64 // floating-point operations of a matrix product; 0 for a step
}

// sizes are the matrix products measured: m, k, n.
var sizes = [][3]int{{256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {16384, 288, 32}, {512, 128, 512}}

func main() {
	seconds := flag.Float64("seconds", 2, "time for each measurement")
	threads := flag.String("threads", "1,2", "numbers of threads, joined by commas")
	flag.Parse()
	var counts []int
	for part := range strings.SplitSeq(*threads, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			fmt.Fprintf(os.Stderr, "error: -threads is %q: give whole numbers joined by commas, such as 1,2\n", *threads)
			os.Exit(2)
		}
		counts = append(counts, n)
	}
	budget := time.Duration(*seconds * float64(time.Second))
	fmt.Printf("kernels in use: %s\n\n", kernel.Name())
	fmt.Println("| work | threads | ours | PyTorch | ours is faster by | gonum blas32 | ours is faster by |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, n := range counts {
		torch := pytorch(n, budget)
		kernel.SetThreads(n)
		for _, r := range append(products(n, budget), steps(n, budget)...) {
			peer, ratio := "not found", ""
			if t, ok := torch[r.name]; ok {
				peer, ratio = show(t, r.flops), fmt.Sprintf("%.2f", t/r.seconds)
			}
			plain, plainRatio := "", ""
			if r.flops > 0 && n == 1 {
				t := gonum(r.name, budget)
				plain, plainRatio = show(t, r.flops), fmt.Sprintf("%.1f", t/r.seconds)
			}
			fmt.Printf("| %s | %d | %s | %s | %s | %s | %s |\n", r.name, n, show(r.seconds, r.flops), peer, ratio, plain, plainRatio)
		}
	}
}

func show(seconds, flops float64) string {
	if flops > 0 {
		return fmt.Sprintf("%.0f GFLOP/s", flops/seconds/1e9)
	}
	return fmt.Sprintf("%.1f ms", seconds*1e3)
}

// median returns the median time of work over the budget, three runs at least, after two that do not count.
func median(budget time.Duration, work func()) float64 {
	work()
	work()
	var times []float64
	for start := time.Now(); len(times) < 3 || time.Since(start) < budget; {
		t := time.Now()
		work()
		times = append(times, time.Since(t).Seconds())
	}
	slices.Sort(times)
	return times[len(times)/2]
}

func products(threads int, budget time.Duration) []result {
	var all []result
	for _, s := range sizes {
		m, k, n := s[0], s[1], s[2]
		a, b, c := noise(m*k), noise(k*n), make([]float32, m*n)
		t := median(budget/2, func() { kernel.Gemm(false, false, m, n, k, 1, a, k, b, n, 0, c, n) })
		all = append(all, result{productName(s), threads, t, 2 * float64(m) * float64(k) * float64(n)})
	}
	return all
}

func productName(s [3]int) string { return fmt.Sprintf("sgemm %dx%dx%d", s[0], s[1], s[2]) }

func gonum(name string, budget time.Duration) float64 {
	for _, s := range sizes {
		if productName(s) == name {
			m, k, n := s[0], s[1], s[2]
			a := blas32.General{Rows: m, Cols: k, Stride: k, Data: noise(m * k)}
			b := blas32.General{Rows: k, Cols: n, Stride: n, Data: noise(k * n)}
			c := blas32.General{Rows: m, Cols: n, Stride: n, Data: make([]float32, m*n)}
			return median(budget/4, func() { blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c) })
		}
	}
	panic("bench: no product " + name)
}

func noise(n int) []float32 {
	r := random.New(uint64(n))
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Normal()
	}
	return x
}

// pytorch returns PyTorch's median seconds by name of the work; nothing where no Python has it.
func pytorch(threads int, budget time.Duration) map[string]float64 {
	times := map[string]float64{}
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import torch").Run() != nil {
			continue
		}
		cmd := exec.Command(python, "-", strconv.Itoa(threads), fmt.Sprint(budget.Seconds()))
		cmd.Stdin = strings.NewReader(torchScript)
		for _, e := range os.Environ() { // OpenBLAS must be free to choose its best kernel
			if !strings.HasPrefix(e, "OPENBLAS_") {
				cmd.Env = append(cmd.Env, e)
			}
		}
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			fmt.Fprintf(os.Stderr, "PyTorch: %v\n", err)
			continue
		}
		lines := bufio.NewScanner(bytes.NewReader(out))
		for lines.Scan() {
			if name, value, ok := strings.Cut(lines.Text(), "\t"); ok {
				if t, err := strconv.ParseFloat(value, 64); err == nil {
					times[name] = t
				}
			}
		}
		break
	}
	return times
}

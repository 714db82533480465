// Command bench times this project's kernels and training steps, natively and in Chromium, and, in the same run, what
// users would pick instead: PyTorch where Python has it, gonum's blas32, and TensorFlow.js and jax-js once `npm install`
// has put them into tools/bench/peers. It prints one table of medians and ratios.
//
//	go run ./tools/bench [-seconds 2] [-threads 1,2] [-images FOLDER]
//
// With -many it measures nothing but the memory that large sets of images take.
//
//	go run ./tools/bench -many 1000000 [-forms tar,folder,npy]
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"pushpull/core/kernel"
	"pushpull/tools/bench/work"
	"pushpull/wasm/inchromium"
)

func main() {
	seconds := flag.Float64("seconds", 2, "time for each measurement")
	threads := flag.String("threads", "1,2", "numbers of threads, joined by commas")
	images := flag.String("images", "", "train an epoch of SimCLR on this folder of images, too")
	alone := flag.String("alone", "", "do this step a few times and nothing else: its memory is measured so")
	many := flag.Int("many", 0, "train on sets of so many small images, and print how much memory that takes, nothing else")
	forms := flag.String("forms", "tar,folder,npy", "forms of those sets, joined by commas")
	flag.Parse()
	if *alone != "" {
		runAlone(*alone)
		return
	}
	if *many > 0 {
		if err := manyImages(*many, *forms); err != nil {
			fail(err)
		}
		return
	}
	var counts []int
	for part := range strings.SplitSeq(*threads, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			fail(fmt.Errorf("-threads is %q: give whole numbers joined by commas, such as 1,2", *threads))
		}
		counts = append(counts, n)
	}
	budget := time.Duration(*seconds * float64(time.Second))
	browser, err := inchromium.Start()
	if err != nil {
		fail(err)
	}
	defer browser.Close()

	torch := findTorch(budget)
	fmt.Println("| work | threads | ours | peer | the peer's | ours is better by |")
	fmt.Println("|---|---|---|---|---|---|")
	products(torch, budget)
	views(torch, budget)
	steps := map[int]times{}
	for _, n := range counts {
		steps[n] = nativeSteps(torch, n, budget)
	}
	scaling("", counts, steps)
	memory(torch)
	if *images != "" {
		for _, n := range counts {
			epoch(torch, *images, n)
		}
	}
	inPage := map[int]times{}
	for _, n := range counts {
		if inPage[n], err = chromium(browser, torch, n, budget); err != nil {
			fail(err)
		}
	}
	scaling("Chromium: ", counts, inPage)
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "error: %v\n", err)
	os.Exit(1)
}

// times are median seconds by name of the work.
type times map[string]float64

// row prints a line of the table, where show tells how to read the numbers. A peer that has none is left out.
func row(name string, threads int, show func(float64) string, ours float64, peer string, theirs float64) {
	if ours > 0 && theirs > 0 && !math.IsInf(theirs, 0) {
		fmt.Printf("| %s | %d | %s | %s | %s | %.2f |\n", name, threads, show(ours), peer, show(theirs), theirs/ours)
	}
}

// line prints a line without a peer.
func line(name string, threads int, ours string) {
	fmt.Printf("| %s | %d | %s | | | |\n", name, threads, ours)
}

func milliseconds(t float64) string { return fmt.Sprintf("%.1f ms", 1000*t) }

func megabytes(b float64) string { return fmt.Sprintf("%.0f MB", b/1e6) }

func rate(flops float64) func(float64) string {
	return func(seconds float64) string { return fmt.Sprintf("%.1f GFLOP/s", flops/seconds/1e9) }
}

// products measures matrix products on one thread, with each instruction set against OpenBLAS with the same one.
func products(torch torch, budget time.Duration) {
	kernel.SetThreads(1)
	for _, name := range []string{"avx2", "avx512", "neon"} {
		if kernel.Select(name) != nil {
			continue
		}
		theirs := torch.run(1, "products", torch.core(name))
		top := bound(map[string]int{"avx2": 256, "avx512": 512, "neon": 128}[name], budget/4)
		for _, p := range work.Products {
			ours := p.Measure(1, budget).Seconds
			row(p.String()+", "+name, 1, rate(p.Flops()), ours, "OpenBLAS "+torch.core(name), theirs[p.String()])
			if p == work.Products[1] {
				row(p.String()+", "+name, 1, rate(p.Flops()), ours, "the bound of its vectors", p.Flops()/top)
				row(p.String()+", "+name, 1, rate(p.Flops()), ours, "gonum blas32", gonum(p, budget))
			}
		}
	}
	_ = kernel.Select("") // the empty name is always good
}

// nativeSteps measures training steps.
func nativeSteps(torch torch, threads int, budget time.Duration) times {
	kernel.SetThreads(threads)
	ours, theirs := times{}, torch.run(threads, "steps", torch.best)
	for _, s := range work.Steps {
		ours[s.Name] = s.Measure(threads, budget).Seconds
		row(s.Name, threads, milliseconds, ours[s.Name], "PyTorch", theirs[s.Name])
		line("allocations of the "+s.Name, threads, fmt.Sprintf("%.1f", s.Allocations()))
	}
	return ours
}

// scaling compares most threads with fewest.
func scaling(where string, counts []int, measured map[int]times) {
	few, many := counts[0], counts[len(counts)-1]
	if few == many {
		return
	}
	for _, s := range work.Steps {
		row(where+s.Name, many, milliseconds, measured[many][s.Name], fmt.Sprintf("itself, threads: %d", few), measured[few][s.Name])
	}
}

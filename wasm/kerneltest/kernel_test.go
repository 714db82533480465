//go:build !js

// Package kerneltest runs the tests of core/kernel in Chromium, with each C kernel the page may use.
package kerneltest

import (
	"context"
	"flag"
	"strings"
	"testing"
	"time"

	"pushpull/wasm/inchromium"
)

var (
	only  = flag.String("mode", "", "run only the mode of this name")
	bench = flag.String("kernelbench", "", "run the benchmarks that match, instead of the tests")
)

// mode is a page to test, and what must be in use there.
type mode struct {
	name    string
	visit   inchromium.Visit
	kernel  string
	threads int
}

var modes = []mode{
	{"relaxed, 2 threads", inchromium.Visit{Query: "threads=2"}, "relaxed", 2},
	{"relaxed", inchromium.Visit{Query: "threads=1"}, "relaxed", 1},
	{"simd, 2 threads", inchromium.Visit{Query: "kernel=simd&threads=2"}, "simd", 2},
	{"simd", inchromium.Visit{Query: "kernel=simd&threads=1"}, "simd", 1},
	{"go", inchromium.Visit{Query: "kernel=go&threads=2"}, "go", 1},
	{"not isolated", inchromium.Visit{Query: "threads=2", Open: true}, "relaxed", 1},
	{"no relaxed kernel", inchromium.Visit{Query: "threads=2", Broken: "/build/kernel.relaxed.shared.wasm"}, "simd", 2},
	{"no helpers", inchromium.Visit{Query: "threads=2", Broken: "/js/kernel-helper.js"}, "relaxed", 1},
}

func TestInChromium(t *testing.T) {
	program, err := inchromium.Build("../..", "pushpull/core/kernel", "test", "-c")
	if err != nil {
		t.Fatal(err)
	}
	browser, err := inchromium.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(browser.Close)
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			if *only != "" && m.name != *only {
				return
			}
			visit := m.visit
			visit.Args = []string{"-test.v", "-test.timeout=4m"}
			switch {
			case *bench != "":
				visit.Args = append(visit.Args, "-test.run=-", "-test.benchtime=0.3s", "-test.bench="+*bench)
			case visit.Open || visit.Broken != "":
				visit.Args = append(visit.Args, "-test.run=TestInUse|TestGemm/"+m.kernel) // what falls back is tested above
			default:
				visit.Args = append(visit.Args, "-test.run=/^"+m.kernel+"$") // not plain Go once more
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			a, err := browser.Run(ctx, program, visit)
			if err != nil {
				t.Fatal(err)
			}
			if a.Code != 0 || !strings.Contains(a.Output, "--- PASS: TestInUse") && *bench == "" {
				t.Fatalf("exit code %d\n%s", a.Code, a.Output)
			}
			memory := "ArrayBuffer"
			if m.threads > 1 {
				memory = "SharedArrayBuffer"
			}
			if a.Kernel != m.kernel || a.Threads != m.threads || a.Memory != memory {
				t.Errorf("kernel %s with %d threads on a %s, want %s, %d, %s", a.Kernel, a.Threads, a.Memory, m.kernel, m.threads, memory)
			}
			if *bench != "" {
				t.Log(a.Output)
			}
		})
	}
}

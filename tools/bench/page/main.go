//go:build js && wasm

// Command page measures this project's work in a browser. Its argument is the time for each measurement in seconds; it
// prints a line of name, seconds and operations for each, with tabs between.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"pushpull/core/kernel"
	"pushpull/tools/bench/work"
)

func main() {
	seconds, err := strconv.ParseFloat(os.Args[1], 64)
	if err != nil {
		panic(err)
	}
	budget := time.Duration(seconds * float64(time.Second))
	tell := func(r work.Result) { fmt.Printf("%s\t%g\t%g\n", r.Name, r.Seconds, r.Flops) }
	for _, p := range work.Products {
		tell(p.Measure(kernel.Threads(), budget/2))
	}
	for _, s := range work.Steps {
		tell(s.Measure(kernel.Threads(), budget))
		fmt.Printf("allocations of the %s\t%g\n", s.Name, s.Allocations())
	}
}

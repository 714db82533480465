package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"pushpull/tools/bench/work"
	"pushpull/wasm/inchromium"
)

// patience is the longest that a page may take.
const patience = 5 * time.Minute

// chromium measures this project's work in Chromium, beside what a core can do at most with 128-bit instructions, the peers
// in the same browser, and PyTorch outside of it.
func chromium(browser *inchromium.Browser, torch torch, threads int, budget time.Duration) (times, error) {
	ours, memory, err := inPage(browser, threads, budget)
	if err != nil {
		return nil, err
	}
	peers := []string{"tfjs", "jaxjs"}
	names := map[string]string{"tfjs": "TensorFlow.js", "jaxjs": "jax-js"}
	if threads == 1 {
		peers = peers[:1] // jax-js takes as many threads as it likes
	}
	theirs := map[string]times{}
	for _, peer := range peers {
		theirs[peer] = inPeer(browser, peer, threads, budget)
	}
	if threads == 1 {
		top := bound(128, budget)
		for _, p := range work.Products {
			row("Chromium: "+p.String(), 1, rate(p.Flops()), ours[p.String()], "the bound of 128 bits", p.Flops()/top)
		}
	}
	for _, peer := range peers {
		for _, p := range work.Products {
			row("Chromium: "+p.String(), threads, rate(p.Flops()), ours[p.String()], names[peer], theirs[peer][p.String()])
		}
		for _, s := range work.Steps {
			row("Chromium: "+s.Name, threads, milliseconds, ours[s.Name], names[peer], theirs[peer][s.Name])
		}
	}
	native := torch.run(threads, "steps", torch.best)
	for _, s := range work.Steps {
		row("Chromium: "+s.Name, threads, milliseconds, ours[s.Name], "PyTorch, native", native[s.Name])
	}
	line("Chromium: memory of all steps", threads, megabytes(memory))
	for _, s := range work.Steps {
		what := "allocations of the " + s.Name
		line("Chromium: "+what, threads, fmt.Sprintf("%.1f", ours[what]))
	}
	return ours, nil
}

// inPage returns this project's median seconds in Chromium, and the bytes of the program's memory at the end.
func inPage(browser *inchromium.Browser, threads int, budget time.Duration) (times, float64, error) {
	program, err := inchromium.Build(".", "pushpull/tools/bench/page", "build")
	if err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	a, err := browser.Run(ctx, program, inchromium.Visit{
		Query: fmt.Sprintf("threads=%d", threads), Args: []string{fmt.Sprint(budget.Seconds())}})
	if err != nil {
		return nil, 0, err
	}
	if a.Code != 0 || a.Threads != threads {
		return nil, 0, fmt.Errorf("the page's program ended with code %d, %d threads: %s", a.Code, a.Threads, a.Output)
	}
	return parse(a.Output), float64(a.Bytes), nil
}

// inPeer returns a peer's median seconds in Chromium, nothing if it is not there. What fails is told, the rest counts.
func inPeer(browser *inchromium.Browser, peer string, threads int, budget time.Duration) times {
	const folder = "tools/bench/peers"
	if _, err := os.Stat(folder + "/node_modules"); err != nil {
		fmt.Fprintf(os.Stderr, "%s is left out: run `npm install` in %s to compare with it\n", peer, folder)
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	said, err := browser.Open(ctx, fmt.Sprintf("/%s.html?threads=%d&seconds=%g", peer, threads, budget.Seconds()), true, http.FileServer(http.Dir(folder)))
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", peer, err)
	}
	return parse(string(said))
}

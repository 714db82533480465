//go:build !js

package algotest

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pushpull/algos"
	"pushpull/wasm/inchromium"
)

// Every algorithm takes the same steps in Chromium, on the page's kernels, as natively: losses differ by rounding only.
func TestChromiumAgreesWithNative(t *testing.T) {
	program, err := inchromium.Build("../..", "pushpull/wasm/algotest", "test", "-c")
	if err != nil {
		t.Fatal(err)
	}
	browser, err := inchromium.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(browser.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	a, err := browser.Run(ctx, program, inchromium.Visit{Query: "threads=2", Args: []string{"-test.run=^TestLosses$"}})
	if err != nil {
		t.Fatal(err)
	}
	if a.Code != 0 || a.Kernel == "go" {
		t.Fatalf("exit code %d, kernel %s\n%s", a.Code, a.Kernel, a.Output)
	}
	got := map[string][]float32{}
	for line := range strings.Lines(a.Output) {
		var r record
		if json.Unmarshal([]byte(line), &r) == nil {
			got[r.Algo] = r.Losses
		}
	}
	d := shapes()
	for _, a := range algos.All() {
		t.Run(a.Name, func(t *testing.T) {
			want, err := losses(a, d)
			if err != nil {
				t.Fatal(err)
			}
			there := got[a.Name]
			if len(there) != steps {
				t.Fatalf("%d losses in Chromium, want %d", len(there), steps)
			}
			tolerance := 1e-3
			if a.Name == "nnclr" {
				tolerance = 1e-2 // of two neighbours that are equally near but for rounding, one has the loss of another image
			}
			worst := 0.0
			for i := range want {
				// Near 0 the scale is the range of most losses, about 1.
				off := math.Abs(float64(there[i]-want[i])) / max(math.Abs(float64(want[i])), 1)
				if worst = max(worst, off); !(off <= tolerance) {
					t.Fatalf("step %d: loss %v in Chromium, %v natively", i+1, there[i], want[i])
				}
			}
			t.Logf("at most %.1e apart; the loss went from %v to %v", worst, want[0], want[steps-1])
		})
	}
}

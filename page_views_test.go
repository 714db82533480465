package main

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// The views of the next step are made by a worker meanwhile. Losses are the same bits without it, as a run that asks for one
// thread is, also when strengths of the views change in between.
func TestPageMakesViewsAhead(t *testing.T) {
	p := openPage(t, "#v=1&batch=16&conv-channels=8-16&conv-strides=2-2&augment=byol")
	p.awaitStart()
	losses := func() (all []float64, ahead float64) {
		p.do(chromedp.Evaluate[chromedp.Void]("pushpull.set({'crop-min': 0.3}); 0"))
		all = p.losses(12)
		p.do(chromedp.Evaluate[chromedp.Void]("pushpull.set({'crop-min': 0.5}); 0"))
		return append(all, p.losses(12)...), eval[float64](p, "pushpull.metrics.ahead")
	}
	got, ahead := losses()
	p.set(`{threads: 1}`)
	want, none := losses()
	if !slices.Equal(got, want) {
		t.Errorf("with the worker the losses are\n%v, not\n%v", got, want)
	}
	if none != 0 || ahead < 8 {
		t.Errorf("the worker made the views of %v of 24 steps, and of %v where the run is to have one thread", ahead, none)
	}
}

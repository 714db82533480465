package main

import (
	"slices"
	"testing"
)

// The views of the next step are made by a worker meanwhile. Losses are the same bits without it, as a run that asks for one
// thread is, also when strengths of the views change in between.
func TestPageMakesViewsAhead(t *testing.T) {
	t.Parallel()
	const most, half = 400, 10
	p := openPage(t, "#v=1&batch=16&conv-channels=8-16&conv-strides=2-2&augment=byol")
	p.awaitStart()
	crop := func(text string) {
		p.run("pushpull.set({'crop-min': " + text + "})")
	}
	ahead := func() float64 { return eval[float64](p, "pushpull.metrics.ahead") }
	crop("0.3")
	got := p.losses(half)
	for ahead() < 5 && len(got) < most { // the worker takes a while to start
		got = append(got, p.losses(1)...)
	}
	first := len(got)
	crop("0.5")
	got = append(got, p.losses(half)...)
	if n := ahead(); n < 5 {
		t.Errorf("the worker made the views of %v of %d steps", n, len(got))
	}

	p.set(`{threads: 1}`)
	crop("0.3")
	want := p.losses(first)
	crop("0.5")
	if want = append(want, p.losses(half)...); !slices.Equal(got, want) {
		t.Errorf("with the worker the losses are\n%v, not\n%v", got, want)
	}
	if n := ahead(); n != 0 {
		t.Errorf("the worker made the views of %v steps of a run that is to have one thread", n)
	}
}

package main

import (
	"strings"
	"testing"
)

// A visitor trains SimSiam, switches its stop-gradient off in the middle of the run, and sees it collapse: a mark on the
// charts, the loss at its minimum, embeddings that are all one, and a verdict that says so. The network is a small one,
// to be quick.
func TestPageCollapseSwitch(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	p.set(`{algo: 'simsiam', batch: 32, epochs: 100, optimiser: 'sgd', lr: 0.2, 'conv-channels': '4-8', 'conv-strides': '4-2', 'head-hidden': 16, 'head-dim': 8,
		'predictor-hidden': 8, 'head-final-norm': false}`)
	p.losses(30)
	p.await("pushpull.state.verdict?.step === 30")
	healthy := eval[float64](p, "pushpull.metrics.std")
	if state := eval[string](p, "pushpull.state.verdict.verdict"); state == "collapsed" {
		t.Errorf("with stop-gradient the verdict is %q", state)
	}

	p.run("pushpull.play()")
	p.await("pushpull.metrics.step > 40")
	p.run("pushpull.set({'stop-gradient': false})")
	p.awaitText("#verdict", "Collapsed")
	p.run("pushpull.pause()")
	p.await("pushpull.state.verdict.step === pushpull.metrics.step && pushpull.state.phase === 'paused'")

	if loss := eval[float64](p, "pushpull.metrics.loss"); !(loss < -0.97) {
		t.Errorf("loss %v, want about -1", loss)
	}
	if std := eval[float64](p, "pushpull.metrics.std"); !(healthy > 0.3 && std < 0.1*healthy) {
		t.Errorf("deviation %v, want less than a tenth of %v", std, healthy)
	}
	for id, want := range map[string]string{"#verdict": "every image gets the same embedding; loss -1 is its minimum", "#pane-over-time": "stop-gradient off"} {
		if text := p.text(id); !strings.Contains(text, want) {
			t.Errorf("%s says %q, want %q", id, text, want)
		}
	}
	if marked := eval[int](p, "document.querySelectorAll('.chart line.mark').length"); marked < 6 {
		t.Errorf("%d charts show the mark, want 6", marked)
	}
	if bare := eval[int](p, "[...document.querySelectorAll('#pane-over-time .chart svg')].filter(s => s.querySelectorAll('.grid').length < 2).length"); bare > 0 {
		t.Errorf("%d charts have fewer than two numbers on their axis", bare)
	}
	// A reader who looks back is told at which step each figure was measured.
	if said := eval[string](p, `import('/js/measures.js').then(({ Measures }) => {
		const run = new EventTarget(), m = new Measures(document.createElement('div'), run);
		for (const [step, rest] of [[1, {}], [2, { std: 0.5, knn_top1: 0.25 }], [3, {}]]) run.dispatchEvent(new CustomEvent('metrics', { detail: { step, loss: 4 - step, ...rest } }));
		m.time.point(3);
		return m.readout.textContent;
	})`); said != "Step 3: loss 1; step 2: kNN 25%, std 0.5" {
		t.Errorf("of the third step the charts say %q", said)
	}

	// The batch of the moment: its matrix says what its colours are, and can be read by keyboard.
	p.click("#tab-this-batch")
	p.awaitText(".facts", "Cosine")
	if key := p.text(".matrix-key"); !strings.Contains(key, "opposite") || !strings.Contains(key, "the same") {
		t.Errorf("the matrix's colours are said to be %q", key)
	}
	before := p.text(".facts")
	p.run(`const matrix = document.querySelector('.matrix');
		for (const key of ['ArrowUp', 'ArrowLeft', 'ArrowDown', 'ArrowLeft']) matrix.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))`)
	if after := p.text(".facts"); after == before {
		t.Errorf("arrow keys leave %q", before)
	}
	if why := p.text("#pane-this-batch .batch"); !strings.Contains(why, "no plain softmax") {
		t.Errorf("nothing says why SimSiam's pairs have no weights: %q", why)
	}

	p.click("#tab-over-time")
	p.run("pushpull.set({predictor: false})")
	p.await("document.querySelectorAll('text.mark').length === 2")
	if over := eval[bool](p, `(() => {
		const [a, b] = [...document.querySelectorAll('text.mark')].map(e => e.getBoundingClientRect());
		return a.left < b.right && b.left < a.right && Math.abs(a.top - b.top) < 0.6 * a.height;
	})()`); over {
		t.Error("the names of two changes lie over each other")
	}
	p.run("pushpull.set({lr: 0.04}); pushpull.set({lr: 0.03})") // as a slider does that is moved by keys
	p.await("[...document.querySelectorAll('text.mark')].map(e => e.textContent).filter(text => /lr/.test(text)).join() === 'lr 0.03'")
}

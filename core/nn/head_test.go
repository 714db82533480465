package nn

import (
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/random"
)

// A head that stands still maps an image the same way whatever its batch, by the statistics it has, and learns on.
func TestHeadStandsStill(t *testing.T) {
	const d = 5
	r, still := random.New(1), false
	head := Head{Layers: 2, Hidden: 7, Out: 4, BatchNorm: true, FinalNorm: true, Still: &still}.New(d, &r)
	batch := make([]float32, 6*d)
	for i := range batch {
		batch[i] = 3 + r.Normal()
	}
	tape := ad.Tape{Training: true}
	run := func(x []float32) []float32 {
		tape.Reset()
		return slices.Clone(head.Forward(&tape, tape.Input(x, len(x)/d, d)).Data)
	}
	for range 50 {
		run(batch)
	}
	if slices.Equal(run(batch)[:8], run(batch[:4*d])[:8]) {
		t.Error("in training the batch does not matter")
	}
	still = true
	var state [][]float32
	head.Visit(Visitor{Buffer: func(_ string, b []float32, _ ...int) { state = append(state, b, slices.Clone(b)) }})
	whole, part := run(batch), run(batch[:4*d])
	if !slices.Equal(whole[:8], part[:8]) {
		t.Errorf("standing still, the batch matters: %v, %v", whole[:8], part[:8])
	}
	for i := 0; i < len(state); i += 2 {
		if !slices.Equal(state[i], state[i+1]) {
			t.Error("standing still, statistics change")
		}
	}
	if !tape.Training {
		t.Error("the tape stays in evaluation mode")
	}
	tape.Backward(tape.Sum(head.Forward(&tape, tape.Input(batch, 6, d))))
	for _, p := range Parameters(head) {
		if p.Grad == nil {
			t.Error("standing still, a parameter has no gradient")
		}
	}
	tape.Training = false
	if got := run(batch); !slices.Equal(got, whole) {
		t.Errorf("standing still it gives %v, in evaluation %v", whole, got)
	}
}

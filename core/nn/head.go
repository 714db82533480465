package nn

import (
	"strconv"

	"pushpull/core/random"
)

// Head describes the layers after an encoder: a projection head or a predictor.
type Head struct {
	Layers    int   // linear layers; 0 makes the head the identity
	Hidden    int   // width between the layers
	Out       int   // width of the result
	BatchNorm bool  // after every hidden layer, in place of its bias
	FinalNorm bool  // batch-norm without scale and shift after the last layer (SimSiam's projection head)
	Still     *bool // see BatchNorm; may be nil
}

// New returns the head for inputs [n, in]: Linear, batch-norm, ReLU for each hidden layer, then Linear.
func (h Head) New(in int, r *random.Stream) Sequence {
	var s Sequence
	add := func(m Module) { s = append(s, Named{strconv.Itoa(len(s)), m}) }
	for i := range h.Layers {
		last := i == h.Layers-1
		out := h.Hidden
		norm := h.BatchNorm
		if last {
			out, norm = h.Out, h.FinalNorm
		}
		add(NewLinear(in, out, !norm, r))
		if norm {
			b := NewBatchNorm(out, !last)
			b.Still = h.Still
			add(b)
		}
		if !last {
			add(ReLU())
		}
		in = out
	}
	return s
}

// Width returns the length of the result's rows for inputs [n, in].
func (h Head) Width(in int) int {
	if h.Layers == 0 {
		return in
	}
	return h.Out
}

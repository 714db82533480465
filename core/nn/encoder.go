package nn

import (
	"fmt"

	"pushpull/core/random"
)

// Encoder maps images [n, h, w, c] to representations [n, Dim].
type Encoder interface {
	Module
	Dim() int
}

// encoder is a sequence that knows the width of its result.
type encoder struct {
	Sequence
	dim int
}

func (e encoder) Dim() int { return e.dim }

// MLP returns linear layers of the widths with ReLU between them, on the image as one row. Its representation has the
// last width and no ReLU after it.
func MLP(in int, widths []int, r *random.Stream) Encoder {
	if len(widths) == 0 {
		panic("nn.MLP: no widths")
	}
	s := Sequence{{"", Flatten()}}
	for i, w := range widths {
		if i > 0 {
			s = append(s, Named{"", ReLU()})
		}
		s = append(s, Named{fmt.Sprint(2 * i), NewLinear(in, w, true, r)})
		in = w
	}
	return encoder{s, in}
}

// Stage is one 3x3 convolution of a ConvNet.
type Stage struct{ Channels, Stride int }

// ConvNet returns, for each stage, a 3x3 convolution with padding 1 and no bias, batch-norm and ReLU; then the mean
// over all pixels.
func ConvNet(channels int, stages []Stage, r *random.Stream) Encoder {
	if len(stages) == 0 {
		panic("nn.ConvNet: no stages")
	}
	var s Sequence
	for i, st := range stages {
		s = append(s, convNormReLU(i+1, channels, st.Channels, st.Stride, r)...)
		channels = st.Channels
	}
	return encoder{append(s, Named{"", GlobalAvgPool()}), channels}
}

// convNormReLU returns a 3x3 convolution with padding 1 and no bias, batch-norm and ReLU, named by their number.
func convNormReLU(number, in, out, stride int, r *random.Stream) Sequence {
	return Sequence{
		{fmt.Sprintf("conv%d", number), NewConv2D(in, out, 3, stride, 1, false, r)},
		{fmt.Sprintf("bn%d", number), NewBatchNorm(out, true)},
		{"", ReLU()},
	}
}

package nn

import (
	"fmt"

	"pushpull/core/ad"
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
		s = append(s,
			Named{fmt.Sprintf("conv%d", i+1), NewConv2D(channels, st.Channels, 3, st.Stride, 1, false, r)},
			Named{fmt.Sprintf("bn%d", i+1), NewBatchNorm(st.Channels, true)},
			Named{"", ReLU()})
		channels = st.Channels
	}
	return encoder{append(s, Named{"", GlobalAvgPool()}), channels}
}

// Copy makes the parameters and buffers of dst those of src; the two must be built alike.
func Copy(dst, src Part) {
	Pair(dst, src, func(d, s []float32) { copy(d, s) })
}

// Pair calls f for each parameter and buffer of dst and its counterpart in src.
func Pair(dst, src Part, f func(dst, src []float32)) {
	var all [][]float32
	collect := Visitor{
		Param:  func(_ string, p *ad.Value, _ bool) { all = append(all, p.Data) },
		Buffer: func(_ string, b []float32, _ ...int) { all = append(all, b) },
	}
	dst.Visit(collect)
	n := len(all)
	src.Visit(collect)
	if len(all) != 2*n {
		panic(fmt.Sprintf("nn.Pair: %d and %d arrays", n, len(all)-n))
	}
	for i := range n {
		if len(all[i]) != len(all[n+i]) {
			panic(fmt.Sprintf("nn.Pair: array %d has %d and %d numbers", i, len(all[i]), len(all[n+i])))
		}
		f(all[i], all[n+i])
	}
}

package nn

import (
	"fmt"

	"pushpull/core/ad"
	"pushpull/core/random"
)

// ResStage is a row of residual blocks of a ResNet, of which the first has the stride.
type ResStage struct{ Blocks, Channels, Stride int }

// ResNet returns a residual network (He et al. 2016) for small images: a 3x3 convolution, batch-norm and ReLU without
// pooling, then basic blocks, then the mean over all pixels.
func ResNet(channels int, stages []ResStage, r *random.Stream) Encoder {
	if len(stages) == 0 {
		panic("nn.ResNet: no stages")
	}
	width := stages[0].Channels
	s := convNormReLU(1, channels, width, 1, r)
	for _, st := range stages {
		for i := range st.Blocks {
			stride := 1
			if i == 0 {
				stride = st.Stride
			}
			s = append(s, Named{fmt.Sprintf("block%d", len(s)-2), newBasicBlock(width, st.Channels, stride, r)})
			width = st.Channels
		}
	}
	return encoder{append(s, Named{"", GlobalAvgPool()}), width}
}

// basicBlock adds to its input, or to a 1x1 convolution of it where the shape changes, what two 3x3 convolutions make of
// it.
type basicBlock struct {
	body, skip Sequence
	norm       *BatchNorm // the last of the body
}

func newBasicBlock(in, out, stride int, r *random.Stream) *basicBlock {
	norm := NewBatchNorm(out, true)
	b := &basicBlock{norm: norm, body: append(convNormReLU(1, in, out, stride, r),
		Named{"conv2", NewConv2D(out, out, 3, 1, 1, false, r)}, Named{"bn2", norm})}
	if in != out || stride != 1 {
		b.skip = Sequence{{"0", NewConv2D(in, out, 1, stride, 0, false, r)}, {"1", NewBatchNorm(out, true)}}
	}
	return b
}

// Forward maps x [n, h, w, in] to [n, h/stride, w/stride, out].
func (b *basicBlock) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	y, skip, n := b.body[:len(b.body)-1].Forward(t, x), b.skip.Forward(t, x), b.norm
	return t.BatchNormAddReLU(y, n.Weight, n.Bias, skip, n.RunningMean, n.RunningVar, n.Momentum, n.Eps)
}

// Visit visits the convolutions and norms.
func (b *basicBlock) Visit(v Visitor) {
	b.body.Visit(v)
	b.skip.Visit(v.In("downsample"))
}

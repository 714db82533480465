package nn

import (
	"math"
	"strings"

	"pushpull/core/ad"
	"pushpull/core/random"
)

// Linear is x·Weightᵀ + Bias over the last axis.
type Linear struct {
	Weight *ad.Value // [out, in]
	Bias   *ad.Value // [out]; nil without
}

// NewLinear returns a layer whose numbers are uniform within ±1/√in.
func NewLinear(in, out int, bias bool, r *random.Stream) *Linear {
	l := &Linear{Weight: ad.NewParam(out, in)}
	bound := float32(1 / math.Sqrt(float64(in)))
	uniform(l.Weight, bound, r)
	if bias {
		l.Bias = ad.NewParam(out)
		uniform(l.Bias, bound, r)
	}
	return l
}

// Forward maps x [..., in] to [..., out].
func (l *Linear) Forward(t *ad.Tape, x *ad.Value) *ad.Value { return t.Linear(x, l.Weight, l.Bias) }

// Visit visits weight and bias.
func (l *Linear) Visit(v Visitor) {
	v.Parameter("weight", l.Weight, true)
	v.Parameter("bias", l.Bias, false)
}

// Conv2D is a convolution of images [n, h, w, c] with zero padding.
type Conv2D struct {
	Weight              *ad.Value // [kh, kw, in/groups, out]
	Bias                *ad.Value // [out]; nil without
	Stride, Pad, Groups int
}

// NewConv2D returns a convolution with size×size windows whose numbers are uniform within ±1/√(size²·in).
func NewConv2D(in, out, size, stride, pad int, bias bool, r *random.Stream) *Conv2D {
	c := &Conv2D{Weight: ad.NewParam(size, size, in, out), Stride: stride, Pad: pad, Groups: 1}
	bound := float32(1 / math.Sqrt(float64(size*size*in)))
	uniform(c.Weight, bound, r)
	if bias {
		c.Bias = ad.NewParam(out)
		uniform(c.Bias, bound, r)
	}
	return c
}

// Forward maps x [n, h, w, in] to [n, oh, ow, out].
func (c *Conv2D) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	if c.Groups > 1 {
		return t.GroupConv2D(x, c.Weight, c.Bias, c.Stride, c.Pad, c.Groups)
	}
	return t.Conv2D(x, c.Weight, c.Bias, c.Stride, c.Pad)
}

// Visit visits weight and bias.
func (c *Conv2D) Visit(v Visitor) {
	v.Parameter("weight", c.Weight, true)
	v.Parameter("bias", c.Bias, false)
}

// BatchNorm normalises each column of [..., c] over the batch, whether rows are vectors or pixels.
type BatchNorm struct {
	Weight, Bias            *ad.Value // scale and shift [c]; nil without
	RunningMean, RunningVar []float32 // [c], used in evaluation
	Momentum, Eps           float32
	Still                   *bool // while true, normalises by the running statistics in training too, and leaves them as they are; nil for false
}

// NewBatchNorm returns a layer that scales by 1 and shifts by 0, with running mean 0 and variance 1, momentum 0.1 and
// eps 1e-5. Without affine it neither scales nor shifts.
func NewBatchNorm(c int, affine bool) *BatchNorm {
	b := &BatchNorm{RunningMean: make([]float32, c), RunningVar: make([]float32, c), Momentum: 0.1, Eps: 1e-5}
	for i := range b.RunningVar {
		b.RunningVar[i] = 1
	}
	if affine {
		b.Weight, b.Bias = ones(c), ad.NewParam(c)
	}
	return b
}

// Forward normalises x [..., c].
func (b *BatchNorm) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	return b.normalise(t, x, (*ad.Tape).BatchNorm)
}

// forwardReLU is Forward, then ReLU.
func (b *BatchNorm) forwardReLU(t *ad.Tape, x *ad.Value) *ad.Value {
	return b.normalise(t, x, (*ad.Tape).BatchNormReLU)
}

func (b *BatchNorm) normalise(t *ad.Tape, x *ad.Value, f func(t *ad.Tape, x, gamma, beta *ad.Value, mean, variance []float32, momentum, eps float32) *ad.Value) *ad.Value {
	training := t.Training
	t.Training = training && (b.Still == nil || !*b.Still)
	y := f(t, x, b.Weight, b.Bias, b.RunningMean, b.RunningVar, b.Momentum, b.Eps)
	t.Training = training
	return y
}

// Visit visits scale, shift and running statistics.
func (b *BatchNorm) Visit(v Visitor) {
	v.Parameter("weight", b.Weight, false)
	v.Parameter("bias", b.Bias, false)
	v.State("running_mean", b.RunningMean, len(b.RunningMean))
	v.State("running_var", b.RunningVar, len(b.RunningVar))
}

// Running returns the running statistics of all batch-norms in p: what Forward changes in training.
func Running(p Part) [][]float32 {
	var all [][]float32
	p.Visit(Visitor{Buffer: func(name string, data []float32, _ ...int) {
		if strings.HasSuffix(name, "running_mean") || strings.HasSuffix(name, "running_var") {
			all = append(all, data)
		}
	}})
	return all
}

// LayerNorm normalises each row of [..., d].
type LayerNorm struct {
	Weight, Bias *ad.Value // [d]
	Eps          float32
}

// NewLayerNorm returns a layer that scales by 1 and shifts by 0, with eps 1e-5.
func NewLayerNorm(d int) *LayerNorm {
	return &LayerNorm{Weight: ones(d), Bias: ad.NewParam(d), Eps: 1e-5}
}

// Forward normalises x [..., d].
func (l *LayerNorm) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	return t.LayerNorm(x, l.Weight, l.Bias, l.Eps)
}

// Visit visits scale and shift.
func (l *LayerNorm) Visit(v Visitor) {
	v.Parameter("weight", l.Weight, false)
	v.Parameter("bias", l.Bias, false)
}

// function is a module without parameters.
type function struct {
	name  string
	apply func(t *ad.Tape, x *ad.Value) *ad.Value
}

func (f function) Forward(t *ad.Tape, x *ad.Value) *ad.Value { return f.apply(t, x) }
func (function) Visit(Visitor)                               {}

// ReLU is the module of ad.Tape.ReLUInPlace: it follows a Linear, Conv2D or BatchNorm whose result nothing else reads.
func ReLU() Module { return relu{} }

type relu struct{}

func (relu) Forward(t *ad.Tape, x *ad.Value) *ad.Value { return t.ReLUInPlace(x) }
func (relu) Visit(Visitor)                             {}

// GlobalAvgPool is the module of ad.Tape.GlobalAvgPool.
func GlobalAvgPool() Module { return function{"mean of the pixels", (*ad.Tape).GlobalAvgPool} }

// Flatten makes each image one row: [n, h, w, c] gives [n, h·w·c].
func Flatten() Module {
	return function{"pixels in a row", func(t *ad.Tape, x *ad.Value) *ad.Value {
		n := x.Dim(0)
		return t.Reshape(x, n, x.Len()/n)
	}}
}

// ones returns a parameter [n], all 1.
func ones(n int) *ad.Value {
	p := ad.NewParam(n)
	for i := range p.Data {
		p.Data[i] = 1
	}
	return p
}

// uniform fills p with numbers from [−bound, bound).
func uniform(p *ad.Value, bound float32, r *random.Stream) {
	for i := range p.Data {
		p.Data[i] = r.Uniform(-bound, bound)
	}
}

// normal fills p with normally distributed numbers of the standard deviation.
func normal(p *ad.Value, deviation float32, r *random.Stream) {
	for i := range p.Data {
		p.Data[i] = deviation * r.Normal()
	}
}

package ad

import (
	"fmt"

	"pushpull/core/kernel"
)

// Conv2D convolves x [n, h, w, c] with weights w [kh, kw, c, out], zero padding all round; b [out] or nil is added.
// The result is [n, oh, ow, out].
func (t *Tape) Conv2D(x, w, b *Value, stride, pad int) *Value {
	y, g := t.convolution(x, w, b, stride, pad)
	g.Forward(y.Data, x.Data, w.Data)
	if b != nil {
		kernel.AddBias(y.Data, b.Data)
	}
	return y
}

// Conv2DForNorm is Conv2D without bias whose result goes to BatchNorm: on a training tape it gathers the batch's statistics
// where it writes.
func (t *Tape) Conv2DForNorm(x, w *Value, stride, pad int) *Value {
	if !t.Training {
		return t.Conv2D(x, w, nil, stride, pad)
	}
	y, g := t.convolution(x, w, nil, stride, pad)
	y.stats = t.Floats(2 * g.Out)
	g.ForwardStats(y.stats[:g.Out], y.stats[g.Out:], y.Data, x.Data, w.Data)
	return y
}

// convolution returns a node for a convolution, yet to be filled in.
func (t *Tape) convolution(x, w, b *Value, stride, pad int) (*Value, kernel.Conv) {
	mustConvolve("Conv2D", x, w, b, stride, pad, 1)
	g := convOf(x, w, stride, pad)
	y := t.node(conv2DBack, x, w, b, g.N, g.OutH(), g.OutW(), g.Out)
	y.n[0], y.n[1] = stride, pad
	return y, g
}

func convOf(x, w *Value, stride, pad int) kernel.Conv {
	return kernel.Conv{N: x.dims[0], H: x.dims[1], W: x.dims[2], C: x.dims[3],
		Out: w.dims[3], KH: w.dims[0], KW: w.dims[1], Stride: stride, Pad: pad}
}

func conv2DBack(y *Value) {
	x, w, b := y.in[0], y.in[1], y.in[2]
	g := convOf(x, w, y.n[0], y.n[1])
	if d, add := x.claim(); add {
		g.GradInput(d, y.Grad, w.Data)
	} else if d != nil {
		g.GradInputInto(d, y.Grad, w.Data)
	}
	if d := w.want(); d != nil {
		g.GradWeight(d, x.Data, y.Grad)
	}
	if d := b.want(); d != nil {
		kernel.SumRows(d, y.Grad)
	}
}

func mustConvolve(op string, x, w, b *Value, stride, pad, groups int) {
	if x.rank != 4 || w.rank != 4 || x.dims[3] != w.dims[2]*groups || w.dims[3]%groups != 0 ||
		x.dims[1]+2*pad < w.dims[0] || x.dims[2]+2*pad < w.dims[1] || b != nil && b.Len() != w.dims[3] {
		panic(fmt.Sprintf("ad.%s: %v with weights %v and %d biases, stride %d, padding %d, %d groups",
			op, x.Shape(), w.Shape(), len(data(b)), stride, pad, groups))
	}
}

// GroupConv2D convolves groups of channels apart: x [n, h, w, c], w [kh, kw, c/groups, out], b [out] or nil. Output
// channel o reads the input channels of group o/(out/groups). With groups = c it is a depthwise convolution.
func (t *Tape) GroupConv2D(x, w, b *Value, stride, pad, groups int) *Value {
	mustConvolve("GroupConv2D", x, w, b, stride, pad, groups)
	g := window{w.dims[0], w.dims[1], stride, pad}
	y := t.windowed(groupConvBack, x, w, b, g, w.dims[3])
	y.n[4] = groups
	clear(y.Data)
	eachImage(y, groupConvTap)
	if b != nil {
		kernel.AddBias(y.Data, b.Data)
	}
	return y
}

func groupConvBack(y *Value) {
	if y.in[0].want() != nil {
		eachImage(y, groupConvInputTap)
	}
	if y.in[1].want() != nil {
		eachPlace(y, groupConvWeightTap)
	}
	if d := y.in[2].want(); d != nil {
		kernel.SumRows(d, y.Grad)
	}
}

// groupConvTap: y += w·x in each group.
func groupConvTap(y *Value, out, in, place int) {
	t := groupTap(y, y.Data, y.in[0].Data, y.in[1].Data, out, in, place)
	if t.depthwise() {
		mulAdd(t.y, t.x, t.w)
		return
	}
	for i, x := range t.x {
		lo, hi, w := t.meets(i)
		for o, v := range w {
			t.y[lo:hi][o] += v * x
		}
	}
}

// groupConvInputTap: dx += wᵀ·dy in each group.
func groupConvInputTap(y *Value, out, in, place int) {
	t := groupTap(y, y.Grad, y.in[0].Grad, y.in[1].Data, out, in, place)
	if t.depthwise() {
		mulAdd(t.x, t.y, t.w)
		return
	}
	for i := range t.x {
		lo, hi, w := t.meets(i)
		var sum float32
		for o, d := range t.y[lo:hi] {
			sum += w[o] * d
		}
		t.x[i] += sum
	}
}

// groupConvWeightTap: dw += dy·xᵀ in each group.
func groupConvWeightTap(y *Value, out, in, place int) {
	t := groupTap(y, y.Grad, y.in[0].Data, y.in[1].Grad, out, in, place)
	if t.depthwise() {
		mulAdd(t.w, t.y, t.x)
		return
	}
	for i, x := range t.x {
		lo, hi, w := t.meets(i)
		for o, d := range t.y[lo:hi] {
			w[o] += d * x
		}
	}
}

// tap holds what meets in one place of the window of a grouped convolution, as data or gradients.
type tap struct {
	y, x, w []float32 // [out], [c], [c/groups, out]
	groups  int
}

func groupTap(v *Value, y, x, w []float32, out, in, place int) tap {
	channels, width := v.in[0].dims[3], v.dims[3]
	size := channels / v.n[4] * width
	return tap{y[out:][:width], x[in:][:channels], w[place*size:][:size], v.n[4]}
}

func (t *tap) depthwise() bool { return len(t.x) == t.groups && len(t.y) == t.groups }

// meets returns the range of y that input channel i contributes to, and its weights there.
func (t *tap) meets(i int) (lo, hi int, w []float32) {
	cin, cout := len(t.x)/t.groups, len(t.y)/t.groups
	lo = i / cin * cout
	return lo, lo + cout, t.w[i%cin*len(t.y)+lo:][:cout]
}

func mulAdd(dst, x, y []float32) {
	dst, y = dst[:len(x)], y[:len(x)]
	for i, v := range x {
		dst[i] += v * y[i]
	}
}

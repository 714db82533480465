package ad

import (
	"fmt"

	"pushpull/core/kernel"
)

// Conv2D convolves x [n, h, w, c] with weights w [kh, kw, c, out], zero padding all round; b [out] or nil is added.
// The result is [n, oh, ow, out].
func (t *Tape) Conv2D(x, w, b *Value, stride, pad int) *Value {
	if x.rank != 4 || w.rank != 4 || x.dims[3] != w.dims[2] || b != nil && b.Len() != w.dims[3] {
		panic(fmt.Sprintf("ad.Conv2D: %v with weights %v", x.Shape(), w.Shape()))
	}
	g := kernel.Conv{N: x.dims[0], H: x.dims[1], W: x.dims[2], C: x.dims[3],
		Out: w.dims[3], KH: w.dims[0], KW: w.dims[1], Stride: stride, Pad: pad}
	y := t.node(conv2DBack, x, w, b, g.N, g.OutH(), g.OutW(), g.Out)
	y.n[0], y.n[1] = stride, pad
	g.Forward(y.Data, x.Data, w.Data)
	if b != nil {
		kernel.AddBias(y.Data, b.Data)
	}
	return y
}

func conv2DBack(y *Value) {
	x, w, b := y.in[0], y.in[1], y.in[2]
	g := kernel.Conv{N: x.dims[0], H: x.dims[1], W: x.dims[2], C: x.dims[3],
		Out: w.dims[3], KH: w.dims[0], KW: w.dims[1], Stride: y.n[0], Pad: y.n[1]}
	if d := x.want(); d != nil {
		g.GradInput(d, y.Grad, w.Data)
	}
	if d := w.want(); d != nil {
		g.GradWeight(d, x.Data, y.Grad)
	}
	if d := b.want(); d != nil {
		kernel.SumRows(d, y.Grad)
	}
}

// GroupConv2D convolves groups of channels apart: x [n, h, w, c], w [kh, kw, c/groups, out], b [out] or nil. Output
// channel o reads the input channels of group o/(out/groups). With groups = c it is a depthwise convolution.
func (t *Tape) GroupConv2D(x, w, b *Value, stride, pad, groups int) *Value {
	if x.rank != 4 || w.rank != 4 || x.dims[3] != w.dims[2]*groups || w.dims[3]%groups != 0 {
		panic(fmt.Sprintf("ad.GroupConv2D: %v with weights %v in %d groups", x.Shape(), w.Shape(), groups))
	}
	oh := (x.dims[1]+2*pad-w.dims[0])/stride + 1
	ow := (x.dims[2]+2*pad-w.dims[1])/stride + 1
	y := t.node(groupConvBack, x, w, b, x.dims[0], oh, ow, w.dims[3])
	y.n[0], y.n[1], y.n[2] = stride, pad, groups
	clear(y.Data)
	eachTap(y, func(y *Value, out, in, weight int) { y.Data[out] += y.in[0].Data[in] * y.in[1].Data[weight] })
	if b != nil {
		kernel.AddBias(y.Data, b.Data)
	}
	return y
}

func groupConvBack(y *Value) {
	if y.in[0].want() != nil {
		eachTap(y, func(y *Value, out, in, weight int) { y.in[0].Grad[in] += y.Grad[out] * y.in[1].Data[weight] })
	}
	if y.in[1].want() != nil {
		eachTap(y, func(y *Value, out, in, weight int) { y.in[1].Grad[weight] += y.Grad[out] * y.in[0].Data[in] })
	}
	if d := y.in[2].want(); d != nil {
		kernel.SumRows(d, y.Grad)
	}
}

// eachTap calls f once for every product of an input and a weight in the grouped convolution that made y.
func eachTap(y *Value, f func(y *Value, out, in, weight int)) {
	x, w := y.in[0], y.in[1]
	stride, pad, groups := y.n[0], y.n[1], y.n[2]
	cin, out := w.dims[2], w.dims[3]
	for b := range y.dims[0] {
		for i := range y.dims[1] {
			for j := range y.dims[2] {
				at := ((b*y.dims[1]+i)*y.dims[2] + j) * out
				for u := range w.dims[0] {
					for v := range w.dims[1] {
						r, s := i*stride+u-pad, j*stride+v-pad
						if r < 0 || s < 0 || r >= x.dims[1] || s >= x.dims[2] {
							continue
						}
						from := ((b*x.dims[1]+r)*x.dims[2] + s) * x.dims[3]
						for o := range out {
							first := from + o/(out/groups)*cin
							for c := range cin {
								f(y, at+o, first+c, ((u*w.dims[1]+v)*cin+c)*out+o)
							}
						}
					}
				}
			}
		}
	}
}

package ad

import (
	"fmt"

	"pushpull/core/kernel"
)

// GlobalAvgPool returns the mean over all pixels: x [n, h, w, c] gives [n, c].
func (t *Tape) GlobalAvgPool(x *Value) *Value {
	mustBeImages("GlobalAvgPool", x)
	y := t.node(globalAvgPoolBack, x, nil, nil, x.dims[0], x.dims[3])
	kernel.AvgPoolGlobal(y.Data, x.Data, x.dims[0], x.dims[1]*x.dims[2], x.dims[3])
	return y
}

func globalAvgPoolBack(y *Value) {
	x := y.in[0]
	kernel.AvgPoolGlobalGrad(x.want(), y.Grad, x.dims[0], x.dims[1]*x.dims[2], x.dims[3])
}

// MaxPool returns the largest of each size×size window of x [n, h, w, c]; padding never wins.
func (t *Tape) MaxPool(x *Value, size, stride, pad int) *Value {
	y := t.poolNode("MaxPool", maxPoolBack, x, size, stride, pad)
	y.idx = t.Ints(y.Len())
	for i := range y.idx {
		y.idx[i] = -1
	}
	eachWindow(y, func(y *Value, out, in int) {
		x := y.in[0].Data
		if at := y.idx[out]; at < 0 || x[in] > x[at] {
			y.idx[out], y.Data[out] = int32(in), x[in]
		}
	})
	return y
}

func maxPoolBack(y *Value) {
	g := y.in[0].want()
	for i, d := range y.Grad {
		g[y.idx[i]] += d
	}
}

// AvgPool returns the mean of each size×size window of x [n, h, w, c], padding counted as zeros.
func (t *Tape) AvgPool(x *Value, size, stride, pad int) *Value {
	y := t.poolNode("AvgPool", avgPoolBack, x, size, stride, pad)
	y.f[0] = 1 / float32(size*size)
	clear(y.Data)
	eachWindow(y, func(y *Value, out, in int) { y.Data[out] += y.f[0] * y.in[0].Data[in] })
	return y
}

func avgPoolBack(y *Value) {
	y.in[0].want()
	eachWindow(y, func(y *Value, out, in int) { y.in[0].Grad[in] += y.f[0] * y.Grad[out] })
}

func (t *Tape) poolNode(op string, back func(*Value), x *Value, size, stride, pad int) *Value {
	mustBeImages(op, x)
	h, w := (x.dims[1]+2*pad-size)/stride+1, (x.dims[2]+2*pad-size)/stride+1
	y := t.node(back, x, nil, nil, x.dims[0], h, w, x.dims[3])
	y.n[0], y.n[1], y.n[2] = size, stride, pad
	return y
}

// eachWindow calls f for every pair of an output and an input within its window, in row-major order of the window.
func eachWindow(y *Value, f func(y *Value, out, in int)) {
	x, size, stride, pad := y.in[0], y.n[0], y.n[1], y.n[2]
	for b := range y.dims[0] {
		for i := range y.dims[1] {
			for j := range y.dims[2] {
				at := ((b*y.dims[1]+i)*y.dims[2] + j) * y.dims[3]
				for r := max(i*stride-pad, 0); r < min(i*stride-pad+size, x.dims[1]); r++ {
					for s := max(j*stride-pad, 0); s < min(j*stride-pad+size, x.dims[2]); s++ {
						from := ((b*x.dims[1]+r)*x.dims[2] + s) * x.dims[3]
						for c := range y.dims[3] {
							f(y, at+c, from+c)
						}
					}
				}
			}
		}
	}
}

func mustBeImages(op string, x *Value) {
	if x.rank != 4 {
		panic(fmt.Sprintf("ad.%s: shape %v, want [n, h, w, c]", op, x.Shape()))
	}
}

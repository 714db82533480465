package ad

import (
	"fmt"

	"pushpull/core/kernel"
)

// GlobalAvgPool returns the mean over all pixels: x [n, h, w, c] gives [n, c].
func (t *Tape) GlobalAvgPool(x *Value) *Value {
	if x.rank != 4 {
		panic(fmt.Sprintf("ad.GlobalAvgPool: shape %v, want [n, h, w, c]", x.Shape()))
	}
	y := t.node(globalAvgPoolBack, x, nil, nil, x.dims[0], x.dims[3])
	kernel.AvgPoolGlobal(y.Data, x.Data, x.dims[0], x.dims[1]*x.dims[2], x.dims[3])
	return y
}

func globalAvgPoolBack(y *Value) {
	x := y.in[0]
	kernel.AvgPoolGlobalGrad(x.want(), y.Grad, x.dims[0], x.dims[1]*x.dims[2], x.dims[3])
}

// MaxPool returns the largest of each size×size window of x [n, h, w, c]; padding, at most size/2, never wins. The
// gradient goes to the first of equals.
func (t *Tape) MaxPool(x *Value, size, stride, pad int) *Value {
	y := t.pool("MaxPool", maxPoolBack, x, size, stride, pad)
	y.idx = t.Ints(y.Len())
	for i := range y.idx {
		y.idx[i] = -1
	}
	eachImage(y, maxPoolTap)
	return y
}

func maxPoolTap(y *Value, out, in, _ int) {
	for c, v := range y.in[0].Data[in:][:y.dims[3]] {
		if y.idx[out+c] < 0 || v > y.Data[out+c] || v != v { // NaN wins, so that it shows
			y.idx[out+c], y.Data[out+c] = int32(in+c), v
		}
	}
}

func maxPoolBack(y *Value) {
	g := y.in[0].want()
	for i, d := range y.Grad {
		g[y.idx[i]] += d
	}
}

// AvgPool returns the mean of each size×size window of x [n, h, w, c], padding, at most size/2, counted as zeros.
func (t *Tape) AvgPool(x *Value, size, stride, pad int) *Value {
	y := t.pool("AvgPool", avgPoolBack, x, size, stride, pad)
	clear(y.Data)
	eachImage(y, avgPoolTap)
	kernel.Scale(1/float32(size*size), y.Data)
	return y
}

func avgPoolTap(y *Value, out, in, _ int) {
	for c, v := range y.in[0].Data[in:][:y.dims[3]] {
		y.Data[out+c] += v
	}
}

func avgPoolBack(y *Value) {
	y.in[0].want()
	eachImage(y, avgPoolGradTap)
}

func avgPoolGradTap(y *Value, out, in, _ int) {
	share := 1 / float32(y.n[0]*y.n[1])
	dx := y.in[0].Grad[in:]
	for c, d := range y.Grad[out:][:y.dims[3]] {
		dx[c] += share * d
	}
}

func (t *Tape) pool(op string, back func(*Value), x *Value, size, stride, pad int) *Value {
	if x.rank != 4 || 2*pad > size || x.dims[1]+2*pad < size || x.dims[2]+2*pad < size {
		panic(fmt.Sprintf("ad.%s: %v in windows of %d, stride %d, padding %d", op, x.Shape(), size, stride, pad))
	}
	return t.windowed(back, x, nil, nil, window{size, size, stride, pad}, x.dims[3])
}

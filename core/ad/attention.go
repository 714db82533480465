package ad

import (
	"fmt"
	"math"

	"pushpull/core/kernel"
)

// Attention is scaled dot-product attention (Vaswani et al. 2017) of qkv [n, t, 3d], queries, keys and values side by
// side, each split into heads of d/heads columns. With causal, a position sees itself and earlier ones. The result is
// [n, t, d].
func (t *Tape) Attention(qkv *Value, heads int, causal bool) *Value {
	d := qkv.Cols() / 3
	if qkv.rank != 3 || qkv.Cols()%3 != 0 || d%heads != 0 {
		panic(fmt.Sprintf("ad.Attention: %v in %d heads", qkv.Shape(), heads))
	}
	n, length, width := qkv.dims[0], qkv.dims[1], d/heads
	y := t.node(attentionBack, qkv, nil, nil, n, length, d)
	p := t.Floats(n * heads * length * length)
	y.aux[0], y.n[0] = p, heads
	scale := float32(1 / math.Sqrt(float64(width)))
	for b := range n {
		for h := range heads {
			q := qkv.Data[b*length*3*d+h*width:]
			s := p[(b*heads+h)*length*length:][:length*length]
			kernel.Gemm(false, true, length, length, width, scale, q, 3*d, q[d:], 3*d, 0, s, length)
			if causal {
				for i := range length {
					for j := i + 1; j < length; j++ {
						s[i*length+j] = negInf
					}
				}
			}
			kernel.SoftmaxRows(s, s, length)
			kernel.Gemm(false, false, length, width, length, 1, s, length, q[2*d:], 3*d, 0,
				y.Data[b*length*d+h*width:], d)
		}
	}
	return y
}

func attentionBack(y *Value) {
	qkv, heads := y.in[0], y.n[0]
	n, length, d := y.dims[0], y.dims[1], y.dims[2]
	width := d / heads
	scale := float32(1 / math.Sqrt(float64(width)))
	grad := qkv.want()
	ds := y.tape.Floats(length * length)
	for b := range n {
		for h := range heads {
			q, g := qkv.Data[b*length*3*d+h*width:], grad[b*length*3*d+h*width:]
			p := y.aux[0][(b*heads+h)*length*length:][:length*length]
			dy := y.Grad[b*length*d+h*width:]
			kernel.Gemm(true, false, length, width, length, 1, p, length, dy, d, 1, g[2*d:], 3*d)
			kernel.Gemm(false, true, length, length, width, 1, dy, d, q[2*d:], 3*d, 0, ds, length)
			for i := range length {
				row, e := p[i*length:(i+1)*length], ds[i*length:(i+1)*length]
				along := kernel.Dot(row, e)
				for j, v := range row {
					e[j] = v * (e[j] - along)
				}
			}
			kernel.Gemm(false, false, length, width, length, scale, ds, length, q[d:], 3*d, 1, g, 3*d)
			kernel.Gemm(true, false, length, width, length, scale, ds, length, q, 3*d, 1, g[d:], 3*d)
		}
	}
}

package ad

import (
	"fmt"

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
	n, length := qkv.dims[0], qkv.dims[1]
	y := t.node(attentionBack, qkv, nil, nil, n, length, d)
	y.aux[0], y.n[0], y.n[1] = t.Floats(n*heads*length*length), heads, flag(causal)
	y.attention().Forward(y.Data, y.aux[0], qkv.Data)
	return y
}

// attention returns the shape of the operation whose result y is.
func (y *Value) attention() kernel.Attention {
	return kernel.Attention{N: y.dims[0], Length: y.dims[1], D: y.dims[2], Heads: y.n[0], Causal: y.n[1] == 1}
}

func attentionBack(y *Value) {
	qkv := y.in[0]
	y.attention().Grad(qkv.want(), y.Grad, y.aux[0], qkv.Data)
}

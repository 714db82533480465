package nn

import (
	"fmt"

	"pushpull/core/ad"
	"pushpull/core/random"
)

// Transformer describes a row of blocks with layer-norm before each part (pre-norm):
//
//	x += attention(norm1(x));  x += linear2(gelu(linear1(norm2(x))))
type Transformer struct {
	Width    int     // length of a token, a multiple of Heads
	Depth    int     // blocks
	Heads    int     // of each attention
	Hidden   int     // width between the two linear layers
	Causal   bool    // a token sees itself and earlier ones only
	Dropout  float32 // share of the numbers that is dropped from what a part adds
	DropPath float32 // probability with which the last block's parts are skipped for an image; it rises from 0 at the first
}

// Blocks returns the blocks in order, named by their number, and the layer-norm that ends them.
func (s Transformer) Blocks(r *random.Stream) Sequence {
	var all Sequence
	for i := range s.Depth {
		all = append(all, Named{fmt.Sprintf("blocks.%d", i), &block{
			norm1: NewLayerNorm(s.Width), attention: NewAttention(s.Width, s.Heads, s.Causal, r),
			norm2: NewLayerNorm(s.Width), linear1: NewLinear(s.Width, s.Hidden, true, r), linear2: NewLinear(s.Hidden, s.Width, true, r),
			dropout: s.Dropout, dropPath: s.DropPath * float32(i) / float32(max(s.Depth-1, 1)),
		}})
	}
	return append(all, Named{"norm", NewLayerNorm(s.Width)})
}

type block struct {
	norm1, norm2      *LayerNorm
	attention         *Attention
	linear1, linear2  *Linear
	dropout, dropPath float32
}

// Forward maps tokens [n, t, d] to [n, t, d].
func (b *block) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	x = t.Add(x, b.drop(t, b.attention.Forward(t, b.norm1.Forward(t, x))))
	y := b.linear2.Forward(t, t.GELU(b.linear1.Forward(t, b.norm2.Forward(t, x))))
	return t.Add(x, b.drop(t, y))
}

func (b *block) drop(t *ad.Tape, x *ad.Value) *ad.Value {
	return t.DropPath(t.Dropout(x, b.dropout), b.dropPath)
}

// Visit visits the layers.
func (b *block) Visit(v Visitor) {
	b.attention.Visit(v.In("self_attn"))
	b.linear1.Visit(v.In("linear1"))
	b.linear2.Visit(v.In("linear2"))
	b.norm1.Visit(v.In("norm1"))
	b.norm2.Visit(v.In("norm2"))
}

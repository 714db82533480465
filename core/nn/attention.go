package nn

import (
	"fmt"
	"math"

	"pushpull/core/ad"
	"pushpull/core/random"
)

// Attention is multi-head self-attention (Vaswani et al. 2017): In makes queries, keys and values of each position, Out
// mixes what the heads gathered.
type Attention struct {
	In     *Linear // d to 3d
	Out    *Linear // d to d
	Heads  int     // a divisor of d
	Causal bool    // a position sees itself and earlier ones only
}

// NewAttention returns a layer for rows of length d. The weights of In are uniform within ±√(6/4d) (Glorot and Bengio
// 2010), those of Out as in NewLinear, biases 0.
func NewAttention(d, heads int, causal bool, r *random.Stream) *Attention {
	if heads < 1 || d%heads != 0 {
		panic(fmt.Sprintf("nn.NewAttention: %d columns in %d heads", d, heads))
	}
	a := &Attention{Heads: heads, Causal: causal,
		In:  &Linear{Weight: ad.NewParam(3*d, d), Bias: ad.NewParam(3 * d)},
		Out: NewLinear(d, d, false, r)}
	a.Out.Bias = ad.NewParam(d)
	uniform(a.In.Weight, float32(math.Sqrt(1.5/float64(d))), r)
	return a
}

// Forward maps x [n, t, d] to [n, t, d].
func (a *Attention) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	return a.Out.Forward(t, t.Attention(a.In.Forward(t, x), a.Heads, a.Causal))
}

// Visit visits both projections.
func (a *Attention) Visit(v Visitor) {
	v.Parameter("in_proj_weight", a.In.Weight, true)
	v.Parameter("in_proj_bias", a.In.Bias, false)
	a.Out.Visit(v.In("out_proj"))
}

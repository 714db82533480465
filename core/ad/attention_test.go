package ad_test

import (
	"fmt"
	"math"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// attention64 is scaled dot-product attention from its definition, for qkv [n, length, 3d].
func attention64(qkv []float64, n, length, d, heads int, causal bool) []float64 {
	y := make([]float64, n*length*d)
	width := d / heads
	// part returns element j of head h of the query (0), key (1) or value (2) at a position of sequence b.
	part := func(b, position, which, h, j int) float64 {
		return qkv[(b*length+position)*3*d+which*d+h*width+j]
	}
	for at := range y {
		j, h, i, b := at%d%width, at%d/width, at/d%length, at/d/length
		sees := length
		if causal {
			sees = i + 1
		}
		scores := make([]float64, sees)
		for k := range scores {
			for l := range width {
				scores[k] += part(b, i, 0, h, l) * part(b, k, 1, h, l) / math.Sqrt(float64(width))
			}
		}
		total := logSumExp64(scores)
		for k, s := range scores {
			y[at] += math.Exp(s-total) * part(b, k, 2, h, j)
		}
	}
	return y
}

func attentionOps() (ops []operation) {
	for _, s := range []struct{ n, length, d, heads int }{{1, 1, 1, 1}, {1, 1, 4, 2}, {2, 3, 6, 2}, {1, 5, 3, 3}, {2, 4, 5, 1}} {
		for _, causal := range []bool{false, true} {
			in := ins(adtest.Random(1, s.n, s.length, 3*s.d))
			ops = append(ops, operation{"Attention", fmt.Sprintf("%s heads %d causal %v", name(in), s.heads, causal), in,
				func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.Attention(x[0], s.heads, causal) },
				func(x [][]float64) []float64 { return attention64(x[0], s.n, s.length, s.d, s.heads, causal) }})
		}
	}
	return ops
}

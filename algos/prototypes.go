package algos

import (
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

// prototypes are learned directions [K, d]; the score of a projection is its cosine with each.
type prototypes struct{ rows *ad.Value }

func (p *prototypes) build(b *train.Build) {
	k := b.Int("prototypes")
	p.rows = ad.NewParam(k, b.Width)
	copy(p.rows.Data, randomUnit(k, b.Width, &b.Random))
	b.Learn("prototypes", p)
}

// scores returns the cosines [n, K] of z [n, d].
func (p *prototypes) scores(t *ad.Tape, z *ad.Value) *ad.Value {
	return t.MatMulT(t.NormalizeRows(z), t.NormalizeRows(p.rows))
}

// Visit visits the directions. Their lengths do not matter, so there is no weight decay.
func (p *prototypes) Visit(v nn.Visitor) { v.Parameter("rows", p.rows, false) }

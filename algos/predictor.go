package algos

import (
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

// predictor is the network that the siamese methods put on one branch to predict the other's projection: two layers of
// which only the first has batch-norm.
type predictor struct{ nn.Sequence }

func (p *predictor) build(b *train.Build) {
	h := nn.Head{Layers: 2, Hidden: b.Int("predictor-hidden"), Out: b.Width, BatchNorm: b.Bool("predictor-norm")}
	p.Sequence = h.New(b.Width, &b.Random)
	b.Learn("predictor", p)
}

// predict returns the prediction from projections z [n, d], or z itself while the predictor is switched off.
func (p *predictor) predict(s *train.Step, z *ad.Value) *ad.Value {
	if !s.Bool("predictor") {
		return z
	}
	return p.Forward(s.Tape, z)
}

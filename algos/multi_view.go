package algos

import (
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:     "multi_view",
		Title:    "Multi-view contrast (CMC)",
		Paper:    "https://arxiv.org/abs/1906.05849",
		Help:     "InfoNCE between every two of several views of an image",
		MinBatch: 2,
		Defaults: train.Values{"temperature": 0.5, "views": 3},
		New:      func(train.Config) (train.Objective, error) { return &MultiView{}, nil },
	})
}

// MultiView (Tian, Krishnan and Isola 2020, equation 6, the full graph) compares any number of views of each image, two
// at a time. All branches receive gradient; there is no state.
type MultiView struct{}

// Build asks for the views.
func (*MultiView) Build(b *train.Build) error {
	b.Views = b.Int("views")
	return nil
}

// Loss returns MultiViewLoss of all views' projections.
func (*MultiView) Loss(s *train.Step) *ad.Value {
	z := s.Tape.Reshape(s.AllProjections(), s.Views(), s.Size(), s.AllProjections().Cols())
	return MultiViewLoss(s.Tape, z, s.Float("temperature"))
}

// MultiViewLoss returns the mean of InfoNCE over all unordered pairs of the views z [V, n, d], V ≥ 2. The negatives of an
// anchor are the other images in the other view of the pair: neither the positive nor a third view is among them. A
// collapsed encoder scores log n.
func MultiViewLoss(t *ad.Tape, z *ad.Value, tau float32) *ad.Value {
	z = t.NormalizeRows(z)
	views := z.Dim(0)
	var total *ad.Value
	for a := range views {
		for b := a + 1; b < views; b++ {
			pair := bothWays(t, t.Scale(t.MatMulT(t.At(z, a), t.At(z, b)), 1/tau))
			if total == nil {
				total = pair
			} else {
				total = t.Add(total, pair)
			}
		}
	}
	return t.Scale(total, 2/float32(views*(views-1)))
}

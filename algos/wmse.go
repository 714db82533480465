package algos

import (
	"fmt"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "wmse",
		Title: "W-MSE",
		Paper: "https://arxiv.org/abs/2007.06346",
		Help:  "whitens the projections of a batch, so that they cannot collapse, and pulls the views together",
		Equation: "L = 2 − 2 mean_i cos(w_i, w′_i)\n" +
			"w = R^{−1}(z − mean z)\n" +
			"R R^T = (1 − ε) Cov(z) + ε I",
		Flow: flow.Chart{Loss: "distance of directions", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head, flow.Do("whiten")), flow.From("view 2", flow.Encoder, flow.Head, flow.Do("whiten")),
		}},
		MinBatch: 4,
		Defaults: train.Values{"whitening-eps": 0.0, "head-dim": 32},
		New:      func(train.Config) (train.Objective, error) { return WMSE{}, nil },
	})
}

// WMSE (Ermolov et al. 2021) has no negatives: whitened projections spread over all directions by construction. Both
// branches receive gradient, through the whitening, too; there is no state.
type WMSE struct{}

// Build refuses a batch from which no covariance of full rank comes.
func (WMSE) Build(b *train.Build) error {
	n := b.Int("batch")
	switch {
	case n < 2*b.Width && b.Int("head-layers") == 0:
		return fmt.Errorf("W-MSE cannot whiten %d dimensions of the encoder with %d images: set batch to %d or more, or head-layers to 1 or more", b.Width, n, 2*b.Width)
	case n < 2*b.Width:
		return fmt.Errorf("W-MSE cannot whiten %d dimensions with %d images: set batch to %d or more, or head-dim to %d or less", b.Width, n, 2*b.Width, n/2)
	}
	return nil
}

// Loss returns WMSELoss of the step's two projections.
func (WMSE) Loss(s *train.Step) *ad.Value {
	return WMSELoss(s.Tape, s.Project(0), s.Project(1), s.Float("whitening-eps"))
}

// WMSELoss returns 2 − 2 mean cos(w1, w2) of the rows of z1, z2 [n, d], n > d, each whitened over the batch (Ermolov et al.
// 2021, equations 5 and 6): w = L⁻¹(z − mean), L the Cholesky factor of (1−eps)·covariance + eps·identity.
func WMSELoss(t *ad.Tape, z1, z2 *ad.Value, eps float32) *ad.Value {
	return squaredDistance(t, whitened(t, z1, eps), whitened(t, z2, eps))
}

// whitened returns z [n, d] with mean 0 and the identity as covariance.
func whitened(t *ad.Tape, z *ad.Value, eps float32) *ad.Value {
	c := covarianceOf(t, z)
	if eps > 0 {
		d := z.Cols()
		ridge := t.Floats(d * d)
		clear(ridge)
		for i := 0; i < d*d; i += d + 1 {
			ridge[i] = eps
		}
		c = t.Add(t.Scale(c, 1-eps), t.Input(ridge, d, d))
	}
	return t.SolveRows(centre(t, z), t.Cholesky(c))
}

package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/kernel"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "dclw",
		Title: "DCLW",
		Paper: "https://arxiv.org/abs/2110.06848",
		Help:  "DCL with more weight on images whose views are still far apart",
		Equation: "L = {1}/{2n} Σ_i ( log Σ_{k≠i,p(i)} exp s_{ik} − w_i s_{i,p(i)} )\n" +
			"w_i = 2 − n softmax_i(z_i·z′_i/σ)\n" +
			"s_{ik} = z_i·z_k/τ,  |z| = 1",
		Flow: flow.Chart{Loss: "pull by weight, push other images", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.Encoder, flow.Head), flow.From("other images", flow.Encoder, flow.Head),
		}},
		MinBatch: 2,
		Defaults: train.Values{"temperature": 0.2, "weight-sigma": 0.5},
		Constant: func(c train.Config) (float64, bool) { return math.Log(float64(2*c.Int("batch") - 2)), false },
		New:      func(train.Config) (train.Objective, error) { return WeightedDecoupledLoss{}, nil },
	})
}

// WeightedDecoupledLoss trains with DCLW (Yeh et al. 2022). Both branches receive gradient; there is no state.
type WeightedDecoupledLoss struct{}

// Loss returns DCLW of the step's two projections.
func (WeightedDecoupledLoss) Loss(s *train.Step) *ad.Value {
	return DCLW(s.Tape, s.Project(0), s.Project(1), s.Float("temperature"), s.Float("weight-sigma"))
}

// DCLW is DCL with the positive of image i multiplied by a constant weight (Yeh et al. 2022, equation 7),
//
//	wᵢ = 2 − n·softmaxᵢ(z1ᵢ·z2ᵢ/σ)
//
// over the batch: above 1 where the views are less alike than on average. Weights have mean 1.
func DCLW(t *ad.Tape, z1, z2 *ad.Value, tau, sigma float32) *ad.Value {
	n := z1.Rows()
	a, b := t.NormalizeRows(t.StopGradient(z1)), t.NormalizeRows(t.StopGradient(z2))
	w := t.Scale(t.RowDot(a, b), 1/sigma).Data
	kernel.SoftmaxRows(w, w, n)
	for i, p := range w {
		w[i] = 2 - float32(n)*p
	}
	return decoupled(t, z1, z2, tau, w)
}

package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "debiased",
		Title: "Debiased contrast (DCL of Chuang et al.)",
		Paper: "https://arxiv.org/abs/2007.00224",
		Help:  "SimCLR less the share of the negatives that are likely of the image's own class",
		Equation: "L = −{1}/{2n} Σ_i log {e_i}/{e_i + g_i}\n" +
			"g_i = max( {a_i − πN e_i}/{1 − π}, N exp(−1/τ) )\n" +
			"a_i = Σ_{k≠i,p(i)} e_{ik}\n" +
			"e_{ik} = exp(z_i·z_k/τ),  |z| = 1\n" +
			"e_i = e_{i,p(i)},  N = 2n − 2",
		Flow: flow.Chart{Loss: "find the other view among all, corrected", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.Encoder, flow.Head), flow.From("other images", flow.Encoder, flow.Head),
		}},
		MinBatch: 2,
		Defaults: train.Values{"temperature": 0.5, "class-prior": 0.1},
		Constant: func(c train.Config) (float64, bool) { return math.Log(float64(2*c.Int("batch") - 1)), false },
		New:      func(train.Config) (train.Objective, error) { return Debiased{}, nil },
	})
}

// Debiased (Chuang et al. 2020, equation 8) corrects SimCLR for negatives that are really of the same class. Both branches
// receive gradient; there is no state.
type Debiased struct{}

// Loss returns HardNegativeLoss without hardness: all negatives weigh alike.
func (Debiased) Loss(s *train.Step) *ad.Value {
	return HardNegativeLoss(s.Tape, s.Project(0), s.Project(1), s.Float("temperature"), s.Float("class-prior"), 0)
}

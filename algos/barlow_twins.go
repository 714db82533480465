package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "barlow_twins",
		Title: "Barlow Twins",
		Paper: "https://arxiv.org/abs/2103.03230",
		Help:  "makes each dimension agree between the views and the dimensions tell different things",
		Equation: "L = Σ_i (1 − C_{ii})^2 + λ Σ_{i≠j} C_{ij}^2\n" +
			`C = {1}/{n} Z^T Z′,  Z "standardised"`,
		Flow:     flow.Chart{Loss: "correlation to the identity", Branches: []flow.Branch{flow.From("view 1", flow.Encoder, flow.Head, flow.Do("standardise columns")), flow.From("view 2", flow.Encoder, flow.Head, flow.Do("standardise columns"))}},
		MinBatch: 2,
		Defaults: train.Values{"redundancy-weight": 0.005, "head-layers": 3, "head-dim": 256}, // the paper's head has 8192 dimensions
		New:      func(train.Config) (train.Objective, error) { return BarlowTwins{}, nil },
	})
}

// BarlowTwins (Zbontar et al. 2021) makes the cross-correlation of the two views' projections the identity matrix. Both
// branches receive gradient; there are no negatives and no state.
type BarlowTwins struct{}

// Loss returns BarlowTwinsLoss of the step's two projections.
func (BarlowTwins) Loss(s *train.Step) *ad.Value {
	invariance, redundancy := BarlowTwinsTerms(s.Tape, s.Project(0), s.Project(1))
	return s.Tape.Add(invariance, s.Tape.Scale(redundancy, s.Float("redundancy-weight")))
}

// BarlowTwinsTerms returns the two sums of the loss, invariance + λ·redundancy (Zbontar et al. 2021, equations 1 and 2):
//
//	invariance = Σᵢ (1 − Cᵢᵢ)²,  redundancy = Σ_{i≠j} Cᵢⱼ²,  C = z1ᵀ z2/n
//
// with each column of z1, z2 [n, d] standardised over the batch (biased variance, eps 1e-5 as in the authors' code).
func BarlowTwinsTerms(t *ad.Tape, z1, z2 *ad.Value) (invariance, redundancy *ad.Value) {
	c := t.Scale(t.TMatMul(standardise(t, z1), standardise(t, z2)), 1/float32(z1.Rows())) // [d, d]
	return t.Sum(t.Square(t.AddConst(t.Diagonal(c), -1))), t.Sum(t.Square(t.ZeroDiagonal(c)))
}

// standardise gives each column of z [n, d] mean 0 and variance 1 over the batch.
func standardise(t *ad.Tape, z *ad.Value) *ad.Value {
	return t.BatchNorm(z, nil, nil, nil, nil, 0, 1e-5)
}

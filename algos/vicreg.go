package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "vicreg",
		Title: "VICReg",
		Paper: "https://arxiv.org/abs/2105.04906",
		Help:  "pulls the views together while each dimension keeps its variance and dimensions do not covary",
		Equation: "L = λ mean (z − z′)^2 + μ V + ν C\n" +
			"V = mean_{v,j} max(0, 1 − √{Var z_{v j} + ε})\n" +
			"C = {1}/{d} Σ_v Σ_{i≠j} Cov(z_v)_{ij}^2",
		Flow:     flow.Chart{Loss: "invariance + variance + covariance", Branches: []flow.Branch{flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.Encoder, flow.Head)}},
		MinBatch: 2,
		Defaults: train.Values{
			"invariance-weight": 25.0, "variance-weight": 25.0, "covariance-weight": 1.0,
			"head-layers": 3, "head-dim": 256, // the paper's head has 8192 dimensions
		},
		Constant: func(c train.Config) (float64, bool) {
			w := c.Float("variance-weight")
			return float64(w) * (1 - math.Sqrt(leastVariance)), w == 0
		},
		New: func(train.Config) (train.Objective, error) { return VICReg{}, nil },
	})
}

// leastVariance is ε.
const leastVariance = 1e-4

// VICReg (Bardes, Ponce and LeCun 2022) keeps the projections from collapsing by two terms on each view's own statistics.
// Both branches receive gradient; there are no negatives and no state.
type VICReg struct{}

// Loss returns the weighted sum of VICRegTerms.
func (VICReg) Loss(s *train.Step) *ad.Value {
	t := s.Tape
	invariance, variance, covariance := VICRegTerms(t, s.Project(0), s.Project(1), leastVariance)
	return t.Add(t.Scale(invariance, s.Float("invariance-weight")),
		t.Add(t.Scale(variance, s.Float("variance-weight")), t.Scale(covariance, s.Float("covariance-weight"))))
}

// VICRegTerms returns the three terms of the loss for z1, z2 [n, d] (Bardes, Ponce and LeCun 2022, equations 1 to 5):
//
//	invariance = mean (z1 − z2)²
//	variance   = mean over both views and all columns of max(0, 1 − √(var + eps))
//	covariance = sum over both views of Σ_{i≠j} Cᵢⱼ²/d, C the covariance matrix
//
// Variance and covariance divide by n−1. The paper adds the views' variance terms; like its code this takes their mean.
func VICRegTerms(t *ad.Tape, z1, z2 *ad.Value, eps float32) (invariance, variance, covariance *ad.Value) {
	invariance = t.Mean(t.Square(t.Sub(z1, z2)))
	v1, c1 := spread(t, z1, eps)
	v2, c2 := spread(t, z2, eps)
	return invariance, t.Scale(t.Add(v1, v2), 0.5), t.Add(c1, c2)
}

// spread returns the variance and the covariance term of one view z [n, d].
func spread(t *ad.Tape, z *ad.Value, eps float32) (variance, covariance *ad.Value) {
	c := covarianceOf(t, z)
	deviation := t.Sqrt(t.AddConst(t.Diagonal(c), eps))
	short := t.ReLU(t.AddConst(t.Scale(deviation, -1), 1))
	return t.Mean(short), t.Scale(t.Sum(t.Square(t.ZeroDiagonal(c))), 1/float32(z.Cols()))
}

// covarianceOf returns the covariance matrix [d, d] of the columns of z [n, d], with divisor n−1.
func covarianceOf(t *ad.Tape, z *ad.Value) *ad.Value {
	z = centre(t, z)
	return t.Scale(t.TMatMul(z, z), 1/float32(z.Rows()-1))
}

// centre subtracts from each column of z [n, d] its mean.
func centre(t *ad.Tape, z *ad.Value) *ad.Value { return t.AddRow(z, t.Scale(t.ColMean(z), -1)) }

package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "dcl",
		Title: "DCL",
		Paper: "https://arxiv.org/abs/2110.06848",
		Help:  "SimCLR with the positive left out of the denominator, so that easy positives do not weaken the gradient",
		Equation: `L = {1}/{2n} Σ_i ( log Σ_{k≠i,p(i)} exp s_{ik} − s_{i,p(i)} )
s_{ik} = z_i·z_k/τ,  |z| = 1
p(i): "other view of the image of" i`,
		Flow: flow.Chart{Loss: "pull the views, push other images", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.Encoder, flow.Head), flow.From("other images", flow.Encoder, flow.Head),
		}},
		MinBatch: 2,
		Defaults: train.Values{"temperature": 0.2},
		Constant: func(c train.Config) (float64, bool) { return math.Log(float64(2*c.Int("batch") - 2)), false },
		New:      func(train.Config) (train.Objective, error) { return DecoupledLoss{}, nil },
	})
}

// DecoupledLoss trains with DCL (Yeh et al. 2022): SimCLR whose positive does not stand among those it is compared with.
// Both branches receive gradient; there is no state.
type DecoupledLoss struct{}

// Loss returns DCL of the step's two projections.
func (DecoupledLoss) Loss(s *train.Step) *ad.Value {
	return DCL(s.Tape, s.Project(0), s.Project(1), s.Float("temperature"))
}

// DCL returns the mean over both views' rows, in nats, of z1, z2 [n, d], rows scaled to length 1 (Yeh et al. 2022,
// equation 6):
//
//	−z1ᵢ·z2ᵢ/τ + log Σ exp(sᵢₖ/τ)
//
// where the sum runs over the 2(n−1) views of other images. A collapsed encoder scores log(2n−2).
func DCL(t *ad.Tape, z1, z2 *ad.Value, tau float32) *ad.Value { return decoupled(t, z1, z2, tau, nil) }

// decoupled is DCL with the positive of image i multiplied by the constant weights[i]; nil stands for ones.
func decoupled(t *ad.Tape, z1, z2 *ad.Value, tau float32, weights []float32) *ad.Value {
	n := z1.Rows()
	z := t.NormalizeRows(t.ConcatRows(z1, z2))
	repulsion := t.Mean(t.LogSumExp(t.MaskDiagonals(t.Scale(t.MatMulT(z, z), 1/tau), n)))
	positive := t.RowDot(t.SliceRows(z, 0, n), t.SliceRows(z, n, 2*n)) // [n]
	if weights != nil {
		positive = t.Mul(positive, t.Input(weights, n))
	}
	return t.Sub(repulsion, t.Scale(t.Mean(positive), 1/tau))
}

package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/kernel"
	"pushpull/core/nn"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "tico",
		Title: "TiCo",
		Paper: "https://arxiv.org/abs/2206.10698",
		Help:  "pulls views together and away from the directions that a moving covariance says are crowded",
		Equation: `L = [symmetric: {1}/{2}(ℓ(z, t′) + ℓ(z′, t)); ℓ(z, t′)]
ℓ(z, t) = 1 − mean_i z_i·t_i + ρ mean_i z_i^T C z_i
C ← β C + {1 − β}/{n} Z^T Z,  |z| = |t| = 1
t "from" ξ,  [momentum-encoder: ξ ← m ξ + (1 − m) θ; ξ = θ]`,
		Flow: flow.Chart{Loss: "agreement − crowding", Exchanged: "symmetric", Branches: []flow.Branch{
			flow.Keep("moving covariance", 2), flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.SlowEncoder, flow.SlowHead),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"covariance-weight": 2.0, "covariance-momentum": 0.9, "symmetric": true, // the paper's weight of 8 is for batches of 4096
			"momentum-encoder": true, "target-momentum": 0.9, "target-momentum-end": 1.0, // the paper's 0.99 is for runs of 100,000 steps
		},
		Constant: func(c train.Config) (float64, bool) {
			if c.Float("covariance-weight") > 0 {
				return math.NaN(), false // the covariance of past steps counts
			}
			return 0, true
		},
		New: func(train.Config) (train.Objective, error) { return &TiCo{}, nil },
	})
}

// TiCo (Zhu et al. 2022) keeps a moving average of the projections' second moments: many negatives in one matrix [d, d].
//
//	view 1 → encoder → head → z1 ─────────┐ C ← β C + (1−β) z1ᵀ z1/n, constant
//	view 2 → momentum encoder → z2, constant ─┴─ 1 − mean z1·z2 + ρ mean z1ᵀ C z1
type TiCo struct {
	target     momentumEncoder
	covariance []float32 // [d, d]
	next       []float32 // what it becomes after this step
}

// Build makes the momentum encoder and the covariance, 0 at first.
func (a *TiCo) Build(b *train.Build) error {
	a.covariance = make([]float32, b.Width*b.Width)
	b.Keep("covariance", a)
	return a.target.build(b)
}

// Visit visits the covariance.
func (a *TiCo) Visit(v nn.Visitor) { v.State("covariance", a.covariance, len(a.covariance)) }

// Loss returns TiCoLoss; with symmetric, the mean of it and its counterpart with the views exchanged.
func (a *TiCo) Loss(s *train.Step) *ad.Value {
	t, beta, rho := s.Tape, s.Float("covariance-momentum"), s.Float("covariance-weight")
	z := s.AllProjections()
	target := a.target.targets(s, s.AllImages())
	a.next = MoveCovariance(t, a.covariance, s.View(z, 0), beta)
	loss := TiCoLoss(t, s.View(z, 0), s.View(target, 1), a.next, rho)
	if s.Bool("symmetric") {
		a.next = MoveCovariance(t, a.next, s.View(z, 1), beta)
		loss = t.Scale(t.Add(loss, TiCoLoss(t, s.View(z, 1), s.View(target, 0), a.next, rho)), 0.5)
	}
	return loss
}

// AfterStep moves the momentum encoder and the covariance.
func (a *TiCo) AfterStep(s *train.Step) {
	a.target.follow(s)
	copy(a.covariance, a.next)
}

// MoveCovariance returns beta·covariance + (1−beta)·zᵀz/n [d, d] of z [n, d], rows scaled to length 1.
func MoveCovariance(t *ad.Tape, covariance []float32, z *ad.Value, beta float32) []float32 {
	n, d := z.Rows(), z.Cols()
	unit := t.NormalizeRows(t.StopGradient(z)).Data
	next := t.Floats(d * d)
	copy(next, covariance)
	kernel.Gemm(true, false, d, d, n, (1-beta)/float32(n), unit, d, unit, d, beta, next, d)
	return next
}

// TiCoLoss returns 1 − mean z1·z2 + rho·mean z1ᵀ C z1 over the rows of z1, z2 [n, d], scaled to length 1, for the constant
// covariance C [d, d] (Zhu et al. 2022, equation 6). z2 must be a constant.
func TiCoLoss(t *ad.Tape, z1, z2 *ad.Value, covariance []float32, rho float32) *ad.Value {
	d := z1.Cols()
	z1 = t.NormalizeRows(z1)
	agreement := t.Mean(t.RowDot(z1, t.NormalizeRows(z2)))
	crowding := t.Mean(t.RowDot(t.MatMul(z1, t.Input(covariance, d, d)), z1))
	return t.AddConst(t.Sub(t.Scale(crowding, rho), agreement), 1)
}

package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "byol",
		Title: "BYOL",
		Paper: "https://arxiv.org/abs/2006.07733",
		Help:  "predicts what a slow moving average of the encoder makes of the other view; there are no negatives",
		Equation: `L = [symmetric: 4 − 2 cos(p, t′) − 2 cos(p′, t); 2 − 2 cos(p, t′)]
p = [predictor: "predictor"(z); z],  t = [stop-gradient: z_ξ; z]
[stop-gradient: [momentum-encoder: ξ ← m ξ + (1 − m) θ; ξ = θ]]`,
		Flow: flow.Chart{Loss: "distance of directions", Exchanged: "symmetric", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head, flow.Predictor),
			// Without stop-gradient the encoder that learns makes the targets.
			flow.From("view 2", flow.SlowEncoder.Unless("stop-gradient", flow.Encoder), flow.SlowHead.Unless("stop-gradient", flow.Head)),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"predictor": true, "predictor-hidden": 256, "predictor-norm": true, "stop-gradient": true, "symmetric": true,
			"momentum-encoder": true, "target-momentum": 0.95, "target-momentum-end": 1.0, // the paper's 0.996 is for 1000 epochs
			"head-final-norm": true, "head-dim": 32, "lr": 2e-3, // the paper's 256 dimensions, without that norm, learn slower here
		},
		Constant: func(train.Config) (float64, bool) { return 0, true },
		New:      func(train.Config) (train.Objective, error) { return &BYOL{}, nil },
	})
}

// BYOL (Grill et al. 2020) trains an encoder with a predictor to say what a momentum encoder makes of the other view.
// The momentum encoder moves after the optimiser, at a rate that falls to 0 along half a cosine. Memory: a second encoder.
//
//	view 1 → encoder → head → predictor → p1 ─┐
//	view 2 → momentum encoder → z2 ───────────┴─ 2 − 2 cos, and the same with the views exchanged
type BYOL struct {
	predictor
	target momentumEncoder
}

// Build makes the predictor and the momentum encoder.
func (a *BYOL) Build(b *train.Build) error {
	a.predictor.build(b)
	return a.target.build(b)
}

// Loss returns BYOLLoss. Without stop-gradient the encoder that learns makes the targets itself, and learns from both.
func (a *BYOL) Loss(s *train.Step) *ad.Value {
	p := a.predict(s, s.AllProjections())
	z := s.AllProjections()
	if s.Bool("stop-gradient") {
		z = a.target.targets(s, s.AllImages())
	}
	if !s.Bool("symmetric") {
		return squaredDistance(s.Tape, s.View(p, 0), s.View(z, 1))
	}
	return BYOLLoss(s.Tape, s.View(p, 0), s.View(p, 1), s.View(z, 0), s.View(z, 1))
}

// AfterStep moves the momentum encoder.
func (a *BYOL) AfterStep(s *train.Step) { a.target.follow(s) }

// BYOLLoss returns the sum of both directions' mean squared distance between rows of [n, d] scaled to length 1 (Grill et
// al. 2020, equation 2):
//
//	(2 − 2 cos(p1, z2)) + (2 − 2 cos(p2, z1))
//
// It lies between 0, which a collapsed encoder reaches too, and 8. z1 and z2 must be constants.
func BYOLLoss(t *ad.Tape, p1, p2, z1, z2 *ad.Value) *ad.Value {
	return t.Add(squaredDistance(t, p1, z2), squaredDistance(t, p2, z1))
}

// squaredDistance returns the mean of |a − b|² = 2 − 2 cos(a, b) over the pairs of rows of a, b [n, d], scaled to length 1.
func squaredDistance(t *ad.Tape, a, b *ad.Value) *ad.Value {
	return t.AddConst(t.Scale(meanCosine(t, a, b), -2), 2)
}

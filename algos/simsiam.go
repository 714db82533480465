package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "simsiam",
		Title: "SimSiam",
		Paper: "https://arxiv.org/abs/2011.10566",
		Help:  "predicts one view's projection from the other's; stop-gradient alone keeps it from collapsing",
		Equation: `L = −[symmetric: {1}/{2}(cos(p, t′) + cos(p′, t)); cos(p, t′)]
p = [predictor: "predictor"(z); z],  t = [stop-gradient: "sg" z; z]`,
		Flow: flow.Chart{Loss: "−cosine", Exchanged: "symmetric", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head, flow.Predictor),
			flow.From("view 2", flow.Encoder, flow.Head, flow.StopGradient.If("stop-gradient")),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"predictor": true, "predictor-hidden": 128, "predictor-norm": true, "stop-gradient": true, "symmetric": true,
			"head-final-norm": true, "head-dim": 256,
			// The paper's rate, with much more decay than its 1e-4, which is for hundreds of epochs: short runs learn several times
			// faster, and without stop-gradient the encoder collapses with its head.
			"optimiser": "sgd", "lr": 0.05, "weight-decay": 7e-3,
		},
		Constant: func(train.Config) (float64, bool) { return -1, true },
		New:      func(train.Config) (train.Objective, error) { return &SimSiam{}, nil },
	})
}

// SimSiam (Chen and He 2021) pulls a predictor's view of one projection towards the other projection, which is held
// constant. There are no negatives and no momentum encoder.
//
//	view 1 → encoder → head → predictor → p1 ─┐
//	view 2 → encoder → head → z2, constant ───┴─ −cos, and the same with the views exchanged
type SimSiam struct{ predictor }

// Build makes the predictor, a bottleneck; the paper found it best without batch-norm at the end.
func (a *SimSiam) Build(b *train.Build) error {
	a.predictor.build(b)
	return nil
}

// Loss returns NegativeCosine of both directions.
func (a *SimSiam) Loss(s *train.Step) *ad.Value {
	z := s.AllProjections()
	p := a.predict(s, z)
	if s.Bool("stop-gradient") {
		z = s.Tape.StopGradient(z)
	}
	if !s.Bool("symmetric") {
		return s.Tape.Scale(meanCosine(s.Tape, s.View(p, 0), s.View(z, 1)), -1)
	}
	return NegativeCosine(s.Tape, s.View(p, 0), s.View(p, 1), s.View(z, 0), s.View(z, 1))
}

// NegativeCosine returns −(cos(p1, z2) + cos(p2, z1))/2, the mean over rows of [n, d] (Chen and He 2021, equation 2). It
// lies between −1, which a collapsed encoder reaches too, and 1. Stop the gradient of z1 and z2 before.
func NegativeCosine(t *ad.Tape, p1, p2, z1, z2 *ad.Value) *ad.Value {
	return t.Scale(t.Add(meanCosine(t, p1, z2), meanCosine(t, p2, z1)), -0.5)
}

// meanCosine returns the mean cosine of the pairs of rows of a, b [n, d].
func meanCosine(t *ad.Tape, a, b *ad.Value) *ad.Value {
	return t.Mean(t.RowDot(t.NormalizeRows(a), t.NormalizeRows(b)))
}

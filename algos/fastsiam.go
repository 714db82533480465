package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "fastsiam",
		Title: "FastSiam",
		Paper: "https://doi.org/10.1007/978-3-031-16788-1_4",
		Help:  "SimSiam whose target is the mean of several other views, which is steadier than one",
		Equation: `L = −mean_v cos(p_v, t_v)
p_v = [predictor: "predictor"(z_v); z_v]
t_v = [stop-gradient: "sg"] Σ_{u≠v} z_u`,
		Flow: flow.Chart{Loss: "−cosine", Exchanged: flow.Always, Branches: []flow.Branch{
			flow.From("one view", flow.Encoder, flow.Head, flow.Predictor),
			flow.From("other views", flow.Encoder, flow.Head, flow.Do("mean"), flow.StopGradient.If("stop-gradient")),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"views": 4, "predictor": true, "predictor-hidden": 128, "predictor-norm": true, "stop-gradient": true,
			"head-final-norm": true, "head-dim": 64,
			"lr": 2e-3, // with Adam
		},
		Constant: func(train.Config) (float64, bool) { return -1, true },
		New:      func(train.Config) (train.Objective, error) { return &FastSiam{}, nil },
	})
}

// FastSiam (Pototzky, Sultan and Schmidt-Thieme 2022) is SimSiam with more than two views: each is to predict the mean
// projection of the others, which is held constant.
type FastSiam struct{ predictor }

// Build makes the predictor and asks for the views.
func (a *FastSiam) Build(b *train.Build) error {
	b.Views = b.Int("views")
	a.predictor.build(b)
	return nil
}

// Loss returns FastSiamLoss of all views.
func (a *FastSiam) Loss(s *train.Step) *ad.Value {
	z := s.AllProjections()
	p := a.predict(s, z)
	if s.Bool("stop-gradient") {
		z = s.Tape.StopGradient(z)
	}
	v, n, d := s.Views(), s.Size(), z.Cols()
	return FastSiamLoss(s.Tape, s.Tape.Reshape(p, v, n, d), s.Tape.Reshape(z, v, n, d))
}

// FastSiamLoss returns the mean over the views of −cos(p_v, mean of the other views' z), a mean over rows, for
// predictions p and projections z [V, n, d], V ≥ 2. The mean is of z as it is, not scaled. With two views it is
// NegativeCosine. Stop the gradient of z before.
func FastSiamLoss(t *ad.Tape, p, z *ad.Value) *ad.Value {
	views := z.Dim(0)
	sum := sumOfViews(t, z, views)
	var total *ad.Value
	for v := range views {
		others := t.Sub(sum, t.At(z, v)) // the cosine does not mind that it is the sum
		c := meanCosine(t, t.At(p, v), others)
		total = plus(t, total, c)
	}
	return t.Scale(total, -1/float32(views))
}

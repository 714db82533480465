package algos

import (
	"maps"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

func init() {
	defaults := train.Values{"temperature": 0.1, "learn-temperature": true, "logit-bias": -10.0}
	maps.Copy(defaults, captionDefaults)
	register(Algorithm{
		Name:  "siglip",
		Title: "SigLIP",
		Paper: "https://arxiv.org/abs/2303.15343",
		Help:  "says of each image and each caption of the batch whether they belong together, one by one",
		Equation: `L = −{1}/{n} Σ_{i,j} log σ( y_{ij}(x_i·t_j/τ + b) )
y_{ii} = 1,  y_{ij} = −1,  |x| = |t| = 1
b "learned"[learn-temperature: ,  τ "learned"]`,
		Flow: flow.Chart{Loss: "match or not, each pair", Inputs: []flow.Part{flow.Temperature, flow.Bias}, Branches: []flow.Branch{
			flow.From("one view", flow.Encoder, flow.Head), flow.From("caption", flow.TextEncoder, flow.TextHead),
		}},
		MinBatch: 2,
		Defaults: defaults,
		New:      func(train.Config) (train.Objective, error) { return &SigLIP{}, nil },
	})
}

// SigLIP (Zhai et al. 2023) is CLIP with a question of its own for each pair, so that no softmax over the batch is needed.
// Both branches, the temperature and a bias receive gradient; there is no other state.
type SigLIP struct {
	temperature
	text
	bias *ad.Value // a number
}

// Build makes the text encoder, the temperature and the bias.
func (a *SigLIP) Build(b *train.Build) error {
	b.Views = 1
	if err := a.text.build(b); err != nil {
		return err
	}
	a.bias = ad.NewParam()
	a.bias.Data[0] = b.Float("logit-bias")
	b.Learn("logit_bias", a)
	return a.temperature.Build(b)
}

// Visit visits the bias.
func (a *SigLIP) Visit(v nn.Visitor) { v.Parameter("bias", a.bias, false) }

// Loss returns SigLIPLoss of the images and their captions.
func (a *SigLIP) Loss(s *train.Step) *ad.Value {
	return SigLIPLoss(s.Tape, s.Project(0), a.text.project(s), a.log(s), a.bias)
}

// SigLIPLoss returns the sum over all pairs, divided by n, in nats (Zhai et al. 2023, equation 1):
//
//	−Σᵢⱼ log σ( yᵢⱼ (exp(logScale)·imageᵢ·textⱼ + logBias) ) / n,  yᵢᵢ = 1, else −1
//
// of image, text [n, d], rows scaled to length 1. All four get gradient.
func SigLIPLoss(t *ad.Tape, image, text, logScale, logBias *ad.Value) *ad.Value {
	n := image.Rows()
	s := t.MatMulT(t.NormalizeRows(image), t.NormalizeRows(text)) // [n, n]
	s = t.AddScalar(t.MulScalar(s, t.Exp(logScale)), logBias)
	signs := t.Floats(n * n)
	for i := range signs {
		signs[i] = -1
		if i%(n+1) == 0 {
			signs[i] = 1
		}
	}
	return t.Scale(t.Sum(t.LogSigmoid(t.Mul(s, t.Input(signs, n, n)))), -1/float32(n))
}

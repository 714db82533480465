package algos

import (
	"maps"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	defaults := train.Values{"temperature": 0.07, "learn-temperature": true}
	maps.Copy(defaults, captionDefaults)
	register(Algorithm{
		Name:  "clip",
		Title: "CLIP",
		Paper: "https://arxiv.org/abs/2103.00020",
		Help:  "finds each image's caption among those of the batch, and each caption's image",
		Equation: `L = {1}/{2}(ℓ(s) + ℓ(s^T))
s_{ij} = x_i·y_j/τ,  |x| = |y| = 1[learn-temperature: ,  τ "learned"]
ℓ(s) = −mean_i log {exp s_{ii}}/{Σ_j exp s_{ij}}`,
		Flow: flow.Chart{Loss: "find image by caption and back", Inputs: []flow.Part{flow.Temperature}, Branches: []flow.Branch{
			flow.From("one view", flow.Encoder, flow.Head), flow.From("caption", flow.TextEncoder, flow.TextHead),
		}},
		MinBatch: 2,
		Defaults: defaults,
		New:      func(train.Config) (train.Objective, error) { return &CLIP{}, nil },
	})
}

// captionDefaults are those of methods that compare images with captions: views keep what captions tell, colour, place and
// side, but half of them are gray, since colour alone would tell most pairs apart, and shapes would hardly be learned; the
// projection is linear.
var captionDefaults = func() train.Values {
	v := train.Values{"crop-min": 0.9, "flip": 0.0, "jitter-prob": 0.0, "gray-prob": 0.5, "head-layers": 1, "lr": 1e-3}
	maps.Copy(v, textDefaults)
	return v
}()

// CLIP (Radford et al. 2021) trains an image and a text encoder to find each other.
//
//	one view → encoder → linear → image ─┐
//	caption → text encoder → linear → text ─┴─ cross-entropy of image textᵀ/τ along rows and along columns
//
// Both branches and the temperature receive gradient; there is no other state.
type CLIP struct {
	temperature
	text
}

// Build makes the text encoder and the temperature.
func (a *CLIP) Build(b *train.Build) error {
	b.Views = 1
	if err := a.text.build(b); err != nil {
		return err
	}
	return a.temperature.Build(b)
}

// Loss returns CLIPLoss of the images and their captions.
func (a *CLIP) Loss(s *train.Step) *ad.Value {
	return CLIPLoss(s.Tape, s.Project(0), a.text.project(s), a.log(s))
}

// CLIPLoss returns the mean of both directions' cross-entropy, in nats, of exp(logScale)·image·textᵀ for image, text [n, d],
// rows scaled to length 1, and a number logScale; targets on the diagonal (Radford et al. 2021, figure 3). All three get
// gradient. Keep logScale at most log 100.
func CLIPLoss(t *ad.Tape, image, text, logScale *ad.Value) *ad.Value {
	s := t.MatMulT(t.NormalizeRows(image), t.NormalizeRows(text)) // [n, n]
	return bothWays(t, t.MulScalar(s, t.Exp(logScale)))
}

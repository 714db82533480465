package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	scaled := flow.Do("length r").If("normalise")
	register(Algorithm{
		Name:  "spectral",
		Title: "Spectral contrast",
		Paper: "https://arxiv.org/abs/2106.04156",
		Help:  "makes dot products of an image's views large and the squares of all others small",
		Equation: `L = −{2}/{n} Σ_i z_i·z′_i + {1}/{n(n−1)} Σ_{i≠j} (z_i·z′_j)^2
[normalise: |z| = r]`,
		Flow: flow.Chart{Loss: "dot products: own up, others to 0", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head, scaled), flow.From("view 2", flow.Encoder, flow.Head, scaled),
			flow.From("other images", flow.Encoder, flow.Head, scaled),
		}},
		MinBatch: 2,
		Defaults: train.Values{"normalise": true, "radius": 2.0},
		Constant: func(c train.Config) (float64, bool) {
			if !c.Bool("normalise") {
				return math.NaN(), false
			}
			r := float64(c.Float("radius"))
			return r*r*r*r - 2*r*r, false
		},
		New: func(train.Config) (train.Objective, error) { return Spectral{}, nil },
	})
}

// Spectral (HaoChen et al. 2021) factorises the graph of views that show one image: its best encoder is a spectral
// clustering of it. Both branches receive gradient; there is no state.
type Spectral struct{}

// Loss returns SpectralLoss of the step's two projections.
func (Spectral) Loss(s *train.Step) *ad.Value {
	z := s.AllProjections()
	if s.Bool("normalise") {
		z = s.Tape.Scale(s.Tape.NormalizeRows(z), s.Float("radius"))
	}
	return SpectralLoss(s.Tape, s.View(z, 0), s.View(z, 1))
}

// SpectralLoss returns, for z1, z2 [n, d] as they are (HaoChen et al. 2021, equation 6):
//
//	−2 mean z1ᵢ·z2ᵢ + mean_{i≠j} (z1ᵢ·z2ⱼ)²
func SpectralLoss(t *ad.Tape, z1, z2 *ad.Value) *ad.Value {
	n := float32(z1.Rows())
	s := t.MatMulT(z1, z2) // [n, n]
	repulsion := t.Scale(t.Sum(t.Square(t.ZeroDiagonal(s))), 1/(n*(n-1)))
	return t.Add(t.Scale(t.Mean(t.Diagonal(s)), -2), repulsion)
}

package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "align_uniform",
		Title: "Alignment and uniformity",
		Paper: "https://arxiv.org/abs/2005.10242",
		Help:  "the two things a contrastive loss does, as two terms: views close, all images spread over the sphere",
		Equation: "L = mean_i |z_i − z′_i|^α + {λ}/{2}(U(z) + U(z′))\n" +
			"U(z) = log mean_{i<j} exp(−t |z_i − z_j|^2)\n|z| = 1",
		Flow:     flow.Chart{Loss: "alignment + uniformity", Branches: []flow.Branch{flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.Encoder, flow.Head)}},
		MinBatch: 2,
		Defaults: train.Values{"align-power": 2.0, "uniform-scale": 2.0, "uniform-weight": 1.0},
		Constant: func(c train.Config) (float64, bool) { return 0, c.Float("uniform-weight") == 0 },
		New:      func(train.Config) (train.Objective, error) { return AlignUniform{}, nil },
	})
}

// AlignUniform (Wang and Isola 2020) trains with what InfoNCE tends to with ever more negatives. Both branches receive
// gradient; there is no state.
type AlignUniform struct{}

// Loss returns alignment plus the weighted mean of both views' uniformity.
func (AlignUniform) Loss(s *train.Step) *ad.Value {
	t, z1, z2 := s.Tape, s.Project(0), s.Project(1)
	u := t.Add(Uniformity(t, z1, s.Float("uniform-scale")), Uniformity(t, z2, s.Float("uniform-scale")))
	return t.Add(Alignment(t, z1, z2, s.Float("align-power")), t.Scale(u, s.Float("uniform-weight")/2))
}

// Alignment returns the mean of |z1ᵢ − z2ᵢ|^alpha over the rows of z1, z2 [n, d], scaled to length 1 (Wang and Isola 2020,
// equation 1). 0 is best, and what a collapsed encoder has, too. It needs alpha > 0; below 2 the gradient grows without
// limit where two views meet.
func Alignment(t *ad.Tape, z1, z2 *ad.Value, alpha float32) *ad.Value {
	squares := t.RowSum(t.Square(t.Sub(t.NormalizeRows(z1), t.NormalizeRows(z2)))) // [n]
	if alpha != 2 {
		squares = t.Pow(t.AddConst(squares, 1e-12), alpha/2)
	}
	return t.Mean(squares)
}

// Uniformity returns log mean_{i<j} exp(−scale·|zᵢ − z_j|²) of the rows of z [n, d], scaled to length 1 (Wang and Isola
// 2020, equation 2). A collapsed encoder has 0, the largest.
func Uniformity(t *ad.Tape, z *ad.Value, scale float32) *ad.Value {
	z = t.NormalizeRows(z)
	n := z.Rows()
	s := t.MaskDiagonal(t.Scale(t.MatMulT(z, z), 2*scale)) // |zᵢ − z_j|² = 2 − 2 zᵢ·z_j
	all := t.LogSumExp(t.Reshape(s, 1, n*n))               // over ordered pairs, each unordered one twice
	return t.AddConst(t.Sum(all), -2*scale-float32(math.Log(float64(n*(n-1)))))
}

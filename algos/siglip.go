package algos

import "pushpull/core/ad"

// SigLIPLoss returns the sum over all pairs, divided by n, in nats (Zhai et al. 2023, equation 1):
//
//	−Σᵢⱼ log σ( yᵢⱼ (exp(logScale)·imageᵢ·textⱼ + logBias) ) / n,  yᵢᵢ = 1, else −1
//
// of image, text [n, d], rows scaled to length 1. Each pair is a question of its own, so no softmax over the batch is
// needed. All four get gradient.
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

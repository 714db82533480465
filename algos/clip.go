package algos

import "pushpull/core/ad"

// CLIPLoss returns the mean of both directions' cross-entropy, in nats, of exp(logScale)·image·textᵀ for image, text [n, d],
// rows scaled to length 1, and a number logScale; targets on the diagonal (Radford et al. 2021, figure 3). All three get
// gradient. Keep logScale at most log 100.
func CLIPLoss(t *ad.Tape, image, text, logScale *ad.Value) *ad.Value {
	s := t.MatMulT(t.NormalizeRows(image), t.NormalizeRows(text)) // [n, n]
	return bothWays(t, t.MulScalar(s, t.Exp(logScale)))
}

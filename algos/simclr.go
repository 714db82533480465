package algos

import (
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:     "simclr",
		Title:    "SimCLR",
		Paper:    "https://arxiv.org/abs/2002.05709",
		Help:     "attracts the two views of an image and repels all other views in the batch",
		MinBatch: 2, // a lone image has no negatives: its loss is 0
		Defaults: train.Values{"temperature": 0.5},
		New:      func(train.Config) (train.Objective, error) { return SimCLR{}, nil },
	})
}

// SimCLR (Chen et al. 2020, equation 1) attracts the two views of an image and repels every other view in the batch.
// Both branches receive gradient; there is no state.
type SimCLR struct{}

// Loss returns NTXent of the step's two projections.
func (SimCLR) Loss(s *train.Step) *ad.Value {
	return NTXent(s.Tape, s.Project(0), s.Project(1), s.Float("temperature"))
}

// NTXent returns the loss, one number in nats, of projections z1, z2 [n, d]:
//
//	1/2n Σᵢ ( log Σ_{k≠i} exp sᵢₖ − s_{i,p(i)} ),  s = z zᵀ/τ
//
// z [2n, d] stacks both views, rows scaled to length 1; p(i) is the row of i's other view. Only k = i leaves the sum. A
// collapsed encoder scores log(2n−1). NTXent panics if the shapes of z1 and z2 differ.
func NTXent(t *ad.Tape, z1, z2 *ad.Value, tau float32) *ad.Value {
	z := t.NormalizeRows(t.ConcatRows(z1, z2)) // [2n, d]
	s := t.Scale(t.MatMulT(z, z), 1/tau)       // [2n, 2n]
	return t.CrossEntropy(t.MaskDiagonal(s), otherView(t, z1.Rows()))
}

// otherView returns, for each of 2n rows that stack two views of n images, the row of its image's other view.
func otherView(t *ad.Tape, n int) []int32 {
	other := t.Ints(2 * n)
	for i := range n {
		other[i], other[n+i] = int32(n+i), int32(i)
	}
	return other
}

// rowNumbers returns 0, 1, …, n−1: the targets of a cross-entropy whose positives lie on the diagonal.
func rowNumbers(t *ad.Tape, n int) []int32 {
	at := t.Ints(n)
	for i := range at {
		at[i] = int32(i)
	}
	return at
}

package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "triplet",
		Title: "Triplet loss",
		Paper: "https://arxiv.org/abs/1503.03832",
		Help:  "asks that an image's other view be nearer than another image, by a margin",
		Equation: `L = mean max(0, |a − p| − d + m)
d = [swap: min(|a − n|, |p − n|); |a − n|]
[normalise: |a| = |p| = |n| = 1]`,
		Flow: flow.Chart{Loss: "nearer to a's other view by a margin", Branches: []flow.Branch{
			flow.From("view 1: a", flow.Encoder, flow.Head, flow.Normalise), flow.From("view 2: p", flow.Encoder, flow.Head, flow.Normalise),
			flow.From("other image: n", flow.Encoder, flow.Head, flow.Normalise),
		}},
		MinBatch: 2,
		Defaults: train.Values{"margin": 1.0, "swap": false, "normalise": false},
		Constant: func(c train.Config) (float64, bool) { m := c.Float("margin"); return float64(m), m == 0 },
		New:      func(train.Config) (train.Objective, error) { return Triplet{}, nil },
	})
}

// Triplet (Schroff, Kalenichenko and Philbin 2015) compares one positive and one negative at a time: the views of the next
// image of the batch, whose order is random. Both branches receive gradient; there is no state.
type Triplet struct{}

// Loss returns TripletLoss with the second view of the next image as the negative.
func (Triplet) Loss(s *train.Step) *ad.Value {
	t, z := s.Tape, s.AllProjections()
	if s.Bool("normalise") {
		z = t.NormalizeRows(z)
	}
	n := s.Size()
	positive := s.View(z, 1)
	negative := t.ConcatRows(t.SliceRows(positive, 1, n), t.SliceRows(positive, 0, 1))
	return TripletLoss(t, s.View(z, 0), positive, negative, s.Float("margin"), s.Bool("swap"))
}

// TripletLoss returns the mean over rows [n, d] of max(0, |a − p| − |a − n| + margin), euclidean distances with 1e-6 added to
// each difference so that they can be derived at 0. With swap it takes the smaller of |a − n| and |p − n| (Balntas et al.
// 2016).
func TripletLoss(t *ad.Tape, anchor, positive, negative *ad.Value, margin float32, swap bool) *ad.Value {
	far := distances(t, anchor, negative)
	if swap {
		other := distances(t, positive, negative)
		far = t.Sub(far, t.ReLU(t.Sub(far, other))) // min(far, other)
	}
	return t.Mean(t.ReLU(t.AddConst(t.Sub(distances(t, anchor, positive), far), margin)))
}

// distances returns |a − b + 1e-6| for each pair of rows, [n].
func distances(t *ad.Tape, a, b *ad.Value) *ad.Value {
	return t.Sqrt(t.RowSum(t.Square(t.AddConst(t.Sub(a, b), 1e-6))))
}

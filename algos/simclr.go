package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "simclr",
		Title: "SimCLR",
		Paper: "https://arxiv.org/abs/2002.05709",
		Help:  "attracts the two views of an image and repels all other views in the batch",
		Equation: `L = −{1}/{2n} Σ_i [negatives: log {exp s_{i,p(i)}}/{Σ_{k≠i} exp s_{ik}}; s_{i,p(i)}]
s_{ik} = z_i·z_k/τ[normalise: ,  |z| = 1][learn-temperature: ,  τ "learned"]
p(i): "other view of the image of" i`,
		Flow: flow.Chart{Loss: "find the other view among all", Without: map[string]string{"negatives": "pull the views together"}, Inputs: []flow.Part{flow.Temperature}, Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head, flow.Normalise), flow.From("view 2", flow.Encoder, flow.Head, flow.Normalise),
			flow.From("other images", flow.Encoder, flow.Head, flow.Normalise).If("negatives"),
		}},
		MinBatch: 2, // a lone image has no negatives: its loss is 0
		Defaults: train.Values{"temperature": 0.5, "learn-temperature": false, "negatives": true, "normalise": true},
		Constant: func(c train.Config) (float64, bool) {
			if !c.Bool("negatives") {
				return attracted(c)
			}
			return math.Log(float64(2*c.Int("batch") - 1)), false
		},
		New: func(train.Config) (train.Objective, error) { return &SimCLR{}, nil },
	})
}

// SimCLR (Chen et al. 2020, equation 1) attracts the two views of an image and repels every other view in the batch.
//
//	views → encoder → head → z → NTXent
//
// Both branches receive gradient; there is no state but a temperature, where it is learned.
type SimCLR struct{ temperature }

// Loss returns NTXent of the step's two projections.
func (a *SimCLR) Loss(s *train.Step) *ad.Value {
	z := s.AllProjections() // [2n, d]
	if s.Bool("normalise") {
		z = s.Tape.NormalizeRows(z)
	}
	if !s.Bool("negatives") {
		return attraction(s, a.divide(s, s.Tape.RowDot(s.View(z, 0), s.View(z, 1))))
	}
	return twoViews(s.Tape, a.divide(s, s.Tape.MatMulT(z, z)))
}

// attraction is what is left of a contrastive loss without negatives: minus the mean similarity of positives [n].
func attraction(s *train.Step, positives *ad.Value) *ad.Value {
	return s.Tape.Scale(s.Tape.Mean(positives), -1)
}

// attracted is Algorithm.Constant of attraction. Inner products of projections as they are have no least value.
func attracted(c train.Config) (loss float64, minimum bool) {
	switch {
	case !c.Bool("normalise"):
		return math.NaN(), false
	case c.Bool("learn-temperature"):
		return -math.Exp(float64(maxLogScale)), true // where the temperature goes, then
	}
	return -1 / float64(c.Float("temperature")), true
}

// NTXent returns the loss, one number in nats, of projections z1, z2 [n, d]:
//
//	1/2n Σᵢ ( log Σ_{k≠i} exp sᵢₖ − s_{i,p(i)} ),  s = z zᵀ/τ
//
// z [2n, d] stacks both views, rows scaled to length 1; p(i) is the row of i's other view. Only k = i leaves the sum. A
// collapsed encoder scores log(2n−1). NTXent panics if the shapes of z1 and z2 differ.
func NTXent(t *ad.Tape, z1, z2 *ad.Value, tau float32) *ad.Value {
	z := t.NormalizeRows(t.ConcatRows(z1, z2))          // [2n, d]
	return twoViews(t, t.Scale(t.MatMulT(z, z), 1/tau)) // [2n, 2n]
}

// twoViews returns the mean cross-entropy of finding each row's other view, given similarities s [2n, 2n] of two stacked
// views.
func twoViews(t *ad.Tape, s *ad.Value) *ad.Value {
	return t.CrossEntropy(t.MaskDiagonal(s), otherView(t, s.Rows()/2))
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

// plus returns sum + x, or x where there is no sum yet.
func plus(t *ad.Tape, sum, x *ad.Value) *ad.Value {
	if sum == nil {
		return x
	}
	return t.Add(sum, x)
}

// sumOfViews returns the sum of the first so many views of z [V, n, d]: [n, d].
func sumOfViews(t *ad.Tape, z *ad.Value, views int) *ad.Value {
	var sum *ad.Value
	for v := range views {
		sum = plus(t, sum, t.At(z, v))
	}
	return sum
}

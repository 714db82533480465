package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "info_nce",
		Title: "InfoNCE",
		Paper: "https://arxiv.org/abs/1807.03748",
		Help:  "finds an image's other view among the other views of the batch, both ways",
		Equation: `L = [symmetric: {1}/{2}(ℓ(s) + ℓ(s^T)); ℓ(s)]
ℓ(s) = −{1}/{n} Σ_i [negatives: log {exp s_{ii}}/{Σ_k exp s_{ik}}; s_{ii}]
s_{ik} = z_i·z′_k/τ[normalise: ,  |z| = 1][learn-temperature: ,  τ "learned"]`,
		Flow: flow.Chart{Loss: "find the other view", Without: map[string]string{"negatives": "pull the views together"}, Exchanged: "symmetric", Inputs: []flow.Part{flow.Temperature}, Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head, flow.Normalise), flow.From("view 2", flow.Encoder, flow.Head, flow.Normalise),
			flow.From("other images", flow.Encoder, flow.Head, flow.Normalise).If("negatives"),
		}},
		MinBatch: 2,
		Defaults: train.Values{"temperature": 0.5, "learn-temperature": false, "negatives": true, "normalise": true, "symmetric": true},
		Constant: func(c train.Config) (float64, bool) {
			if !c.Bool("negatives") {
				return attracted(c)
			}
			return math.Log(float64(c.Int("batch"))), false
		},
		New: func(train.Config) (train.Objective, error) { return &InfoNCELoss{}, nil },
	})
}

// InfoNCELoss trains with InfoNCE (van den Oord et al. 2018): as SimCLR, but negatives come from the other view alone.
type InfoNCELoss struct{ temperature }

// Loss returns InfoNCE of the step's two projections.
func (a *InfoNCELoss) Loss(s *train.Step) *ad.Value {
	z := s.AllProjections()
	if s.Bool("normalise") {
		z = s.Tape.NormalizeRows(z)
	}
	z1, z2 := s.View(z, 0), s.View(z, 1)
	if !s.Bool("negatives") {
		return attraction(s, a.divide(s, s.Tape.RowDot(z1, z2)))
	}
	logits := a.divide(s, s.Tape.MatMulT(z1, z2))
	if !s.Bool("symmetric") {
		return s.Tape.CrossEntropy(logits, rowNumbers(s.Tape, s.Size()))
	}
	return bothWays(s.Tape, logits)
}

// InfoNCE returns the mean of both directions' cross-entropy, in nats, of z1, z2 [n, d]:
//
//	(CE(s) + CE(sᵀ))/2,  s = z1 z2ᵀ/τ
//
// rows scaled to length 1, targets on the diagonal (van den Oord et al. 2018, equation 4). A collapsed encoder scores
// log n.
func InfoNCE(t *ad.Tape, z1, z2 *ad.Value, tau float32) *ad.Value {
	s := t.Scale(t.MatMulT(t.NormalizeRows(z1), t.NormalizeRows(z2)), 1/tau) // [n, n]
	return bothWays(t, s)
}

// bothWays returns the mean cross-entropy of logits [n, n] along rows and along columns, targets on the diagonal.
func bothWays(t *ad.Tape, s *ad.Value) *ad.Value {
	targets := rowNumbers(t, s.Rows())
	return t.Scale(t.Add(t.CrossEntropy(s, targets), t.CrossEntropy(t.Transpose(s), targets)), 0.5)
}

package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/kernel"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "nnclr",
		Title: "NNCLR",
		Paper: "https://arxiv.org/abs/2104.14548",
		Help:  "attracts an image not to its own other view but to that view's nearest neighbour among past images",
		Equation: `L = {1}/{2}(ℓ(u, p′) + ℓ(u′, p))
ℓ(u, p) = −mean_i log {exp s_{ii}}/{Σ_k exp s_{ik}}
s_{ik} = u_i·p_k/τ,  |u| = |p| = 1
u_i = [nearest-neighbour: "nearest to" z_i "in the support set"; "sg" z_i]
p = [predictor: "predictor"(z); z]`,
		Flow: flow.Chart{Loss: "find the prediction among the batch's", Exchanged: flow.Always, Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head, flow.Store("nearest in support set").If("nearest-neighbour"), flow.StopGradient),
			flow.From("view 2", flow.Encoder, flow.Head, flow.Predictor), flow.From("other images", flow.Encoder, flow.Head, flow.Predictor),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"temperature": 0.1, "queue-size": 4096, "nearest-neighbour": true,
			"predictor": true, "predictor-hidden": 256, "predictor-norm": true,
		},
		Constant: func(c train.Config) (float64, bool) { return math.Log(float64(c.Int("batch"))), false },
		New:      func(train.Config) (train.Objective, error) { return &NNCLR{}, nil },
	})
}

// NNCLR (Dwibedi et al. 2021) takes the positive from a support set, the projections of past batches: its variety goes
// beyond what augmentation can make of one image.
//
//	view 1 → encoder → head → z1 → nearest row of the support set, constant ─┐
//	view 2 → encoder → head → z2 → predictor → p2 ──────────────────────────┴─ InfoNCE over p, and the same exchanged
//
// Memory: queue-size rows.
type NNCLR struct {
	predictor
	support *queue
	new     *ad.Value // what enters the support set after this step
}

// Build makes the predictor and the support set.
func (a *NNCLR) Build(b *train.Build) error {
	a.predictor.build(b)
	a.support = buildQueue(b, "support", noMoreThanImages(b, "queue-size"))
	return nil
}

// Loss returns NNCLRLoss with the neighbours of the step's projections.
func (a *NNCLR) Loss(s *train.Step) *ad.Value {
	t := s.Tape
	z := s.AllProjections()
	p := a.predict(s, z)
	own := t.NormalizeRows(t.StopGradient(z)) // [2n, d]
	a.new = s.View(own, 0)
	if s.Bool("nearest-neighbour") {
		support := a.support.value(t)
		own = t.GatherRows(support, Nearest(t, own, support))
	}
	return NNCLRLoss(t, s.View(own, 0), s.View(own, 1), s.View(p, 0), s.View(p, 1), s.Float("temperature"))
}

// AfterStep puts the first view's projections into the support set.
func (a *NNCLR) AfterStep(s *train.Step) {
	s.At(train.StageAfterStep)
	a.support.push(a.new.Data)
}

// NNCLRLoss returns (CE(nn1 p2ᵀ/τ) + CE(nn2 p1ᵀ/τ))/2, in nats, with targets on the diagonal (Dwibedi et al. 2021,
// equations 2 and 4): nn1, nn2 [n, d] are the neighbours of each view's projections, constants, and p1, p2 the
// predictions. All rows are scaled to length 1. A collapsed encoder scores log n.
func NNCLRLoss(t *ad.Tape, nn1, nn2, p1, p2 *ad.Value, tau float32) *ad.Value {
	nn1, nn2, p1, p2 = t.NormalizeRows(nn1), t.NormalizeRows(nn2), t.NormalizeRows(p1), t.NormalizeRows(p2)
	at := rowNumbers(t, nn1.Rows())
	there := t.CrossEntropy(t.Scale(t.MatMulT(nn1, p2), 1/tau), at)
	back := t.CrossEntropy(t.Scale(t.MatMulT(nn2, p1), 1/tau), at)
	return t.Scale(t.Add(there, back), 0.5)
}

// Nearest returns for each row of z [n, d] which row of support [size, d] has the largest dot product with it, of equals
// the first. With rows of length 1 that is the nearest.
func Nearest(t *ad.Tape, z, support *ad.Value) []int32 {
	n, d, size := z.Rows(), z.Cols(), support.Rows()
	s := t.Floats(n * size)
	kernel.Gemm(false, true, n, size, d, 1, z.Data, d, support.Data, d, 0, s, size)
	nearest := t.Ints(n)
	for i := range nearest {
		best := 0
		row := s[i*size : (i+1)*size]
		for j, v := range row {
			if v > row[best] {
				best = j
			}
		}
		nearest[i] = int32(best)
	}
	return nearest
}

package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "moco_v3",
		Title: "MoCo v3",
		Paper: "https://arxiv.org/abs/2104.02057",
		Help:  "finds the momentum encoder's key of the other view among those of the batch, with a predictor on the queries",
		Equation: `L = [symmetric: ℓ(q, k′) + ℓ(q′, k); ℓ(q, k′)]
ℓ(q, k) = −2τ mean_i log {exp s_{ii}}/{Σ_j exp s_{ij}}
s_{ij} = q_i·k_j/τ,  |q| = |k| = 1
q = [predictor: "predictor"(z); z]
k "from" ξ,  [momentum-encoder: ξ ← m ξ + (1 − m) θ; ξ = θ]`,
		Flow: flow.Chart{Loss: "find the key among the batch's", Exchanged: "symmetric", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head, flow.Predictor), flow.From("view 2", flow.SlowEncoder, flow.SlowHead),
			flow.From("other images", flow.SlowEncoder, flow.SlowHead),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"temperature": 0.2, "predictor": true, "predictor-hidden": 256, "predictor-norm": true, "symmetric": true,
			"momentum-encoder": true, "target-momentum": 0.9, "target-momentum-end": 1.0, // the paper's 0.99 is for runs of 100 epochs and more
		},
		Constant: func(c train.Config) (float64, bool) {
			loss := 2 * float64(c.Float("temperature")) * math.Log(float64(c.Int("batch")))
			if c.Bool("symmetric") {
				loss *= 2
			}
			return loss, false
		},
		New: func(train.Config) (train.Objective, error) { return &MoCoV3{}, nil },
	})
}

// MoCoV3 (Chen, Xie and He 2021, algorithm 1) drops the queue: the keys of the batch are the negatives.
//
//	view 1 → encoder → head → predictor → q1 ─┐
//	view 2 → momentum encoder → k2, constant ─┴─ cross-entropy of q1 k2ᵀ/τ, and the same with the views exchanged
type MoCoV3 struct {
	predictor
	key momentumEncoder
}

// Build makes the predictor and the momentum encoder.
func (a *MoCoV3) Build(b *train.Build) error {
	a.predictor.build(b)
	return a.key.build(b)
}

// Loss returns MoCoV3Loss.
func (a *MoCoV3) Loss(s *train.Step) *ad.Value {
	q := a.predict(s, s.AllProjections())
	k := a.key.targets(s, s.AllImages())
	tau := s.Float("temperature")
	if !s.Bool("symmetric") {
		return findKey(s.Tape, s.View(q, 0), s.View(k, 1), tau)
	}
	return MoCoV3Loss(s.Tape, s.View(q, 0), s.View(q, 1), s.View(k, 0), s.View(k, 1), tau)
}

// AfterStep moves the momentum encoder.
func (a *MoCoV3) AfterStep(s *train.Step) { a.key.follow(s) }

// MoCoV3Loss returns the sum of both directions of 2τ·CE(q kᵀ/τ) for queries q and keys k [n, d] of the other view, rows
// scaled to length 1, targets on the diagonal (Chen, Xie and He 2021, equation 1). k1 and k2 must be constants. A
// collapsed encoder scores 4τ·log n.
func MoCoV3Loss(t *ad.Tape, q1, q2, k1, k2 *ad.Value, tau float32) *ad.Value {
	return t.Add(findKey(t, q1, k2, tau), findKey(t, q2, k1, tau))
}

// findKey returns 2τ·CE(q kᵀ/τ).
func findKey(t *ad.Tape, q, k *ad.Value, tau float32) *ad.Value {
	logits := t.Scale(t.MatMulT(t.NormalizeRows(q), t.NormalizeRows(k)), 1/tau)
	return t.Scale(t.CrossEntropy(logits, rowNumbers(t, q.Rows())), 2*tau)
}

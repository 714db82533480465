package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "moco",
		Title: "MoCo v2",
		Paper: "https://arxiv.org/abs/2003.04297",
		Help:  "finds the other view's key among a queue of keys from past batches, all made by a slow moving average of the encoder",
		Equation: `L = [symmetric: {1}/{2}(ℓ(q, k′) + ℓ(q′, k)); ℓ(q, k′)]
ℓ(q, k) = −mean log {exp s_0}/{Σ_{j≥0} exp s_j}
s_0 = q·k/τ,  s_j = q·k_j/τ,  |q| = |k| = 1
k_j "in the queue of past" k
k "from" ξ,  [momentum-encoder: ξ ← m ξ + (1 − m) θ; ξ = θ]`,
		Flow: flow.Chart{Loss: "find the key among the queue's", Exchanged: "symmetric", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.SlowEncoder, flow.SlowHead), flow.Keep("queue of keys", 2),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"temperature": 0.2, "queue-size": 4096, "key-splits": 4, "symmetric": true, // v2 asks one way only, in longer runs
			"momentum-encoder": true, "target-momentum": 0.99, "target-momentum-end": 0.99, // the paper's 0.999 is for runs of 200 epochs
		},
		New: func(train.Config) (train.Objective, error) { return &MoCo{}, nil },
	})
}

// MoCo (He et al. 2020, https://arxiv.org/abs/1911.05722, with the head and views of v2, Chen et al. 2020) keeps the keys of past batches as negatives, so
// that their number does not hang on the batch. A momentum encoder makes them, so that they stay consistent.
//
//	view 1 → encoder → head → q ──────────┐
//	view 2 → momentum encoder → k, constant ─┴─ cross-entropy of [q·k, q·queue]/τ; then k enters the queue
//
// Memory: a second encoder, and queue-size rows.
type MoCo struct {
	key   momentumEncoder
	queue *queue
	new   []float32 // the keys of this step
}

// Build makes the momentum encoder and the queue.
func (a *MoCo) Build(b *train.Build) error {
	a.queue = buildQueue(b, "queue", noMoreThanImages(b, "queue-size"))
	return a.key.build(b)
}

// Loss returns MoCoLoss of view 1's queries and view 2's keys; with symmetric, the mean of it and its counterpart.
func (a *MoCo) Loss(s *train.Step) *ad.Value {
	t, splits, tau := s.Tape, s.Int("key-splits"), s.Float("temperature")
	queue := a.queue.value(t)
	keys := func(view int) *ad.Value {
		a.key.enter(s)
		return t.NormalizeRows(a.key.projectSplit(t, s.Images(view), splits))
	}
	if !s.Bool("symmetric") {
		_, q1 := s.Encode(s.Images(0))
		k2 := keys(1)
		a.new = k2.Data
		return MoCoLoss(t, q1, k2, queue, tau)
	}
	q1, q2 := s.Project(0), s.Project(1)
	k2, k1 := keys(1), keys(0)
	a.new = t.ConcatRows(k1, k2).Data
	there, back := MoCoLoss(t, q1, k2, queue, tau), MoCoLoss(t, q2, k1, queue, tau)
	return t.Scale(t.Add(there, back), 0.5)
}

// AfterStep moves the momentum encoder and puts the keys into the queue.
func (a *MoCo) AfterStep(s *train.Step) {
	a.key.follow(s)
	a.queue.push(a.new)
}

// MoCoLoss returns the mean over rows, in nats, of (He et al. 2020, equation 1)
//
//	−log exp(q·k/τ) / (exp(q·k/τ) + Σ_j exp(q·queue_j/τ))
//
// of queries q and keys k [n, d], rows scaled to length 1, and queue [size, d], whose rows have that length. k and queue
// must be constants. A collapsed encoder whose queue has collapsed, too, scores log(1+size).
func MoCoLoss(t *ad.Tape, q, k, queue *ad.Value, tau float32) *ad.Value {
	q = t.NormalizeRows(q)
	positive := t.Reshape(t.RowDot(q, t.NormalizeRows(k)), q.Rows(), 1)
	logits := t.Scale(t.ConcatCols(positive, t.MatMulT(q, queue)), 1/tau) // [n, 1+size]
	target := t.Ints(q.Rows())
	clear(target)
	return t.CrossEntropy(logits, target)
}

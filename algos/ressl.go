package algos

import (
	"fmt"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/kernel"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "ressl",
		Title: "ReSSL",
		Paper: "https://arxiv.org/abs/2107.09282",
		Help:  "keeps an image's similarities to past images the same in both views, sharper for the momentum encoder's",
		Equation: `L = −mean_i Σ_j P_{ij} log Q_{ij}
P_{ij} = softmax_j(k_i·u_j/τ_t)
Q_{ij} = softmax_j(q_i·u_j/τ),  |q| = |k| = 1
u_j "in the queue of past" k
k "from" ξ,  [momentum-encoder: ξ ← m ξ + (1 − m) θ; ξ = θ]`,
		Flow: flow.Chart{Loss: "same similarities to the queue", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2, weak", flow.SlowEncoder, flow.SlowHead), flow.Keep("queue of keys", 2),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"temperature": 0.1, "teacher-temperature": 0.04, "queue-size": 1024, // older keys are of another encoder
			"momentum-encoder": true, "target-momentum": 0.9, "target-momentum-end": 0.99, // the paper's 0.99 is for runs of 200 epochs
		},
		New: func(train.Config) (train.Objective, error) { return &ReSSL{}, nil },
	})
}

// ReSSL (Zheng et al. 2021) does not ask that other images be far, but that their similarities do not depend on the view.
//
//	view 1 → encoder → head → q, similarities to the queue, softmax at τ ───────────────────────┐
//	view 2 → momentum encoder → k, similarities, sharper softmax, constant; k enters the queue ─┴─ cross-entropy
//
// View 2 is weak, so that what the momentum encoder says of it can be relied on: cropped and mirrored as in the paper, and
// gray as often as view 1. Memory: a second encoder, and queue-size rows.
type ReSSL struct {
	key   momentumEncoder
	queue *queue
	new   *ad.Value
}

// Build makes the momentum encoder and the queue.
func (a *ReSSL) Build(b *train.Build) error {
	b.Weak = 1
	if b.Int("queue-size") < 2 {
		return fmt.Errorf("ReSSL compares how near an image is to each row of its queue: set queue-size to 2 or more")
	}
	a.queue = buildQueue(b, "queue", noMoreThanImages(b, "queue-size"))
	return a.key.build(b)
}

// Loss returns ReSSLLoss of view 1's queries and view 2's keys.
func (a *ReSSL) Loss(s *train.Step) *ad.Value {
	t := s.Tape
	_, q := s.Encode(s.Images(0))
	a.new = t.NormalizeRows(a.key.targets(s, s.Images(1)))
	return ReSSLLoss(t, q, a.new, a.queue.value(t), s.Float("temperature"), s.Float("teacher-temperature"))
}

// AfterStep moves the momentum encoder and puts the keys into the queue.
func (a *ReSSL) AfterStep(s *train.Step) {
	a.key.follow(s)
	a.queue.push(a.new.Data)
}

// ReSSLLoss returns the mean over rows, in nats, of the cross-entropy of softmax(q·queue/student) against
// softmax(k·queue/teacher), for queries q and keys k [n, d], rows scaled to length 1, and queue [size, d], whose rows have
// that length (Zheng et al. 2021, equations 3 to 5). k and queue must be constants.
func ReSSLLoss(t *ad.Tape, q, k, queue *ad.Value, student, teacher float32) *ad.Value {
	target := t.Scale(t.MatMulT(t.NormalizeRows(k), queue), 1/teacher) // [n, size]
	kernel.SoftmaxRows(target.Data, target.Data, target.Cols())
	return t.SoftCrossEntropy(t.Scale(t.MatMulT(t.NormalizeRows(q), queue), 1/student), target.Data)
}

package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/kernel"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "swav",
		Title: "SwAV",
		Paper: "https://arxiv.org/abs/2006.09882",
		Help:  "predicts one view's cluster code from the other view; codes are spread evenly over learned prototypes",
		Equation: `L = −mean_{v≠u} Σ_k q_{uk} log p_{vk}
p_v = softmax(C z_v/τ),  |z_v| = |C_k| = 1
q_u = [sinkhorn: "Sinkhorn"; softmax](C z_u/ε)[sinkhorn: [code-queue: ,  "with past" z]]`,
		Flow: flow.Chart{Loss: "cross-entropy", Exchanged: flow.Always, Branches: []flow.Branch{
			flow.From("small views", flow.Encoder, flow.Head, flow.Prototypes).If("local-views"), flow.From("view 1", flow.Encoder, flow.Head, flow.Prototypes),
			flow.From("view 2", flow.Encoder, flow.Head, flow.Prototypes, flow.Store("+ queue of z").If("code-queue").If("sinkhorn"),
				flow.Do("Sinkhorn").If("sinkhorn", flow.Do("softmax")), flow.StopGradient),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"temperature": 0.1, "prototypes": 128, "sinkhorn": true, "epsilon": 0.03, "sinkhorn-iterations": 3, "code-queue": 0, // the paper's 3000 prototypes are for 1000 classes
			"local-views": 2, "local-size": 0, "local-crop-min": 0.1, "local-crop-max": 0.4,
		},
		New: func(train.Config) (train.Objective, error) { return &SwAV{}, nil },
	})
}

// SwAV (Caron et al. 2020) compares views by way of the prototypes they belong to.
//
//	view → encoder → head → z → scores of the prototypes ─ Sinkhorn → code, constant ─┐
//	other view, or a local one → … → scores → softmax at τ ──────────────────────────┴─ cross-entropy
//
// Sinkhorn makes the prototypes equally popular in the batch, so not all images can share one.
type SwAV struct {
	prototypes prototypes
	queues     [2]*queue // of each view's projections; nil without
	z          *ad.Value // of the two views, rows of length 1
}

// Build makes the prototypes and asks for local views.
func (a *SwAV) Build(b *train.Build) error {
	a.prototypes.build(b)
	if size := noMoreThanImages(b, "code-queue"); size > 0 {
		for v, name := range []string{"queue1", "queue2"} {
			a.queues[v] = buildQueue(b, name, size)
		}
	}
	return b.AskForLocal()
}

// Loss returns SwAVLoss of the two views' codes and all views' scores.
func (a *SwAV) Loss(s *train.Step) *ad.Value {
	t, n := s.Tape, s.Size()
	a.z = t.NormalizeRows(s.AllProjections())
	scores := a.prototypes.scores(t, a.z) // [2n, K]
	if s.Local() > 0 {
		_, local := s.Encode(s.LocalImages())
		scores = t.ConcatRows(scores, a.prototypes.scores(t, local))
	}
	k := scores.Cols()
	scores = t.Reshape(scores, 2+s.Local(), n, k)
	codes := t.Floats(2 * n * k)
	for v := range 2 {
		copy(codes[v*n*k:], a.code(s, v, t.At(scores, v)))
	}
	return SwAVLoss(t, scores, t.Input(codes, 2, n, k), s.Float("temperature"))
}

// code returns the codes [n, K] of view v with the scores [n, K].
func (a *SwAV) code(s *train.Step, v int, scores *ad.Value) []float32 {
	t, epsilon := s.Tape, s.Float("epsilon")
	if !s.Bool("sinkhorn") {
		return t.Softmax(t.Scale(t.StopGradient(scores), 1/epsilon)).Data
	}
	all := scores
	if q := a.queues[v]; q != nil && s.Index*s.Size() >= len(q.rows)/q.d { // once it is full
		all = t.ConcatRows(scores, a.prototypes.scores(t, q.value(t)))
	}
	return Sinkhorn(t, all, epsilon, s.Int("sinkhorn-iterations")).Data[:scores.Len()]
}

// AfterStep puts the projections into the queues.
func (a *SwAV) AfterStep(s *train.Step) {
	for v, q := range a.queues {
		if q != nil {
			s.At(train.StageAfterStep)
			q.push(s.View(a.z, v).Data)
		}
	}
}

// SwAVLoss returns the mean, over the views i that have codes [G, n, K] and the other views v ≠ i of scores [V, n, K], V ≥
// G, of the cross-entropy −mean Σ code_i·log softmax(scores_v/τ), in nats (Caron et al. 2020, equations 2 and 6).
func SwAVLoss(t *ad.Tape, scores, codes *ad.Value, tau float32) *ad.Value {
	scores = t.Scale(scores, 1/tau)
	coded, views := codes.Dim(0), scores.Dim(0)
	var total *ad.Value
	for i := range coded {
		for v := range views {
			if v == i {
				continue
			}
			l := t.SoftCrossEntropy(t.At(scores, v), t.At(codes, i).Data)
			total = plus(t, total, l)
		}
	}
	return t.Scale(total, 1/float32(coded*(views-1)))
}

// Sinkhorn returns the codes of scores [n, K], constants: exp(scores/epsilon) normalised, in turn, over the rows for each
// prototype and over the prototypes for each row, so many times (Cuturi 2013; Caron et al. 2020, equations 3 to 5). Each
// row then sums to 1 and the columns nearly have equal sums.
func Sinkhorn(t *ad.Tape, scores *ad.Value, epsilon float32, iterations int) *ad.Value {
	k := scores.Cols()
	top := scores.Data[0]
	for _, v := range scores.Data {
		top = max(top, v)
	}
	codes, sums := t.Floats(scores.Len()), t.Floats(k)
	for i, v := range scores.Data {
		codes[i] = (v - top) / epsilon
	}
	kernel.Exp(codes, codes)
	for range iterations {
		clear(sums)
		kernel.SumRows(sums, codes)
		for j, sum := range sums {
			sums[j] = 1 / max(sum, tiny)
		}
		for i := 0; i < len(codes); i += k {
			row := codes[i : i+k]
			kernel.Mul(row, row, sums)
			kernel.Scale(1/max(kernel.Sum(row), tiny), row)
		}
	}
	return t.Input(codes, scores.Rows(), k)
}

// tiny keeps what no row or prototype comes near from being divided by 0.
const tiny = 1e-30

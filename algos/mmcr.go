package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "mmcr",
		Title: "MMCR",
		Paper: "https://arxiv.org/abs/2303.03307",
		Help:  "makes the mean projections of different images span as many directions as they can",
		Equation: `L = {1}/{n}( −‖C‖_*[nuclear-weight:  + λ mean_i ‖Z_i‖_*] )
C_i = mean_v Z_{iv} "over both encoders"
[normalise: |Z_{iv}| = 1,  ][momentum-encoder: ξ ← m ξ + (1 − m) θ; ξ = θ]`,
		Flow: flow.Chart{Loss: "−nuclear norm of the images' means", Branches: []flow.Branch{
			flow.From("all views", flow.Encoder, flow.Head, flow.Normalise), flow.From("the same views", flow.SlowEncoder, flow.SlowHead, flow.Normalise),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"nuclear-weight": 0.0, "views": 2, "normalise": true, "head-dim": 64,
			"momentum-encoder": true, "target-momentum": 0.99, "target-momentum-end": 1.0,
		},
		New: func(train.Config) (train.Objective, error) { return &MMCR{}, nil },
	})
}

// MMCR (Yerxa et al. 2023) maximises the capacity of manifolds: the nuclear norm of the images' centroids. Where the views
// of an image differ, its centroid is short, so that agreement comes by itself.
//
//	views → encoder → head → z ─────────────────┐
//	views → momentum encoder → z', constant ────┴─ mean over an image's views → −nuclear norm
type MMCR struct{ target momentumEncoder }

// Build makes the momentum encoder and asks for the views.
func (a *MMCR) Build(b *train.Build) error {
	b.Views = b.Int("views")
	return a.target.build(b)
}

// Loss returns MMCRLoss of all views, in units of the number of images.
func (a *MMCR) Loss(s *train.Step) *ad.Value {
	t := s.Tape
	online, momentum := s.AllProjections(), a.target.targets(s, s.AllImages())
	if s.Bool("normalise") {
		online, momentum = t.NormalizeRows(online), t.NormalizeRows(momentum)
	}
	v, n, d := s.Views(), s.Size(), online.Cols()
	loss := MMCRLoss(t, t.Reshape(online, v, n, d), t.Reshape(momentum, v, n, d), s.Float("nuclear-weight"))
	return t.Scale(loss, 1/float32(n))
}

// AfterStep moves the momentum encoder.
func (a *MMCR) AfterStep(s *train.Step) { a.target.follow(s) }

// MMCRLoss returns, for online and momentum [V, n, d] as they are (Yerxa et al. 2023, equation 4),
//
//	−‖C‖ + lambda·mean_i ‖Z_i‖
//
// nuclear norms of C [n, d], the mean of an image's 2V rows, and of Z_i [2V, d], these rows themselves. momentum must be a
// constant.
func MMCRLoss(t *ad.Tape, online, momentum *ad.Value, lambda float32) *ad.Value {
	views, n, d := online.Dim(0), online.Dim(1), online.Dim(2)
	all := t.ConcatRows(online, momentum) // [2V, n, d]
	centroids := t.Scale(sumOfViews(t, all, 2*views), 1/float32(2*views))
	loss := t.Scale(t.NuclearNorm(centroids), -1)
	if lambda == 0 {
		return loss
	}
	index := t.Ints(2 * views * n) // image by image
	for i := range index {
		index[i] = int32(i%(2*views)*n + i/(2*views))
	}
	own := t.Reshape(t.GatherRows(t.Reshape(all, 2*views*n, d), index), n, 2*views, d)
	return t.Add(loss, t.Scale(t.Mean(t.NuclearNorm(own)), lambda))
}

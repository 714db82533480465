package algos

import (
	"fmt"
	"maps"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

func init() {
	defaults := train.Values{"temperature": 0.5, "views": 3, "separate-encoders": false, "captions": false}
	maps.Copy(defaults, textDefaults)
	register(Algorithm{
		Name:  "multi_view",
		Title: "Multi-view contrast (CMC)",
		Paper: "https://arxiv.org/abs/1906.05849",
		Help:  "InfoNCE between every two of several views of an image, or of images and captions",
		Equation: "L = mean_{u<v} {1}/{2}(ℓ(s^{u v}) + ℓ(s^{v u}))\n" +
			"s^{u v}_{ik} = z_{ui}·z_{vk}/τ,  |z| = 1\n" +
			"ℓ(s) = −mean_i log {exp s_{ii}}/{Σ_k exp s_{ik}}",
		Flow: flow.Chart{Loss: "find each view by each other one", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head),
			flow.From("other views", flow.Part{Kind: flow.Learned, Name: "its own encoder", Stage: train.StageEncoder}.If("separate-encoders", flow.Encoder), flow.Part{Kind: flow.Learned, Name: "its own head", Stage: train.StageHead}.If("separate-encoders", flow.Head).If("head-layers")),
			flow.From("caption", flow.TextEncoder, flow.TextHead).If("captions"),
		}},
		MinBatch: 2,
		Defaults: defaults,
		New:      func(train.Config) (train.Objective, error) { return &MultiView{}, nil },
	})
}

// MultiView (Tian, Krishnan and Isola 2020, equation 6, the full graph) compares any number of views of each image, two
// at a time: random ones, through one encoder or one each, and the caption, which is read by a text encoder. All branches
// receive gradient; there is no state.
type MultiView struct {
	others []branch // of the views but the first; none where all share one encoder
	text   *text    // nil without captions
}

// branch is an encoder with its head.
type branch struct {
	encoder nn.Encoder
	head    nn.Sequence
}

// Build makes the encoders and asks for the views.
func (a *MultiView) Build(b *train.Build) error {
	b.Views = b.Int("views")
	for v := 1; v < b.Views && b.Bool("separate-encoders"); v++ {
		encoder, head, err := b.Sibling()
		if err != nil {
			return err
		}
		a.others = append(a.others, branch{encoder, head})
		b.Learn(fmt.Sprintf("view%d.encoder", v+1), encoder)
		b.Learn(fmt.Sprintf("view%d.head", v+1), head)
	}
	if b.Bool("captions") {
		if b.Images.Captions == nil {
			return fmt.Errorf("these images have no captions: choose other data, such as shapes, or set captions to false")
		}
		a.text = &text{}
		return a.text.build(b)
	}
	return nil
}

// Loss returns MultiViewLoss of all views' projections.
func (a *MultiView) Loss(s *train.Step) *ad.Value {
	t := s.Tape
	var z *ad.Value
	if a.others == nil {
		z = s.AllProjections()
	} else {
		_, z = s.Encode(s.Images(0))
		for v, o := range a.others {
			s.At(train.StageEncoder)
			h := o.encoder.Forward(t, s.Images(v+1))
			if len(o.head) > 0 {
				s.At(train.StageHead)
			}
			z = t.ConcatRows(z, o.head.Forward(t, h))
		}
	}
	views := s.Views()
	if a.text != nil {
		z = t.ConcatRows(z, a.text.project(s))
		views++
	}
	return MultiViewLoss(t, t.Reshape(z, views, s.Size(), z.Cols()), s.Float("temperature"))
}

// EmbedCaptions returns projections [n, Width] of captions, nil where the run has no use for them.
func (a *MultiView) EmbedCaptions(captions []string) []float32 {
	if a.text == nil {
		return nil
	}
	return a.text.EmbedCaptions(captions)
}

// Words returns the words that captions may have, nil where the run has no use for them.
func (a *MultiView) Words() []string {
	if a.text == nil {
		return nil
	}
	return a.text.Words()
}

// Read returns the words of a caption as the text encoder gets them, "" where the run has no use for captions.
func (a *MultiView) Read(caption string) string {
	if a.text == nil {
		return ""
	}
	return a.text.Read(caption)
}

// MultiViewLoss returns the mean of InfoNCE over all unordered pairs of the views z [V, n, d], V ≥ 2. The negatives of an
// anchor are the other images in the other view of the pair: neither the positive nor a third view is among them. A
// collapsed encoder scores log n.
func MultiViewLoss(t *ad.Tape, z *ad.Value, tau float32) *ad.Value {
	z = t.NormalizeRows(z)
	views := z.Dim(0)
	var total *ad.Value
	for a := range views {
		for b := a + 1; b < views; b++ {
			pair := bothWays(t, t.Scale(t.MatMulT(t.At(z, a), t.At(z, b)), 1/tau))
			total = plus(t, total, pair)
		}
	}
	return t.Scale(total, 2/float32(views*(views-1)))
}

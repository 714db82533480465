package transfer

import (
	"context"
	"fmt"
	"slices"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/optim"
	"pushpull/core/probe"
	"pushpull/core/random"
	"pushpull/core/train"
)

// Epoch is what was measured after a pass over the labelled images; number 0 is the state before the first.
type Epoch struct {
	Epoch      int     `json:"epoch"`
	Loss       float64 `json:"loss"`       // mean of the epoch's steps, 0 before the first
	Validation float64 `json:"validation"` // accuracy, a share from 0 to 1
}

// Outcome is the result of a fine-tuning. Accuracies are shares from 0 to 1.
type Outcome struct {
	Test       float64 `json:"test_top1"`       // at the best epoch
	Validation float64 `json:"validation_top1"` // there, too
	Best       int     `json:"best_epoch"`
	Steps      int     `json:"steps"`
	Learned    int     `json:"labelled_train"` // images learned from
	Held       int     `json:"labelled_validation"`
	Tested     int     `json:"test"`
	Curve      []Epoch `json:"curve"`
}

// FineTune trains a classifier on top of n's encoder, and the encoder with it, on a share of the labels of d's training
// set. It keeps the epoch that does best on the labelled images held out, n ends with its weights, and scores it on the
// test set once. After each epoch it calls report. An end of ctx is an error.
func (s Settings) FineTune(ctx context.Context, n *train.Network, d *data.Dataset, report func(Epoch)) (*Outcome, error) {
	if d.Train.Labels == nil || d.Test.Labels == nil {
		return nil, fmt.Errorf("the images have no labels: fine-tuning needs some")
	}
	if err := n.Fits(d.Train); err != nil {
		return nil, err
	}
	learn, held, err := split(d.Train, s.Labels, s.Validation, uint64(s.Seed))
	if err != nil {
		return nil, err
	}
	t := newTuner(s, n, d.Train, learn)
	out := &Outcome{Validation: -1, Learned: len(learn), Held: len(held), Tested: d.Test.Len()}
	var best [][]float32
	for epoch := 0; epoch <= s.Epochs; epoch++ {
		e := Epoch{Epoch: epoch}
		if epoch > 0 {
			if e.Loss, err = t.epoch(ctx, epoch-1); err != nil {
				return nil, err
			}
		}
		e.Validation = t.accuracy(d.Train, held)
		out.Curve = append(out.Curve, e)
		if e.Validation > out.Validation {
			out.Best, out.Validation = epoch, e.Validation
			best = copyOf(t)
		}
		report(e)
	}
	for i, x := range state(t) {
		copy(x, best[i])
	}
	out.Steps = t.steps
	out.Test = t.accuracy(d.Test, train.Sample(0, d.Test.Len(), 0))
	return out, nil
}

// tuner takes the steps of a fine-tuning.
type tuner struct {
	Settings
	net                 *train.Network
	classifier          *nn.Linear
	set                 *data.Set
	images, order       []int32 // to learn from; and the same in the epoch's order
	labels              []int32 // of a batch
	loader              *train.Loader
	tape                ad.Tape
	dropout             random.Stream
	params              []optim.Param
	head, backbone      optim.Optimiser
	headRate, backbRate optim.Cosine
	perEpoch, steps     int
}

// newTuner prepares fine-tuning of n on images of set.
func newTuner(s Settings, n *train.Network, set *data.Set, images []int32) *tuner {
	r := random.New(uint64(s.Seed), streamClassifier)
	t := &tuner{Settings: s, net: n, set: set, images: images, order: make([]int32, len(images)),
		classifier: nn.NewLinear(n.Dim(), len(set.Classes), true, &r)}
	t.perEpoch = (len(images) + s.Batch - 1) / s.Batch
	t.tape.Training, t.tape.Random = true, &t.dropout

	views := n.Config.Clone()
	views.Values["crop-min"], views.Values["seed"] = float64(s.CropMin), s.Seed
	t.loader = train.NewLoader(views, set, n.Input, train.Plan{Images: min(s.Batch, len(images)), Views: 1, Weak: 1})

	head, backbone := optim.Params(t.classifier, "classifier."), optim.Params(n.Encoder, "encoder.")
	t.params = append(head, backbone...)
	t.head, t.backbone = optim.NewAdam(head, s.WeightDecay, true), optim.NewAdam(backbone, s.WeightDecay, true)
	t.headRate = optim.Cosine{Base: s.HeadLR, Steps: s.Epochs * t.perEpoch}
	t.backbRate = optim.Cosine{Base: s.BackboneLR, Steps: s.Epochs * t.perEpoch}
	return t
}

// epoch takes the steps of an epoch and returns their mean loss. Its batches differ by at most one image in size.
func (t *tuner) epoch(ctx context.Context, epoch int) (float64, error) {
	r := random.New(uint64(t.Seed), streamOrder, uint64(epoch))
	r.Permute(t.order)
	for i, at := range t.order {
		t.order[i] = t.images[at]
	}
	var sum float64
	for i := range t.perEpoch {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n := len(t.order)
		loss, err := t.step(epoch, t.order[i*n/t.perEpoch:(i+1)*n/t.perEpoch])
		if err != nil {
			return 0, err
		}
		sum += float64(loss)
	}
	return sum / float64(t.perEpoch), nil
}

// step takes one step on a batch of images.
func (t *tuner) step(epoch int, images []int32) (float32, error) {
	t.labels = t.labels[:0]
	for _, image := range images {
		t.labels = append(t.labels, t.set.Labels[image])
	}
	t.tape.Reset()
	t.dropout = random.New(uint64(t.Seed), streamDropout, uint64(t.steps))
	x := t.tape.Input(t.loader.Load(epoch, images), len(images), t.set.H, t.set.W, t.set.C)
	loss := t.tape.CrossEntropy(t.classifier.Forward(&t.tape, t.net.Encoder.Forward(&t.tape, x)), t.labels)
	optim.ZeroGrad(t.params)
	t.tape.Backward(loss)
	if norm := optim.ClipGradNorm(t.params, 0); norm-norm != 0 || loss.Scalar()-loss.Scalar() != 0 {
		return 0, fmt.Errorf("the loss stopped being a finite number at step %d of fine-tuning: lower head-lr and backbone-lr", t.steps+1)
	}
	t.head.Step(t.headRate.At(t.steps))
	t.backbone.Step(t.backbRate.At(t.steps))
	t.steps++
	return loss.Scalar(), nil
}

// accuracy returns the share of images of set that are classified right, in evaluation mode.
func (t *tuner) accuracy(set *data.Set, images []int32) float64 {
	h, _ := t.net.Embed(set, images)
	m := probe.Linear{Weight: t.classifier.Weight.Data, Bias: t.classifier.Bias.Data}
	right := 0
	for i, c := range m.Predict(h) {
		if c == set.Labels[images[i]] {
			right++
		}
	}
	return float64(right) / float64(len(images))
}

// Visit visits what learns: classifier and encoder.
func (t *tuner) Visit(v nn.Visitor) {
	t.classifier.Visit(v.In("classifier"))
	t.net.Encoder.Visit(v.In("encoder"))
}

// state returns the numbers of p, parameters and buffers.
func state(p nn.Part) [][]float32 {
	var all [][]float32
	p.Visit(nn.Visitor{
		Param:  func(_ string, p *ad.Value, _ bool) { all = append(all, p.Data) },
		Buffer: func(_ string, data []float32, _ ...int) { all = append(all, data) },
	})
	return all
}

// copyOf returns a copy of the state.
func copyOf(p nn.Part) [][]float32 {
	all := state(p)
	for i, x := range all {
		all[i] = slices.Clone(x)
	}
	return all
}

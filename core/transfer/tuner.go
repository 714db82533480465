package transfer

import (
	"context"
	"fmt"
	"math"
	"slices"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/optim"
	"pushpull/core/probe"
	"pushpull/core/random"
	"pushpull/core/train"
)

// tuner takes the steps of a fine-tuning.
type tuner struct {
	Settings
	net             *train.Network
	classifier      *nn.Linear
	set             *data.Set
	images, order   []int32 // to learn from; and the same in the epoch's order
	labels          []int32 // of a batch
	loader          *train.Loader
	mixed           mixed
	tape            ad.Tape
	dropout         random.Stream
	params          []optim.Param
	optimisers      [2]optim.Optimiser // of the classifier and of the encoder
	rates           [2]optim.Cosine
	perEpoch, steps int
}

// newTuner prepares training of n with a random classifier on images of set, at the rates of classifier and encoder.
func newTuner(s Settings, n *train.Network, set *data.Set, images []int32, rates [2]float32) *tuner {
	r := random.New(uint64(s.Seed), streamClassifier)
	t := &tuner{Settings: s, net: n, set: set, images: images, order: make([]int32, len(images)),
		classifier: nn.NewLinear(n.Dim(), len(set.Classes), true, &r)}
	t.perEpoch = (len(images) + s.Batch - 1) / s.Batch
	t.tape.Training, t.tape.Random = true, &t.dropout

	views := n.Config.Clone()
	views.Values["crop-min"], views.Values["seed"] = float64(s.CropMin), s.Seed
	views.Values["gray-prob"] = 0.0 // classes may differ in colour
	t.loader = train.NewLoader(views, set, n.Input, train.Plan{Images: min(s.Batch, len(images)), Views: 1, Weak: 1})

	for i, part := range []nn.Part{t.classifier, n.Encoder} {
		params := optim.Params(part, "")
		t.params = append(t.params, params...)
		t.optimisers[i] = optim.NewAdam(params, s.WeightDecay, true)
		t.rates[i] = optim.Cosine{Base: rates[i], Steps: s.Epochs * t.perEpoch}
	}
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
	views := t.loader.Load(epoch, images)
	if err := t.set.Err(); err != nil {
		return 0, err
	}
	mixing := len(images) > 1 && (t.Mixup > 0 || t.CutMix > 0)
	if mixing {
		r := random.New(uint64(t.Seed), streamMix, uint64(t.steps))
		views = t.mixed.mix(t.Settings, views, t.labels, t.set, &r)
	}
	x := t.tape.Input(views, len(images), t.set.H, t.set.W, t.set.C)
	y := t.classifier.Forward(&t.tape, t.net.Encoder.Forward(&t.tape, x))
	var loss *ad.Value
	if mixing {
		loss = t.tape.SoftCrossEntropy(y, t.mixed.targets)
	} else {
		loss = t.tape.CrossEntropy(y, t.labels)
	}
	optim.ZeroGrad(t.params)
	t.tape.Backward(loss)
	if norm := optim.ClipGradNorm(t.params, 0); norm-norm != 0 || loss.Scalar()-loss.Scalar() != 0 {
		return 0, fmt.Errorf("the loss stopped being a finite number at step %d of fine-tuning: lower the learning rates", t.steps+1)
	}
	for i, o := range t.optimisers {
		o.Step(t.rates[i].At(t.steps))
	}
	t.steps++
	return loss.Scalar(), nil
}

// score judges the images of set, in evaluation mode: the share that is classified right, and the mean cross-entropy.
func (t *tuner) score(set *data.Set, images []int32) score {
	h, _ := t.net.Embed(set, images)
	return scoreOf(&probe.Linear{Weight: t.classifier.Weight.Data, Bias: t.classifier.Bias.Data}, h, data.Pick(set.Labels, images))
}

// score tells how well images are classified.
type score struct{ accuracy, loss float64 }

func scoreOf(m *probe.Linear, h []float32, labels []int32) score {
	s := score{accuracy: probe.Accuracy(m.Predict(h), labels)}
	logits, classes := m.Logits(h), len(m.Bias)
	for i, label := range labels {
		row := logits[i*classes:][:classes]
		top, sum := float64(slices.Max(row)), 0.0
		for _, v := range row {
			sum += math.Exp(float64(v) - top)
		}
		s.loss += (top + math.Log(sum) - float64(row[label])) / float64(len(labels))
	}
	return s
}

// above says whether s is better than other: more is right, or as much at a lower cross-entropy, as few images held out
// often tie.
func (s score) above(other score) bool {
	return s.accuracy > other.accuracy || s.accuracy == other.accuracy && s.loss < other.loss
}

// Visit visits what learns: classifier and encoder.
func (t *tuner) Visit(v nn.Visitor) {
	t.classifier.Visit(v.In("classifier"))
	t.net.Encoder.Visit(v.In("encoder"))
}

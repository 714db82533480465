package train

import (
	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/probe"
	"pushpull/core/random"
)

// Metrics describes the run at one step. Fields that were not measured are 0 and left out of JSON.
type Metrics struct {
	Step          int     `json:"step"`
	Epoch         int     `json:"epoch"`
	Loss          float32 `json:"loss"`
	LR            float32 `json:"lr,omitempty"`
	GradNorm      float32 `json:"grad_norm,omitempty"`
	KNN           float64 `json:"knn_top1,omitempty"`       // share of the queries, 0 to 1
	Std           float64 `json:"std,omitempty"`            // of normalised projections: 1 healthy, 0 collapsed
	EffectiveRank float64 `json:"effective_rank,omitempty"` // of projections
	ViewsPerS     float64 `json:"views_per_s,omitempty"`
	Seconds       float64 `json:"seconds,omitempty"` // of the step, or of the run so far
}

// embedBatch is the number of images embedded in one pass.
const embedBatch = 128

// embedder runs the encoder in evaluation mode, apart from the tape of training.
type embedder struct {
	tape  ad.Tape
	input []float32
}

// Embed returns the representations h [len(index), Dim] and projections z [len(index), Width] of images of set, in
// evaluation mode.
func (t *Trainer) Embed(set *data.Set, index []int32) (h, z []float32) {
	h = make([]float32, len(index)*t.Dim())
	z = make([]float32, len(index)*t.Width())
	for at := 0; at < len(index); at += embedBatch {
		part := index[at:min(at+embedBatch, len(index))]
		rep, proj := t.embed(set, part)
		copy(h[at*t.Dim():], rep.Data)
		copy(z[at*t.Width():], proj.Data)
	}
	return h, z
}

func (t *Trainer) embed(set *data.Set, index []int32) (h, z *ad.Value) {
	e, size := &t.embedder, set.H*set.W*set.C
	if e.input == nil {
		e.input = make([]float32, embedBatch*size)
	}
	for i, at := range index {
		x := e.input[i*size : (i+1)*size]
		set.Image(int(at), x)
		normalise(x, t.Data.Mean, t.Data.Std)
	}
	e.tape.Reset()
	e.tape.NoGrad = true
	h = t.Encoder.Forward(&e.tape, e.tape.Input(e.input[:len(index)*size], len(index), set.H, set.W, set.C))
	return h, t.Head.Forward(&e.tape, h)
}

// embedAll returns h of every image of set.
func (t *Trainer) embedAll(set *data.Set) []float32 {
	h, _ := t.Embed(set, everything(set.Len()))
	return h
}

func everything(n int) []int32 {
	index := make([]int32, n)
	for i := range index {
		index[i] = int32(i)
	}
	return index
}

// Sample returns n images of a set of size images, the same for a seed; all, in order, where n is no less than size or
// n is 0.
func Sample(seed uint64, size, n int) []int32 {
	if n <= 0 || n >= size {
		return everything(size)
	}
	all := make([]int32, size)
	r := random.New(seed, streamProbe)
	r.Permute(all)
	return all[:n]
}

// Evaluate measures the encoder: kNN accuracy on queries test images against a bank of training images (0 means all),
// standard deviation and effective rank of the queries' projections. Accuracy is 0 where there are no labels.
func (t *Trainer) Evaluate(bank, queries int) (Metrics, error) {
	seed := uint64(t.Config.Int("seed"))
	test := Sample(seed, t.Data.Test.Len(), queries)
	h, z := t.Embed(t.Data.Test, test)
	m := Metrics{Step: t.step, Epoch: t.Epoch(), Loss: t.lastLoss,
		Std: probe.NormalizedStd(z, t.Width()), EffectiveRank: probe.EffectiveRank(z, t.Width())}
	if t.Data.Train.Labels == nil || t.Data.Test.Labels == nil {
		return m, nil
	}
	known := Sample(seed, t.Data.Train.Len(), bank)
	b, _ := t.Embed(t.Data.Train, known)
	var err error
	m.KNN, err = t.knn(b, known, h, test, t.Dim())
	return m, err
}

// RawPixels returns the accuracy that the kNN of Evaluate has on the pixels themselves: what learning has to beat.
func (t *Trainer) RawPixels(bank, queries int) (float64, error) {
	if t.Data.Train.Labels == nil || t.Data.Test.Labels == nil {
		return 0, nil
	}
	seed := uint64(t.Config.Int("seed"))
	known, test := Sample(seed, t.Data.Train.Len(), bank), Sample(seed, t.Data.Test.Len(), queries)
	size := t.Data.Train.H * t.Data.Train.W * t.Data.Train.C
	return t.knn(t.pixels(t.Data.Train, known), known, t.pixels(t.Data.Test, test), test, size)
}

func (t *Trainer) pixels(set *data.Set, index []int32) []float32 {
	size := set.H * set.W * set.C
	x := make([]float32, len(index)*size)
	for i, at := range index {
		set.Image(int(at), x[i*size:])
		normalise(x[i*size:(i+1)*size], t.Data.Mean, t.Data.Std)
	}
	return x
}

func (t *Trainer) knn(bank []float32, known []int32, query []float32, test []int32, d int) (float64, error) {
	k := min(t.Config.Int("knn-k"), probe.DefaultK(len(known)))
	p := probe.KNN{K: k, Temperature: float64(t.Config.Float("knn-temperature"))}
	votes, err := p.Classify(bank, pick(t.Data.Train.Labels, known), query, d, len(t.Data.Train.Classes))
	if err != nil {
		return 0, err
	}
	return probe.Accuracy(votes.Class, pick(t.Data.Test.Labels, test)), nil
}

func pick(labels, index []int32) []int32 {
	out := make([]int32, len(index))
	for i, at := range index {
		out[i] = labels[at]
	}
	return out
}

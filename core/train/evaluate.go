package train

import (
	"errors"
	"slices"

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
	Alignment     float64 `json:"alignment,omitempty"`      // mean squared distance of the projections of two views, both normalised
	Uniformity    float64 `json:"uniformity,omitempty"`     // log mean exp(-2 d²) over pairs of normalised projections
	Recall        float64 `json:"recall_at_1,omitempty"`    // share of images that find their caption among 256
	ViewsPerS     float64 `json:"views_per_s,omitempty"`
	Seconds       float64 `json:"seconds,omitempty"` // of the step, or of the run so far
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

// How many images are looked at where there are as many. On the way a trend is enough, which takes little time; at the end it is
// all but of large sets.
const (
	TrendBank    = 2000 // training images that vote
	TrendQueries = 1000 // test images that they vote on
	MostBank     = 60_000
	MostQueries  = 10_000
	Aligned      = 256  // whose alignment is measured on the way
	uniform      = 1000 // whose uniformity is: it looks at all pairs
	Candidates   = 256  // captions among which an image has to find its own
)

// Evaluate measures the encoder: kNN accuracy on queries test images against a bank of training images (0 means all),
// standard deviation and effective rank of the queries' projections, alignment and uniformity of the first ones', and with a
// Captioner recall of their captions.
// Accuracy is 0 where there are no labels.
func (t *Trainer) Evaluate(bank, queries int) (Metrics, error) {
	seed := uint64(t.Config.Int("seed"))
	test := Sample(seed, t.Data.Test.Len(), queries)
	h, z := t.Embed(t.Data.Test, test)
	if err := t.Data.Test.Err(); err != nil {
		return Metrics{}, err
	}
	m := Metrics{Step: t.step, Epoch: t.Epoch(), Loss: t.lastLoss,
		Std: probe.NormalizedStd(z, t.Width()), EffectiveRank: probe.EffectiveRank(z, t.Width()),
		Alignment: t.alignment(test[:min(Aligned, len(test))]), Uniformity: probe.Uniformity(z[:min(uniform, len(test))*t.Width()], t.Width(), 2)}
	if o, ok := t.Objective.(Captioner); ok && t.Data.Test.Captions != nil {
		few := test[:min(Candidates, len(test))]
		m.Recall = t.recall(o, few, z[:len(few)*t.Width()])
	}
	if !t.Data.Labelled() {
		return m, nil
	}
	known := Sample(seed, t.Data.Known().Len(), bank)
	b, _ := t.Embed(t.Data.Known(), known)
	var err error
	m.KNN, err = t.knn(b, known, h, test, t.Dim())
	return m, err
}

// alignment returns the mean squared distance of the projections of two views of test images, the same views each time.
func (t *Trainer) alignment(test []int32) float64 {
	views := NewLoader(t.Config, t.Data.Test, t.Input, Plan{Images: embedBatch, Views: 2})
	var z1, z2 []float32
	for part := range slices.Chunk(test, embedBatch) {
		_, z := t.EmbedViews(views.Load(0, part), t.Data.Test)
		z1, z2 = append(z1, z[:len(z)/2]...), append(z2, z[len(z)/2:]...)
	}
	return probe.Alignment(z1, z2, t.Width(), 2)
}

// recall returns the share of test images that find their caption by their projections z, 0 where captions are not used.
func (t *Trainer) recall(o Captioner, test []int32, z []float32) float64 {
	captions := make([]string, len(test))
	for i, at := range test {
		captions[i] = t.Data.Test.Captions[at]
	}
	x := o.EmbedCaptions(captions)
	if x == nil {
		return 0
	}
	ranks, ties := probe.PairedRanks(z, x, t.Width())
	for i := range ranks {
		ranks[i] += ties[i] // a collapsed encoder, where all are alike, finds nothing
	}
	return probe.Recall(ranks, 1)
}

// RawPixels returns the accuracy that the kNN of Evaluate has on the pixels themselves: what learning has to beat.
func (t *Trainer) RawPixels(bank, queries int) (float64, error) {
	if !t.Data.Labelled() {
		return 0, nil
	}
	seed := uint64(t.Config.Int("seed"))
	known, test := Sample(seed, t.Data.Known().Len(), bank), Sample(seed, t.Data.Test.Len(), queries)
	size := t.Data.Test.H * t.Data.Test.W * t.Data.Test.C
	return t.knn(t.Pixels(t.Data.Known(), known), known, t.Pixels(t.Data.Test, test), test, size)
}

// KNN returns the nearest-neighbour classifier of the hyperparameters, for a bank of so many images.
func (c Config) KNN(bank int) probe.KNN {
	return probe.KNN{K: min(c.Int("knn-k"), probe.DefaultK(bank)), Temperature: get[float64](c, "knn-temperature")}
}

// knn returns the accuracy of test images by known ones, which both have been read.
func (t *Trainer) knn(bank []float32, known []int32, query []float32, test []int32, d int) (float64, error) {
	if err := errors.Join(t.Data.Known().Err(), t.Data.Test.Err()); err != nil {
		return 0, err
	}
	votes, err := t.Config.KNN(len(known)).Classify(bank, data.Pick(t.Data.Known().Labels, known), query, d, len(t.Data.Known().Classes))
	if err != nil {
		return 0, err
	}
	return probe.Accuracy(votes.Class, data.Pick(t.Data.Test.Labels, test)), nil
}

// Package transfer tells what a trained encoder is good for: how well classes can be read from its representations as they
// are and how they use their space (Measure), and how far it gets when all of it is fine-tuned on few labels (FineTune).
package transfer

import (
	"errors"
	"fmt"
	"slices"

	"pushpull/core/data"
	"pushpull/core/probe"
	"pushpull/core/train"
)

// Report is what Measure finds out about an encoder, with the protocol of each figure. Accuracies are shares from 0 to 1
// of the test images that are classified right by their representation h.
type Report struct {
	Train    int       `json:"train"` // images
	Test     int       `json:"test"`
	Classes  int       `json:"classes"`
	KNN      *KNN      `json:"knn"`    // nil where images have no labels
	Linear   *Linear   `json:"linear"` // nil where images have no labels
	Geometry *Geometry `json:"geometry"`

	ZeroShot  *ZeroShot  `json:"zero_shot"` // nil where the run learned from no captions, or images have no labels
	Retrieval *Retrieval `json:"retrieval"` // nil where the run or the test images have no captions
}

// KNN is the accuracy of a weighted vote of the nearest training images.
type KNN struct {
	Top1        float64 `json:"top1"`
	Untrained   float64 `json:"untrained"`  // of the same encoder before its first step
	RawPixels   float64 `json:"raw_pixels"` // of the normalised pixels in place of a representation
	Bank        int     `json:"bank"`
	Queries     int     `json:"queries"`
	K           int     `json:"k"`
	Temperature float64 `json:"temperature"`
}

// Linear is the accuracy of logistic regression that was fitted on the training images, their columns standardised.
type Linear struct {
	Top1       float64 `json:"top1"`
	Untrained  float64 `json:"untrained"`
	Fitted     float64 `json:"train_top1"` // on the images that it was fitted on
	L2         float64 `json:"l2"`
	Iterations int     `json:"iterations"` // of L-BFGS
}

// Measure judges n on d; nothing of n changes. l2 is the penalty of the linear probe. text is nil where the run learned
// from no captions.
func Measure(n *train.Network, d *data.Dataset, l2 float64, text *Text) (*Report, error) {
	seed := uint64(n.Config.Int("seed"))
	bank, queries := train.Sample(seed, d.Known().Len(), train.MostBank), train.Sample(seed, d.Test.Len(), train.MostQueries)
	r := &Report{Train: len(bank), Test: len(queries), Classes: len(d.Known().Classes)}
	var err error
	if r.Geometry, err = measureGeometry(n, d.Test); err != nil {
		return nil, err
	}
	if text != nil {
		if err := r.measureText(n, d.Test, text); err != nil {
			return nil, err
		}
	}
	if !d.Labelled() {
		return r, nil
	}
	untrained, err := train.NewNetwork(n.Config, n.Input)
	if err != nil {
		return nil, err
	}
	j := judge{Dataset: d, bank: bank, queries: queries, knn: n.Config.KNN(r.Train), probe: probe.LinearProbe{L2: l2, Standardize: true}}
	after, err := j.read(n)
	if err != nil {
		return nil, err
	}
	before, err := j.read(untrained)
	if err != nil {
		return nil, err
	}
	pixels, err := j.vote(n.Pixels(d.Known(), bank), n.Pixels(d.Test, queries), d.Test.H*d.Test.W*d.Test.C)
	if err != nil {
		return nil, err
	}
	r.KNN = &KNN{after.knn, before.knn, pixels, r.Train, r.Test, j.knn.K, j.knn.Temperature}
	r.Linear = &Linear{after.linear, before.linear, after.fitted, l2, after.iterations}
	return r, nil
}

// measureText compares the projections of the images of set with those of captions.
func (r *Report) measureText(n *train.Network, set *data.Set, text *Text) error {
	_, z, err := Embed(n, set, everything(set))
	if err != nil {
		return err
	}
	if set.Captions != nil {
		r.Retrieval = text.retrieve(z, set, n.Width())
	}
	if set.Labels != nil {
		r.ZeroShot, err = text.zeroShot(z, set, n.Width())
	}
	return err
}

// judge reads classes from rows that stand for the images of a data set.
type judge struct {
	*data.Dataset
	bank, queries []int32 // images of Known and Test
	knn           probe.KNN
	probe         probe.LinearProbe
}

// reading is the accuracy with which classes can be read from an encoder's representations.
type reading struct {
	knn, linear, fitted float64
	iterations          int
}

func (j *judge) read(n *train.Network) (reading, error) {
	var r reading
	bank, _, err := Embed(n, j.Known(), j.bank)
	if err != nil {
		return r, err
	}
	query, _, err := Embed(n, j.Test, j.queries)
	if err != nil {
		return r, err
	}
	if r.knn, err = j.vote(bank, query, n.Dim()); err != nil {
		return r, err
	}
	known := data.Pick(j.Known().Labels, j.bank)
	m, err := j.probe.Fit(bank, known, n.Dim(), len(j.Known().Classes))
	if err != nil {
		return r, err
	}
	r.linear, r.fitted = probe.Accuracy(m.Predict(query), data.Pick(j.Test.Labels, j.queries)), probe.Accuracy(m.Predict(bank), known)
	r.iterations = m.Iterations
	return r, nil
}

// vote returns the accuracy of kNN.
func (j *judge) vote(bank, query []float32, d int) (float64, error) {
	if err := errors.Join(j.Known().Err(), j.Test.Err()); err != nil { // pixels have been read by now
		return 0, err
	}
	votes, err := j.knn.Classify(bank, data.Pick(j.Known().Labels, j.bank), query, d, len(j.Known().Classes))
	return probe.Accuracy(votes.Class, data.Pick(j.Test.Labels, j.queries)), err
}

func everything(s *data.Set) []int32 { return train.Sample(0, s.Len(), 0) }

// Embed returns representations h [len(index), n.Dim()] and projections z [len(index), n.Width()] of images of set. It
// fails where the network cannot take them, they cannot be read, or the numbers are not finite.
func Embed(n *train.Network, set *data.Set, index []int32) (h, z []float32, err error) {
	if err := n.Fits(set); err != nil {
		return nil, nil, err
	}
	h, z = n.Embed(set, index)
	if err := set.Err(); err != nil {
		return nil, nil, err
	}
	for _, x := range [][]float32{h, z} {
		if slices.ContainsFunc(x, func(v float32) bool { return v-v != 0 }) {
			return nil, nil, fmt.Errorf("the encoder's outputs are not finite numbers: its training diverged; train again with a lower learning rate")
		}
	}
	return h, z, nil
}

package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/probe"
	"pushpull/core/train"
)

// Outcome is the result of a fine-tuning. Accuracies are shares from 0 to 1.
type Outcome struct {
	Test       float64 `json:"test_top1"`       // at the best epoch
	Validation float64 `json:"validation_top1"` // there, too
	Best       int     `json:"best_epoch"`      // 0 is the start
	Steps      int     `json:"steps"`
	Learned    int     `json:"labelled_train"` // images learned from
	Held       int     `json:"labelled_validation"`
	Tested     int     `json:"test"`
	Probe      *Probe  `json:"probe"` // what it started from; nil from scratch
	Curve      []Epoch `json:"curve"`

	Classifier *nn.Linear `json:"-"` // of the best epoch
}

// Probe is a linear probe of the encoder as it was, on the same labels.
type Probe struct {
	Test       float64 `json:"test_top1"`
	Validation float64 `json:"validation_top1"`
	L2         float64 `json:"l2"` // which did best on the images held out
}

// Epoch is what was measured after a pass over the labelled images; number 0 is the start.
type Epoch struct {
	Epoch      int     `json:"epoch"`
	Loss       float64 `json:"loss,omitempty"` // mean of the epoch's steps; 0 at the start, which has none
	Validation float64 `json:"validation"`     // accuracy, a share from 0 to 1
}

// FineTune trains a classifier on top of n's encoder, and the encoder with it, on a share of the labels of d's training
// set. The classifier starts as a linear probe of the encoder: a random one would spoil the encoder before it knows what
// it wants of it (Kumar et al. 2022). Of all epochs, the start included, the one that does best on the labelled images held
// out is scored on the test set, and n ends with its weights. After each epoch report is called. An end of ctx is an error.
func (s Settings) FineTune(ctx context.Context, n *train.Network, d *data.Dataset, report func(Epoch)) (*Outcome, error) {
	t, held, err := s.prepare(n, d, [2]float32{s.HeadLR, s.BackboneLR})
	if err != nil {
		return nil, err
	}
	p, err := t.probe(held)
	if err != nil {
		return nil, err
	}
	p.Test = t.score(d.Test, everything(d.Test)).accuracy
	o, err := t.run(ctx, held, d.Test, report)
	if err != nil {
		return nil, err
	}
	o.Probe = p
	return o, nil
}

// FromScratch is the baseline of FineTune: it trains n, whose weights should be random, and a random classifier with the
// same images, labels and budget, both at the rate for it.
func (s Settings) FromScratch(ctx context.Context, n *train.Network, d *data.Dataset, report func(Epoch)) (*Outcome, error) {
	t, held, err := s.prepare(n, d, [2]float32{s.ScratchLR, s.ScratchLR})
	if err != nil {
		return nil, err
	}
	return t.run(ctx, held, d.Test, report)
}

// prepare returns what trains n on the labelled images of d, and those that are held out.
func (s Settings) prepare(n *train.Network, d *data.Dataset, rates [2]float32) (*tuner, []int32, error) {
	if !d.Labelled() {
		return nil, nil, fmt.Errorf("the images have no labels: fine-tuning needs some")
	}
	if err := n.Fits(d.Known()); err != nil {
		return nil, nil, err
	}
	learn, held, err := split(d.Known(), s.Labels, s.Validation, uint64(s.Seed))
	if err != nil {
		return nil, nil, err
	}
	return newTuner(s, n, d.Known(), learn, rates), held, nil
}

// run takes all epochs and ends with the weights of the best.
func (t *tuner) run(ctx context.Context, held []int32, test *data.Set, report func(Epoch)) (*Outcome, error) {
	o := &Outcome{Learned: len(t.images), Held: len(held), Tested: test.Len(), Classifier: t.classifier}
	var weights [][]float32
	best := score{accuracy: -1}
	for epoch := 0; epoch <= t.Epochs; epoch++ {
		e := Epoch{Epoch: epoch}
		if epoch > 0 {
			var err error
			if e.Loss, err = t.epoch(ctx, epoch-1); err != nil {
				return nil, err
			}
		}
		now := t.score(t.set, held)
		e.Validation = now.accuracy
		o.Curve = append(o.Curve, e)
		if now.above(best) {
			best, weights = now, copyOf(t)
			o.Best, o.Validation = epoch, now.accuracy
		}
		report(e)
	}
	for i, x := range state(t) {
		copy(x, weights[i])
	}
	o.Steps = t.steps
	o.Test = t.score(test, everything(test)).accuracy
	return o, errors.Join(t.set.Err(), test.Err())
}

// probe makes the classifier a linear probe of the encoder as it is. Of the penalties it takes the one that does best on
// the images held out.
func (t *tuner) probe(held []int32) (*Probe, error) {
	x, _, err := Embed(t.net, t.set, t.images)
	if err != nil {
		return nil, err
	}
	y, _, err := Embed(t.net, t.set, held)
	if err != nil {
		return nil, err
	}
	p, best := &Probe{}, score{accuracy: -1}
	for _, l2 := range penalties {
		m, err := probe.LinearProbe{L2: l2, Standardize: true}.Fit(x, data.Pick(t.set.Labels, t.images), t.net.Dim(), len(t.set.Classes))
		if err != nil {
			return nil, err
		}
		if now := scoreOf(m, y, data.Pick(t.set.Labels, held)); now.above(best) {
			best = now
			p.L2, p.Validation = l2, now.accuracy
			copy(t.classifier.Weight.Data, m.Weight)
			copy(t.classifier.Bias.Data, m.Bias)
		}
	}
	return p, nil
}

// penalties are those that a probe on few labels is tried with.
var penalties = []float64{10, 1, 0.1, 0.01, 1e-3, 1e-4}

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

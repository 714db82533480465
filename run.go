package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// The encoder is measured every mostSteps steps, and at the end of an epoch if leastSteps have passed.
const (
	leastSteps = 20
	mostSteps  = 100
)

// train takes the run's steps until they are done or ctx is. The checkpoint is then up to date; an error leaves the last
// one as it is.
func (r *run) train(ctx context.Context, stderr io.Writer) error {
	if r.Steps() == 0 && r.labelled() {
		m, err := r.evaluate(train.TrendBank, train.TrendQueries)
		if err != nil {
			return err
		}
		fmt.Fprintf(stderr, "untrained  kNN %.1f%%\n", 100*m.KNN)
		r.journal.Evaluated(r.evaluation(m))
	}
	r.begun = time.Now()
	r.view = newView(stderr, r.Steps(), r.TotalSteps())
	defer r.view.end()
	for !r.Done() && ctx.Err() == nil {
		if err := r.step(); err != nil {
			return err
		}
	}
	if r.saved != r.Steps() {
		return r.save()
	}
	return nil
}

// step takes one step, measures and saves if it is time, and notes the outcome.
func (r *run) step() error {
	start := time.Now()
	m, err := r.Step()
	if err != nil {
		return r.explain(err)
	}
	took := time.Since(start)
	r.stepTime += took
	r.loss = m.Loss
	m.ViewsPerS = r.viewsPerStep() / took.Seconds()
	m.Seconds = r.seconds()
	loss := float64(m.Loss)
	r.journal.Stepped(&protocol.Metrics{Step: m.Step, Loss: &loss, LearningRate: float64(m.LR)})

	since := r.Steps() - r.measured
	if since >= mostSteps || since >= leastSteps && r.Steps()%r.StepsPerEpoch() == 0 || r.Done() {
		e, err := r.evaluate(train.TrendBank, train.TrendQueries)
		if err != nil {
			return err
		}
		m.KNN, m.Std, m.EffectiveRank, m.Alignment, m.Uniformity, m.Recall = e.KNN, e.Std, e.EffectiveRank, e.Alignment, e.Uniformity, e.Recall
		r.measured = r.Steps()
		r.journal.Evaluated(r.evaluation(e))
	}
	r.view.step(m, r.measured == r.Steps(), float64(r.Config.Int("batch"))/took.Seconds())
	if err := r.dir.note(m); err != nil {
		return r.unwritten(metricsName, err)
	}
	if r.measured != r.Steps() {
		return nil
	}
	return r.save()
}

// evaluate measures the encoder. Weights may be so large that training, which normalises by the batch, still has a finite
// loss, while the encoder on its own has no finite outputs: that is an error too.
func (r *run) evaluate(bank, queries int) (train.Metrics, error) {
	m, err := r.Evaluate(bank, queries)
	if err == nil && math.IsNaN(m.Std+m.EffectiveRank+m.Alignment+m.Uniformity+m.KNN) {
		err = r.explain(&train.DivergedError{Step: r.Steps() - 1, LastLoss: r.loss, LR: r.Config.Float("lr"), What: "encoder's output"})
	}
	return m, err
}

// evaluation returns an evaluation as the journal has it, without times: runs with the same seed have the same checkpoint.
func (r *run) evaluation(m train.Metrics) *protocol.Metrics {
	e := &protocol.Metrics{Step: m.Step, Epoch: float64(m.Step) / float64(r.StepsPerEpoch()), Std: &m.Std, EffectiveRank: &m.EffectiveRank,
		Alignment: &m.Alignment, Uniformity: &m.Uniformity}
	if r.labelled() {
		e.KNN = &m.KNN
	}
	return e
}

// labelled says whether accuracy can be measured.
func (r *run) labelled() bool { return r.Data.Labelled() }

// viewsPerStep returns the number of views that a step encodes.
func (r *run) viewsPerStep() float64 { return float64(r.Views() * r.Config.Int("batch")) }

// seconds returns the time that training took so far.
func (r *run) seconds() float64 { return r.before + time.Since(r.begun).Seconds() }

// save writes the checkpoint.
func (r *run) save() error {
	r.Journal = r.journal.Text()
	if err := r.Save(r.dir.file(checkpointName)); err != nil {
		return r.unwritten(checkpointName, err)
	}
	r.saved = r.Steps()
	return nil
}

// unwritten is the error for a file of the run that cannot be written.
func (r *run) unwritten(name string, err error) error {
	err = fmt.Errorf("%s cannot be written: %w", r.dir.file(name), reason(err))
	if r.Steps() == 0 {
		return withHint(err, "free some space, or choose another folder with -out")
	}
	return withHint(err, "free some space; then `pushpull train -resume %s` goes on after step %d", r.dir.path, r.saved)
}

// explain adds to the error of a step what is left of the run.
func (r *run) explain(err error) error {
	var diverged *train.DivergedError
	if errors.As(err, &diverged) {
		return withHint(err, "%s; the checkpoint of step %d is kept in %s", diverged.Hint(), r.saved, r.dir.path)
	}
	return fmt.Errorf("step %d: %w", r.Steps()+1, err)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pushpull/core/train"
)

// While training, the encoder is measured on so many images only: enough for a trend, in little time.
const (
	trendBank    = 2000
	trendQueries = 1000
)

// The encoder is measured every mostSteps steps, and at the end of an epoch if leastSteps have passed.
const (
	leastSteps = 20
	mostSteps  = 100
)

// errQuiet is an error that was told already.
var errQuiet = errors.New("")

// train takes the run's steps until they are done or ctx is. The checkpoint is then up to date; an error leaves the last
// one as it is.
func (r *run) train(ctx context.Context, stderr io.Writer) error {
	r.view = newView(stderr, r.Steps(), r.TotalSteps())
	defer func() { r.view.end() }()
	r.begun = time.Now()
	if r.Steps() == 0 {
		m, err := r.Evaluate(trendBank, trendQueries)
		if err != nil {
			return err
		}
		r.view.measured(m)
	}
	for !r.Done() && ctx.Err() == nil {
		if err := r.step(); err != nil {
			return r.explain(err)
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
		return err
	}
	took := time.Since(start)
	r.stepTime += took
	r.loss = m.Loss
	m.ViewsPerS = r.viewsPerStep() / took.Seconds()
	m.Seconds = r.seconds()

	since := r.Steps() - r.measured
	if since >= mostSteps || since >= leastSteps && r.Steps()%r.StepsPerEpoch() == 0 || r.Done() {
		e, err := r.Evaluate(trendBank, trendQueries)
		if err != nil {
			return err
		}
		m.KNN, m.Std, m.EffectiveRank = e.KNN, e.Std, e.EffectiveRank
		r.measured = r.Steps()
		r.view.measured(m)
		if err := r.save(); err != nil {
			return err
		}
	}
	r.view.step(m, r.Config.Int("batch"))
	return r.dir.note(m)
}

// viewsPerStep returns the number of views that a step encodes.
func (r *run) viewsPerStep() float64 { return float64(2 * r.Config.Int("batch")) }

// seconds returns the time that training took so far.
func (r *run) seconds() float64 { return r.before + time.Since(r.begun).Seconds() }

// save writes the checkpoint.
func (r *run) save() error {
	if err := r.Save(r.dir.file(checkpointName)); err != nil {
		return withHint(err, "free some space, or choose another folder with -out")
	}
	r.saved = r.Steps()
	return nil
}

// explain adds to an error of a step what is left of the run.
func (r *run) explain(err error) error {
	var diverged *train.DivergedError
	if errors.As(err, &diverged) {
		return withHint(err, "%s; the checkpoint of step %d is kept in %s", diverged.Hint(), r.saved, r.dir.path)
	}
	return fmt.Errorf("step %d: %w", r.Steps()+1, err)
}

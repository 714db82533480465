// Package train is the way from images to a trained encoder: configuration, views, loss, gradient, step, metrics and
// checkpoint. It knows no algorithm; an Objective brings one.
package train

import (
	"fmt"
	"math"
	"time"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/nn"
	"pushpull/core/optim"
	"pushpull/core/random"
)

// Trainer runs one configuration on one data set. It is not safe for several goroutines.
type Trainer struct {
	*Network
	Data      *data.Dataset
	Objective Objective
	Notes     []string // what was decided on the way, a sentence each
	Journal   string   // what a program keeps with the run, in a form of its own; checkpoints carry it

	extra     []extra // the objective's own parts
	loader    *Loader
	order     []int32 // of the epoch's images
	params    []optim.Param
	running   [][]float32 // statistics of batch-norms, which a forward pass moves
	before    [][]float32 // what they were before the step
	optimiser optim.Optimiser
	schedule  optim.Cosine
	tape      ad.Tape
	dropout   random.Stream
	current   Step
	step      int // steps taken
	begun     int // epochs begun
	lastLoss  float32

	keepGradients bool
	stage         func(Stage) // see OnStage
	during        Stage       // the last one told of in this step
}

// extra is a part of the objective.
type extra struct {
	name   string
	part   nn.Part
	learns bool
}

// New prepares training from the start. It fails where configuration, data and objective do not fit together.
func New(c Config, d *data.Dataset, o Objective) (*Trainer, error) {
	if n := d.Train.Len(); c.Int("batch") > n {
		return nil, fmt.Errorf("the batch of %d is larger than the training set of %d images: set batch to %d or less", c.Int("batch"), n, n)
	}
	if n := c.Int("threads"); n > 0 {
		kernel.SetThreads(n)
	}
	n, err := NewNetwork(c, InputOf(d).normalisedBy(c.Text("pixel-norm")))
	if err != nil {
		return nil, err
	}
	t := &Trainer{Network: n, Data: d, Objective: o, order: make([]int32, d.Train.Len()), lastLoss: float32(math.NaN())}
	build := &Build{Config: c, Images: d.Train, Views: 2, Encoder: t.Encoder, Head: t.Head,
		Width: t.Width(), Random: random.New(uint64(c.Int("seed")), streamBuild), trainer: t}
	if b, ok := o.(Builder); ok {
		if err := b.Build(build); err != nil {
			return nil, err
		}
	}
	t.params = append(optim.Params(t.Encoder, "encoder."), optim.Params(t.Head, "head.")...)
	t.running = append(nn.Running(t.Encoder), nn.Running(t.Head)...)
	for _, e := range t.extra {
		if e.learns {
			t.params = append(t.params, optim.Params(e.part, e.name+".")...)
		}
		t.running = append(t.running, nn.Running(e.part)...)
	}
	for _, x := range t.running {
		t.before = append(t.before, make([]float32, len(x)))
	}
	t.optimiser = newOptimiser(c, t.params)
	t.schedule = optim.Cosine{Steps: t.TotalSteps(), Warmup: c.Int("warmup")}
	t.loader = NewLoader(c, d.Train, t.Input, Plan{Images: c.Int("batch"), Views: build.Views, Weak: build.Weak, Local: build.Local})
	t.tape.Training, t.tape.Random = true, &t.dropout
	return t, nil
}

func newOptimiser(c Config, ps []optim.Param) optim.Optimiser {
	wd := c.Float("weight-decay")
	switch c.Text("optimiser") {
	case "sgd":
		return optim.NewSGD(ps, c.Float("momentum"), wd)
	case "lars":
		return optim.NewLARS(ps, c.Float("momentum"), wd)
	case "adamw":
		return optim.NewAdam(ps, wd, true)
	}
	return optim.NewAdam(ps, wd, false)
}

// Views returns the number of views of each image a step.
func (t *Trainer) Views() int { return t.loader.Plan.Views }

// StepsPerEpoch returns the number of full batches in the training set.
func (t *Trainer) StepsPerEpoch() int { return t.Data.Train.Len() / t.Config.Int("batch") }

// TotalSteps returns the number of steps of the whole run.
func (t *Trainer) TotalSteps() int {
	n := t.StepsPerEpoch() * t.Config.Int("epochs")
	if limit := t.Config.Int("max-steps"); limit > 0 {
		n = min(n, limit)
	}
	return n
}

// Steps returns the number of steps taken.
func (t *Trainer) Steps() int { return t.step }

// Between makes the trainer call f between the operations of a step and of an evaluation, so that a program with one
// thread can listen in the meantime. f must not use the trainer.
func (t *Trainer) Between(f func()) { t.tape.Between, t.embedder.tape.Between = f, f }

// Epoch returns the number of epochs finished.
func (t *Trainer) Epoch() int { return t.step / t.StepsPerEpoch() }

// Help has the views of the next batch made by h while a step is computed. Results do not change. A run that is to have
// one thread is not helped.
func (t *Trainer) Help(h Helper) {
	if t.Config.Int("threads") != 1 {
		t.loader.order.helper = h
	}
}

// Helped returns the number of batches whose views the helper has made.
func (t *Trainer) Helped() int { return t.loader.order.delivered }

// LastLoss returns the loss of the last step, NaN before the first.
func (t *Trainer) LastLoss() float32 { return t.lastLoss }

// Done says whether all steps have been taken.
func (t *Trainer) Done() bool { return t.step >= t.TotalSteps() }

// Parameters returns the number of numbers that are learned.
func (t *Trainer) Parameters() int {
	n := 0
	for _, p := range t.params {
		n += p.Value.Len()
	}
	return n
}

// Set changes a hyperparameter that may change while training runs.
func (t *Trainer) Set(key, text string) error {
	if p, ok := Find(key); ok && !p.Live {
		return fmt.Errorf("%s cannot change while training runs: start again with the new value", key)
	}
	c := t.Config.Clone() // the last step keeps its own
	if err := c.Set(key, text); err != nil {
		return err
	}
	before := t.Config.Values[key]
	t.Config = c
	if o, ok := t.Objective.(Changer); ok && c.Values[key] != before {
		o.Changed(key, c)
	}
	t.loader.configure(t.Config)
	t.schedule.Steps = t.TotalSteps()
	*t.still = !t.Config.Bool("head-batch-stats")
	switch o := t.optimiser.(type) {
	case *optim.SGD:
		o.Momentum, o.WeightDecay = t.Config.Float("momentum"), t.Config.Float("weight-decay")
	case *optim.LARS:
		o.Momentum, o.WeightDecay = t.Config.Float("momentum"), t.Config.Float("weight-decay")
	case *optim.Adam:
		o.WeightDecay = t.Config.Float("weight-decay")
	}
	return nil
}

// DivergedError says that the loss or its gradient is not finite. The step that found it changed nothing.
type DivergedError struct {
	Step     int     // steps taken before
	LastLoss float32 // the last finite loss; NaN where there was none
	LR       float32
	What     string // "loss", "gradient" or "encoder's output"
}

func (e *DivergedError) Error() string {
	last := "there was no finite loss before"
	if e.LastLoss == e.LastLoss {
		last = fmt.Sprintf("the last finite loss was %.4g", e.LastLoss)
	}
	return fmt.Sprintf("the %s stopped being a finite number at step %d; %s", e.What, e.Step+1, last)
}

// Hint names the remedy.
func (e *DivergedError) Hint() string {
	return fmt.Sprintf("lower the learning rate (lr is %.3g at this step), give it a warm-up (warmup) or limit the gradient (clip)", e.LR)
}

// Step takes one step: views, loss, gradient, update. A *DivergedError leaves the trainer as it was before.
func (t *Trainer) Step() (Metrics, error) {
	start := time.Now()
	t.during = ""
	per := t.StepsPerEpoch()
	epoch, index := t.step/per, t.step%per
	if err := t.enter(epoch); err != nil {
		return Metrics{}, err
	}
	s, l, batch := &t.current, t.loader, t.Config.Int("batch")
	samples := t.order[index*batch : (index+1)*batch]
	t.at(StageViews)
	views := l.Load(epoch, samples)
	if after := (index + 1) * batch; index+1 < per && t.step+1 < t.TotalSteps() {
		l.Ahead(epoch, t.order[after:after+batch])
	}
	if err := l.set.Err(); err != nil {
		return Metrics{}, err
	}
	t.tape.Reset()
	t.dropout = random.New(l.Seed, streamEpoch, uint64(epoch), uint64(index))
	*s = Step{Config: t.Config, Tape: &t.tape, Index: t.step, Total: t.TotalSteps(), Epoch: epoch, Samples: samples,
		Labels: s.Labels, trainer: t, views: t.Views()}
	s.images = t.tape.Input(views, t.Views()*batch, l.set.H, l.set.W, l.set.C)
	t.label(s)

	t.schedule.Base, t.schedule.End = t.Config.Float("lr"), t.Config.Float("lr-end")
	lr := t.schedule.At(t.step)
	optim.ZeroGrad(t.params)
	for i, x := range t.running {
		copy(t.before[i], x)
	}
	loss := t.Objective.Loss(s)
	t.at(StageLoss)
	if !finite(loss.Scalar()) {
		return Metrics{}, t.diverged("loss", lr)
	}
	t.at(StageBackward)
	t.tape.Backward(loss)
	norm := optim.ClipGradNorm(t.params, t.Config.Float("clip"))
	if !finite(norm) {
		return Metrics{}, t.diverged("gradient", lr)
	}
	t.at(StageOptimiser)
	t.optimiser.Step(lr)
	if o, ok := t.Objective.(AfterStepper); ok {
		o.AfterStep(s)
	}
	t.lastLoss = loss.Scalar()
	t.step++
	return Metrics{Step: t.step, Epoch: epoch, Loss: t.lastLoss, LR: lr, GradNorm: norm, Seconds: time.Since(start).Seconds()}, nil
}

// diverged takes back what the forward pass of a step has changed, and returns the step's error.
func (t *Trainer) diverged(what string, lr float32) error {
	for i, x := range t.running {
		copy(x, t.before[i])
	}
	return &DivergedError{t.step, t.lastLoss, lr, what}
}

// enter begins an epoch where it has not begun.
func (t *Trainer) enter(epoch int) error {
	if t.begun > epoch {
		return nil
	}
	if o, ok := t.Objective.(EpochStarter); ok {
		err := o.StartEpoch(&Epoch{Config: t.Config, Index: epoch, Images: t.Data.Train,
			Random: random.New(t.loader.Seed, streamEpoch, uint64(epoch)), trainer: t})
		if err != nil {
			return err
		}
	}
	t.begun = epoch + 1
	t.shuffle(epoch)
	return nil
}

// shuffle sets the order of an epoch's images.
func (t *Trainer) shuffle(epoch int) {
	r := random.New(t.loader.Seed, streamOrder, uint64(epoch))
	r.Permute(t.order)
	if o, ok := t.Objective.(Orderer); ok {
		r := random.New(t.loader.Seed, streamOrder, uint64(epoch), 1)
		o.Order(t.order, &r)
	}
}

// label gives the step the classes of its images.
func (t *Trainer) label(s *Step) {
	all := t.Data.Train.Labels
	if all == nil {
		return
	}
	if len(s.Labels) != len(s.Samples) {
		s.Labels = make([]int32, len(s.Samples))
	}
	for i, sample := range s.Samples {
		s.Labels[i] = all[sample]
	}
}

func finite(x float32) bool { return x-x == 0 }

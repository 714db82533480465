package train

import (
	"fmt"
	"strings"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/random"
)

// Objective is what an algorithm is to the trainer: the loss of one step. An algorithm with parts of its own also
// implements Builder; one with state that changes over time, AfterStepper or EpochStarter.
type Objective interface {
	// Loss records the loss, one number, of the step's views on s.Tape.
	Loss(s *Step) *ad.Value
}

// Builder is implemented by an objective with modules of its own, such as a predictor, a momentum encoder or a queue.
type Builder interface {
	// Build is called once, before the first step.
	Build(b *Build) error
}

// AfterStepper is implemented by an objective that changes its state after each step of the optimiser.
type AfterStepper interface{ AfterStep(s *Step) }

// EpochStarter is implemented by an objective that changes its state before each epoch.
type EpochStarter interface {
	// StartEpoch is called before the first step of each epoch, and not again when a run resumes within one.
	StartEpoch(e *Epoch) error
}

// Changer is implemented by an objective that keeps something which a hyperparameter sets.
type Changer interface {
	// Changed is called between two steps, after the hyperparameter of the key has changed.
	Changed(key string, c Config)
}

// Captioner is implemented by an objective that learns from captions.
type Captioner interface {
	// EmbedCaptions returns projections [n, Width] of captions, to be compared with those of images by cosine; nil where
	// this run does not use captions.
	EmbedCaptions(captions []string) []float32
	// Words returns the words that captions may have, in the order of the numbers that the run learned them by; nil where
	// it does not use captions.
	Words() []string
	// Read returns what of a caption reaches the network, in words; "" where this run does not use captions.
	Read(caption string) string
}

// Hider is implemented by an objective that hides patches of the views from the encoder.
type Hider interface {
	// Hide draws which patches of a view are hidden, as each step does. Patches are numbered row by row; side is theirs in pixels.
	Hide(c Config, r *random.Stream) (hidden []int32, side int)
}

// Orderer is implemented by an objective that chooses which images an epoch shows.
type Orderer interface {
	// Order may overwrite the random order of the training images that an epoch takes its batches from. It is called
	// after StartEpoch, and again when a run resumes within the epoch: what it does must derive from kept state and r.
	Order(order []int32, r *random.Stream)
}

// Build is what an objective sees while its parts are made.
type Build struct {
	Config
	Images  *data.Set  // the training set
	Views   int        // views of each image a step, 2 unless the objective changes it
	Weak    int        // how many of them, the last ones, are only cropped, mirrored and gray at times
	Local   Crops      // smaller views besides; none unless the objective asks for them
	Encoder nn.Encoder // images to representations [n, Dim]
	Head    nn.Module  // representations to projections [n, Width]
	Width   int        // length of a projection
	Random  random.Stream

	trainer *Trainer
}

// Crops are views of small parts of each image (multi-crop, Caron et al. 2020).
type Crops struct {
	Views    int     // of each image
	H, W     int     // in pixels
	Min, Max float32 // share of the image's area that they show
}

// AskForLocal asks for the local views of the hyperparameters.
func (b *Build) AskForLocal() error {
	size, min, max := b.Int("local-size"), b.Float("local-crop-min"), b.Float("local-crop-max")
	if min > max {
		return fmt.Errorf("local-crop-min %g is above local-crop-max %g: give the smaller one first", min, max)
	}
	info, err := findEncoder(b.Config.Encoder)
	if err != nil {
		return err
	}
	c := Crops{b.Int("local-views"), size, size, min, max}
	switch whole := b.Images; {
	case size == 0 && info.AnySize:
		c.H, c.W = (whole.H+1)/2, (whole.W+1)/2
	case size == 0:
		c.H, c.W = whole.H, whole.W
	case !info.AnySize && c.Views > 0 && (size != whole.H || size != whole.W):
		return fmt.Errorf("the encoder %s takes images of one size only: set local-size or local-views to 0", info.Name)
	}
	b.Local = c
	return nil
}

// Learn adds a part whose parameters the optimiser changes. Name prefixes its tensors in the checkpoint.
func (b *Build) Learn(name string, p nn.Part) {
	b.trainer.extra = append(b.trainer.extra, extra{name, p, true})
}

// Keep adds a part that is saved in the checkpoint but not changed by the optimiser.
func (b *Build) Keep(name string, p nn.Part) {
	b.trainer.extra = append(b.trainer.extra, extra{name, p, false})
}

// Note tells the user what was decided for this run, in one sentence.
func (b *Build) Note(format string, args ...any) {
	b.trainer.Notes = append(b.trainer.Notes, fmt.Sprintf(format, args...))
}

// Twin returns a new encoder and head of the same shape and with the same numbers, for a momentum encoder. Its
// parameters want no gradient, and since it does not learn it skips no blocks.
func (b *Build) Twin() (nn.Encoder, nn.Sequence, error) {
	whole := b.Config.Clone()
	whole.Values["drop-path"] = 0.0
	encoder, head, err := parts(whole, b.trainer.Input, &b.Random, b.trainer.still)
	if err != nil {
		return nil, nil, err
	}
	nn.Copy(encoder, b.Encoder)
	nn.Copy(head, b.Head)
	for _, p := range append(nn.Parameters(encoder), nn.Parameters(head)...) {
		p.Freeze(true)
	}
	return encoder, head, nil
}

// Sibling returns a new encoder and head of the same shape, for views of another kind.
func (b *Build) Sibling() (nn.Encoder, nn.Sequence, error) {
	return parts(b.Config, b.trainer.Input, &b.Random, b.trainer.still)
}

// Step is one step of training as its objective sees it.
type Step struct {
	Config
	Tape    *ad.Tape
	Index   int     // steps before this one in the run
	Total   int     // steps of the whole run
	Epoch   int     // epochs before this one
	Samples []int32 // [n], which training image each row shows
	Labels  []int32 // [n], class of each image; nil when unlabelled

	trainer *Trainer
	views   int
	images  *ad.Value // [views·n, h, w, c]
	h, z    *ad.Value // of all views in one pass, so that batch statistics see every view
}

// Size returns the number of images in the batch.
func (s *Step) Size() int { return len(s.Samples) }

// Views returns the number of views of each image.
func (s *Step) Views() int { return s.views }

// Encode returns representations h [n, Dim] and projections z [n, Width] of images [n, h, w, c] in a pass of their own.
func (s *Step) Encode(images *ad.Value) (h, z *ad.Value) {
	s.trainer.at(StageEncoder)
	h = s.trainer.Encoder.Forward(s.Tape, images)
	return h, s.ProjectFrom(h)
}

// ProjectFrom returns the head's projections z [n, Width] of representations h [n, Dim] that came about in another way.
func (s *Step) ProjectFrom(h *ad.Value) *ad.Value {
	if len(s.trainer.Head) > 0 {
		s.trainer.at(StageHead)
	}
	return s.trainer.Head.Forward(s.Tape, h)
}

// Images returns view v of each image [n, h, w, c].
func (s *Step) Images(v int) *ad.Value { return s.View(s.images, v) }

// AllImages returns all views, one after the other [views·n, h, w, c].
func (s *Step) AllImages() *ad.Value { return s.images }

// Local returns the number of local views of each image.
func (s *Step) Local() int { return s.trainer.loader.Plan.Local.Views }

// LocalImages returns all local views, one after the other [Local·n, h, w, c]. There must be some.
func (s *Step) LocalImages() *ad.Value {
	l := s.trainer.loader
	return s.Tape.Input(l.local, l.Plan.Local.Views*s.Size(), l.Plan.Local.H, l.Plan.Local.W, l.set.C)
}

// representations returns the encoder's h of all views, one after the other [views·n, Dim].
func (s *Step) representations() *ad.Value {
	if s.h == nil {
		s.trainer.at(StageEncoder)
		s.h = s.kept(s.trainer.Encoder.Forward(s.Tape, s.images))
	}
	return s.h
}

// Project returns the head's projection z of view v [n, Width].
func (s *Step) Project(v int) *ad.Value { return s.View(s.AllProjections(), v) }

// AllProjections returns z of all views, one after the other [views·n, Width].
func (s *Step) AllProjections() *ad.Value {
	if s.z == nil {
		s.z = s.kept(s.ProjectFrom(s.representations()))
	}
	return s.z
}

// kept makes a value's gradient readable after the step, where it is asked for.
func (s *Step) kept(v *ad.Value) *ad.Value {
	if s.trainer.keepGradients {
		v.KeepGrad()
	}
	return v
}

// View returns the rows of view v of a value that holds all views one after the other.
func (s *Step) View(x *ad.Value, v int) *ad.Value {
	n := s.Size()
	if v < 0 || v >= s.views {
		panic(fmt.Sprintf("train: view %d of %d", v, s.views))
	}
	return s.Tape.SliceRows(x, v*n, (v+1)*n)
}

// Epoch is what an objective sees before an epoch.
type Epoch struct {
	Config
	Index   int // epochs before this one
	Images  *data.Set
	Random  random.Stream
	trainer *Trainer
}

// At tells that a stage begins, StageEpoch where the objective has something to do.
func (e *Epoch) At(stage Stage) { e.trainer.at(stage) }

// Represent returns h [n, Dim] of every training image, in evaluation mode.
func (e *Epoch) Represent() []float32 {
	h, _ := e.trainer.Embed(e.Images, everything(e.Images.Len()))
	return h
}

// Project returns z [n, Width] of every training image, in evaluation mode.
func (e *Epoch) Project() []float32 {
	_, z := e.trainer.Embed(e.Images, everything(e.Images.Len()))
	return z
}

// Forget clears what the optimiser remembers of the part that Learn was given under the name, as after its parameters
// were made anew.
func (e *Epoch) Forget(name string) {
	e.trainer.optimiser.Visit(nn.Visitor{Buffer: func(of string, data []float32, _ ...int) {
		if strings.HasPrefix(of, name+".") {
			clear(data)
		}
	}})
}

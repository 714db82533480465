package train

import (
	"pushpull/core/augment"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/random"
)

// Streams of random numbers, told apart by the first part of their path.
const (
	streamInit uint64 = iota
	streamOrder
	streamViews
	streamBuild
	streamEpoch
	streamProbe
)

// options returns the strengths of the views that the configuration asks for.
func options(c Config) augment.Options {
	o := augment.SimCLROptions()
	if c.Text("augment") == "digits" {
		o = augment.DigitsOptions()
	}
	o.CropMin, o.FlipProb, o.Rotate = c.Float("crop-min"), c.Float("flip"), c.Float("rotate")
	o.JitterProb, o.Jitter = c.Float("jitter-prob"), c.Float("jitter")
	o.GrayProb, o.BlurProb = c.Float("gray-prob"), c.Float("blur-prob")
	return o
}

// pipeline returns random views of a configuration with the strengths o.
func pipeline(c Config, o augment.Options) augment.Pipeline {
	switch c.Text("augment") {
	case "none":
		return nil
	case "digits":
		return augment.Digits(o)
	}
	return augment.SimCLR(o)
}

// Loader makes batches of views of a set's images. How a view is made derives from the seed, the epoch, the image and the
// view alone.
type Loader struct {
	plan      Plan
	set       *data.Set
	mean, std []float32
	seed      uint64
	epoch     int
	samples   []int32 // of the batch
	source    [][]float32
	batch     []float32 // [views·n, h, w, c]
	local     []float32 // [local views·n, their h, their w, c]

	global, mild, small augment.Pipeline // of the views, the weak ones and the local ones
}

// Plan tells what a batch is made of.
type Plan struct {
	Images int   // at most
	Views  int   // of each image, of its own size
	Weak   int   // how many of them, the last ones, are only cropped and mirrored
	Local  Crops // smaller views besides
}

// NewLoader returns a loader of views of the images of s, with the strengths and the seed of c, normalised for in.
func NewLoader(c Config, s *data.Set, in Input, p Plan) *Loader {
	size, small := s.H*s.W*s.C, p.Local.H*p.Local.W*s.C
	l := &Loader{plan: p, set: s, mean: in.Mean, std: in.Std, seed: uint64(c.Int("seed")),
		batch: make([]float32, p.Images*p.Views*size), local: make([]float32, p.Images*p.Local.Views*small)}
	l.configure(c)
	for range kernel.Threads() {
		l.source = append(l.source, make([]float32, size))
	}
	return l
}

// configure sets the strengths of the views.
func (l *Loader) configure(c Config) {
	o := options(c)
	l.global = pipeline(c, o)
	weak := o
	weak.Rotate, weak.JitterProb, weak.GrayProb, weak.BlurProb = 0, 0, 0, 0
	l.mild = pipeline(c, weak)
	rest := o
	rest.CropMin = 1
	crop := augment.Crop{Scale: [2]float32{l.plan.Local.Min, l.plan.Local.Max}, Ratio: o.Ratio}
	l.small = append(augment.Pipeline{{Prob: 1, Op: crop}}, pipeline(c, rest)...)
}

// Load makes views of n images, those that samples names, as they are in the epoch: [views·n, h, w, c], first view 0 of
// each image, then view 1. The next call overwrites them.
func (l *Loader) Load(epoch int, samples []int32) []float32 {
	l.epoch, l.samples = epoch, samples
	n := len(samples)
	kernel.Split(n*(l.plan.Views+l.plan.Local.Views), 4, kernel.Task{Obj: l}, func(t *kernel.Task, worker, lo, hi int) {
		l := t.Obj.(*Loader)
		for row := lo; row < hi; row++ {
			l.view(worker, row)
		}
	})
	return l.batch[:n*l.plan.Views*l.set.H*l.set.W*l.set.C]
}

// view makes one row of the batch, or of the local views after it.
func (l *Loader) view(worker, row int) {
	s, p, n := l.set, l.plan, len(l.samples)
	sample, view := l.samples[row%n], row/n
	source := augment.Image{H: s.H, W: s.W, C: s.C, Pix: l.source[worker]}
	to, pipeline, all := source, l.global, l.batch
	switch {
	case view >= p.Views:
		to.H, to.W = p.Local.H, p.Local.W
		pipeline, all, row = l.small, l.local, row-n*p.Views
	case view >= p.Views-p.Weak:
		pipeline = l.mild
	}
	size := to.H * to.W * to.C
	to.Pix = all[row*size : (row+1)*size]
	s.Image(int(sample), source.Pix)
	if pipeline == nil {
		copy(to.Pix, source.Pix)
	} else {
		r := random.New(l.seed, streamViews, uint64(l.epoch), uint64(sample), uint64(view))
		pipeline.Resized(to, source, &r)
	}
	normalise(to.Pix, l.mean, l.std)
}

// normalise makes pixels [..., c] have mean 0 and deviation 1 over the training set.
func normalise(x, mean, std []float32) {
	switch c := len(mean); c {
	case 3:
		s0, s1, s2 := 1/std[0], 1/std[1], 1/std[2]
		for i := 0; i+2 < len(x); i += 3 {
			x[i] = (x[i] - mean[0]) * s0
			x[i+1] = (x[i+1] - mean[1]) * s1
			x[i+2] = (x[i+2] - mean[2]) * s2
		}
	default:
		for i, v := range x {
			x[i] = (v - mean[i%c]) / std[i%c]
		}
	}
}

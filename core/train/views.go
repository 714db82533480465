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

// loader fills batches with views. Which image a row shows and how its view is made derive from the seed, the epoch,
// the image and the view alone.
type loader struct {
	set       *data.Set
	mean, std []float32
	seed      uint64
	epoch     int
	views     int
	weak      int // of the views, the last ones
	crops     Crops
	order     []int32 // of the epoch
	samples   []int32 // of the batch
	source    [][]float32
	batch     []float32 // [views·n, h, w, c]
	local     []float32 // [crops.Views·n, crops.H, crops.W, c]

	global, mild, small augment.Pipeline // of the views, the weak ones and the local ones
}

func newLoader(c Config, d *data.Dataset, b *Build) *loader {
	s := d.Train
	size := s.H * s.W * s.C
	n := min(c.Int("batch"), s.Len())
	l := &loader{set: s, mean: d.Mean, std: d.Std, seed: uint64(c.Int("seed")), views: b.Views, weak: b.Weak, crops: b.Local,
		order: make([]int32, s.Len()), samples: make([]int32, n), batch: make([]float32, b.Views*n*size),
		local: make([]float32, b.Local.Views*n*b.Local.H*b.Local.W*s.C)}
	l.configure(c)
	for range kernel.Threads() {
		l.source = append(l.source, make([]float32, size))
	}
	return l
}

// configure sets the strengths of the views.
func (l *loader) configure(c Config) {
	o := options(c)
	l.global = pipeline(c, o)
	weak := o
	weak.Rotate, weak.JitterProb, weak.GrayProb, weak.BlurProb = 0, 0, 0, 0
	l.mild = pipeline(c, weak)
	rest := o
	rest.CropMin = 1
	crop := augment.Crop{Scale: [2]float32{l.crops.Min, l.crops.Max}, Ratio: o.Ratio}
	l.small = append(augment.Pipeline{{Prob: 1, Op: crop}}, pipeline(c, rest)...)
}

// shuffle sets the order of an epoch.
func (l *loader) shuffle(epoch int) {
	l.epoch = epoch
	r := random.New(l.seed, streamOrder, uint64(epoch))
	r.Permute(l.order)
}

// load makes the views of batch number index of the epoch.
func (l *loader) load(index int) {
	n := len(l.samples)
	copy(l.samples, l.order[index*n:])
	kernel.Split(n*(l.views+l.crops.Views), 4, kernel.Task{Obj: l}, func(t *kernel.Task, worker, lo, hi int) {
		l := t.Obj.(*loader)
		for row := lo; row < hi; row++ {
			l.view(worker, row)
		}
	})
}

// view makes one row of the batch, or of the local views after it.
func (l *loader) view(worker, row int) {
	s, n := l.set, len(l.samples)
	sample, view := l.samples[row%n], row/n
	source := augment.Image{H: s.H, W: s.W, C: s.C, Pix: l.source[worker]}
	to, pipeline, all := source, l.global, l.batch
	switch {
	case view >= l.views:
		to.H, to.W = l.crops.H, l.crops.W
		pipeline, all, row = l.small, l.local, row-n*l.views
	case view >= l.views-l.weak:
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

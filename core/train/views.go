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

// pipeline returns the random views that the configuration asks for.
func pipeline(c Config) augment.Pipeline {
	o := augment.SimCLROptions()
	if c.Text("augment") == "digits" {
		o = augment.DigitsOptions()
	}
	o.CropMin, o.FlipProb, o.Rotate = c.Float("crop-min"), c.Float("flip"), c.Float("rotate")
	o.JitterProb, o.Jitter = c.Float("jitter-prob"), c.Float("jitter")
	o.GrayProb, o.BlurProb = c.Float("gray-prob"), c.Float("blur-prob")
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
	pipeline  augment.Pipeline
	seed      uint64
	epoch     int
	views     int
	order     []int32 // of the epoch
	samples   []int32 // of the batch
	source    [][]float32
	batch     []float32 // [views·n, h, w, c]
}

func newLoader(d *data.Dataset, c Config, views int) *loader {
	s := d.Train
	size := s.H * s.W * s.C
	n := min(c.Int("batch"), s.Len())
	l := &loader{set: s, mean: d.Mean, std: d.Std, pipeline: pipeline(c), seed: uint64(c.Int("seed")), views: views,
		order: make([]int32, s.Len()), samples: make([]int32, n), batch: make([]float32, views*n*size)}
	for range kernel.Threads() {
		l.source = append(l.source, make([]float32, size))
	}
	return l
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
	kernel.Split(n*l.views, 4, kernel.Task{Obj: l}, func(t *kernel.Task, worker, lo, hi int) {
		l := t.Obj.(*loader)
		for row := lo; row < hi; row++ {
			l.view(worker, row)
		}
	})
}

// view makes one row of the batch.
func (l *loader) view(worker, row int) {
	s, n := l.set, len(l.samples)
	sample, view := l.samples[row%n], row/n
	size := s.H * s.W * s.C
	source, to := l.source[worker], l.batch[row*size:(row+1)*size]
	s.Image(int(sample), source)
	if l.pipeline == nil {
		copy(to, source)
	} else {
		r := random.New(l.seed, streamViews, uint64(l.epoch), uint64(sample), uint64(view))
		l.pipeline.View(to, source, s.H, s.W, s.C, &r)
	}
	normalise(to, l.mean, l.std)
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

package train

import (
	"slices"

	"pushpull/core/augment"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/random"
)

// Loader makes batches of views of a set's images. How a view is made derives from the seed, the epoch, the image and the
// view alone. It must not be copied, and serves one goroutine.
type Loader struct {
	plan      Plan
	set       *data.Set
	mean, std []float32
	seed      uint64
	views     augment.Views
	source    [][]float32 // an image for each worker

	batch         // the one that was loaded last
	next   batch  // the one that Ahead began
	making *batch // one of them
	work   *kernel.Idle
}

// Plan tells what a batch is made of.
type Plan struct {
	Images int   // at most
	Views  int   // of each image, of its own size
	Weak   int   // how many of them, the last ones, are only cropped and mirrored
	Local  Crops // smaller views besides
}

// batch is views of n images.
type batch struct {
	epoch   int
	samples []int32          // [n]
	whole   []float32        // [views·n, h, w, c]
	local   []float32        // [local views·n, their h, their w, c]
	records []augment.Record // [(views + local views)·n]
}

// NewLoader returns a loader of views of the images of s, with the strengths and the seed of c, normalised for in.
func NewLoader(c Config, s *data.Set, in Input, p Plan) *Loader {
	l := &Loader{plan: p, set: s, mean: in.Mean, std: in.Std, seed: uint64(c.Int("seed")), work: kernel.NewIdle()}
	l.batch = l.newBatch()
	l.configure(c)
	return l
}

func (l *Loader) newBatch() batch {
	p := l.plan
	return batch{
		whole:   make([]float32, p.Images*p.Views*l.set.H*l.set.W*l.set.C),
		local:   make([]float32, p.Images*p.Local.Views*p.Local.H*p.Local.W*l.set.C),
		records: make([]augment.Record, p.Images*(p.Views+p.Local.Views)),
	}
}

// configure sets the strengths of the views.
func (l *Loader) configure(c Config) {
	l.work.Finish()
	l.next.samples = nil // made with the old strengths
	l.views = viewsOf(c, l.plan.Local)
}

// Load makes views of n images, those that samples names, as they are in the epoch: [views·n, h, w, c], first view 0 of
// each image, then view 1. The next call overwrites them.
func (l *Loader) Load(epoch int, samples []int32) []float32 {
	l.work.Finish()
	if l.next.epoch == epoch && slices.Equal(l.next.samples, samples) {
		l.batch, l.next = l.next, l.batch
	} else {
		l.start(&l.batch, epoch, samples)
		l.work.Finish()
	}
	l.next.samples = l.next.samples[:0]
	return l.whole[:len(samples)*l.plan.Views*l.set.H*l.set.W*l.set.C]
}

// Ahead begins to make the batch that will be loaded next, wherever workers have nothing else to do. The batch that was
// loaded last stays as it is.
func (l *Loader) Ahead(epoch int, samples []int32) {
	if !kernel.HasIdle() {
		return
	}
	if l.next.whole == nil {
		l.next = l.newBatch()
	}
	l.work.Finish()
	l.start(&l.next, epoch, samples)
}

// start begins to make views in b.
func (l *Loader) start(b *batch, epoch int, samples []int32) {
	for len(l.source) < kernel.Threads() {
		l.source = append(l.source, make([]float32, l.set.H*l.set.W*l.set.C))
	}
	b.epoch, b.samples = epoch, append(b.samples[:0], samples...)
	l.making = b
	l.work.Start(len(samples)*(l.plan.Views+l.plan.Local.Views), 1, kernel.Task{Obj: l}, func(t *kernel.Task, worker, lo, hi int) {
		l := t.Obj.(*Loader)
		for row := lo; row < hi; row++ {
			l.view(l.making, worker, row)
		}
	})
}

// Record tells how view v of image i of the batch was made; local views count on after the others.
func (l *Loader) Record(i, v int) augment.Record { return l.records[v*len(l.samples)+i] }

// pipeline returns how view v of an image is made.
func (l *Loader) pipeline(v int) augment.Pipeline {
	switch whole := l.plan.Views; {
	case v >= whole:
		return l.views.Local
	case v >= whole-l.plan.Weak:
		return l.views.Weak
	case v%2 == 1:
		return l.views.Second
	}
	return l.views.First
}

// view makes one row of the batch, or of the local views after it.
func (l *Loader) view(b *batch, worker, row int) {
	s, p, n := l.set, l.plan, len(b.samples)
	sample, v := b.samples[row%n], row/n
	source := augment.Image{H: s.H, W: s.W, C: s.C, Pix: l.source[worker]}
	to, all, at := source, b.whole, row
	if v >= p.Views {
		to.H, to.W = p.Local.H, p.Local.W
		all, at = b.local, row-n*p.Views
	}
	size := to.H * to.W * to.C
	to.Pix = all[at*size : (at+1)*size]
	s.Image(int(sample), source.Pix)
	if pipeline := l.pipeline(v); pipeline == nil {
		copy(to.Pix, source.Pix)
		b.records[row] = augment.Untouched(s.H, s.W)
	} else {
		r := random.New(l.seed, streamViews, uint64(b.epoch), uint64(sample), uint64(v))
		b.records[row] = pipeline.Resized(to, source, &r)
	}
	normalise(to.Pix, l.mean, l.std)
}

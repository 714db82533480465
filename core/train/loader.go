package train

import (
	"slices"

	"pushpull/core/augment"
	"pushpull/core/data"
	"pushpull/core/kernel"
)

// Loader makes batches of views of a set's images. How a view is made derives from the seed, the epoch, the image and the
// view alone. It must not be copied, and serves one goroutine.
type Loader struct {
	recipe
	set     *data.Set
	workers []worker

	batch         // the one that was loaded last
	next   batch  // the one that Ahead began
	making *batch // one of them
	work   *kernel.Idle
	order  order // to a helper that makes the next one; without one, idle workers do
}

// worker is the memory of one that makes views.
type worker struct {
	image   []float32
	scratch augment.Scratch
}

// Plan tells what a batch is made of.
type Plan struct {
	Images int   // at most
	Views  int   // of each image, of its own size
	Weak   int   // how many of them, the last ones, are only cropped, mirrored and gray at times
	Local  Crops // smaller views besides
}

// NewLoader returns a loader of views of the images of s, with the strengths and the seed of c, normalised for in.
func NewLoader(c Config, s *data.Set, in Input, p Plan) *Loader {
	l := &Loader{set: s, work: kernel.NewIdle()}
	l.recipe = recipe{Seed: uint64(c.Int("seed")), Plan: p, H: s.H, W: s.W, C: s.C, Mean: in.Mean, Std: in.Std}
	l.batch = l.newBatch(p.Images)
	l.configure(c)
	return l
}

// configure sets the strengths of the views.
func (l *Loader) configure(c Config) {
	l.work.Finish()
	l.next.samples = nil // made with the old strengths
	l.Kind, l.Strengths = c.Text("augment"), strengths(c)
	l.prepare()
	l.order.recipe = nil
}

// Load makes views of n images, those that samples names, as they are in the epoch: [views·n, h, w, c], first view 0 of
// each image, then view 1. The next call overwrites them.
func (l *Loader) Load(epoch int, samples []int32) []float32 {
	l.work.Finish()
	if l.next.epoch == epoch && slices.Equal(l.next.samples, samples) && l.order.deliver(&l.recipe, &l.next) {
		l.batch, l.next = l.next, l.batch
	} else {
		l.start(&l.batch, epoch, samples)
		l.work.Finish()
	}
	l.next.samples = l.next.samples[:0]
	return l.whole[:len(samples)*l.Plan.Views*l.H*l.W*l.C]
}

// Ahead begins to make the batch that will be loaded next, on a helper, or wherever workers have nothing else to do. The
// batch that was loaded last stays as it is.
func (l *Loader) Ahead(epoch int, samples []int32) {
	if l.order.helper == nil && !kernel.HasIdle() {
		return
	}
	if l.next.whole == nil {
		l.next = l.newBatch(l.Plan.Images)
	}
	l.work.Finish()
	if l.order.helper != nil {
		l.next.epoch, l.next.samples = epoch, append(l.next.samples[:0], samples...)
		l.order.place(&l.recipe, &l.next, l.set)
		return
	}
	l.start(&l.next, epoch, samples)
}

// start begins to make views in b.
func (l *Loader) start(b *batch, epoch int, samples []int32) {
	for len(l.workers) < kernel.Threads() {
		l.workers = append(l.workers, worker{image: make([]float32, l.H*l.W*l.C)})
	}
	b.epoch, b.samples = epoch, append(b.samples[:0], samples...)
	l.making = b
	l.work.Start(l.rows(len(samples)), 1, kernel.Task{Obj: l}, func(t *kernel.Task, worker, lo, hi int) {
		l := t.Obj.(*Loader)
		w := &l.workers[worker]
		for row := lo; row < hi; row++ {
			l.set.Image(int(l.making.samples[row%len(l.making.samples)]), w.image)
			l.view(l.making, row, w.image, &w.scratch)
		}
	})
}

// Record tells how view v of image i of the batch was made; local views count on after the others.
func (l *Loader) Record(i, v int) augment.Record { return l.records[v*len(l.samples)+i] }

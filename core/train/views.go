package train

import (
	"pushpull/core/augment"
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

// strengths returns the strengths of the views that the configuration asks for.
func strengths(c Config) augment.Strengths {
	s := augment.Strengths{}
	for _, p := range Params {
		if p.Group != "views" {
			continue
		}
		switch v := c.Values[p.Key].(type) {
		case float64:
			s[p.Key] = v
		case int:
			s[p.Key] = float64(v)
		}
	}
	return s
}

// recipe is all that views derive from besides images, their numbers and the epoch. Once prepared, it makes views on any
// number of goroutines.
type recipe struct {
	Kind      string // see augment.Presets
	Strengths augment.Strengths
	Seed      uint64
	Plan      Plan
	H, W, C   int       // of the images
	Mean, Std []float32 // to normalise by; without Mean pixels stay from 0 to 1

	views augment.Views
}

// prepare makes the pipelines.
func (r *recipe) prepare() {
	preset, ok := augment.FindPreset(r.Kind)
	if !ok {
		panic("train: there are no views of the kind " + r.Kind)
	}
	v := preset.Views(r.Strengths)
	local := r.Plan.Local
	small := augment.Crop{Scale: [2]float32{local.Min, local.Max}, Ratio: augment.Ratio}
	v.Local = append(augment.Pipeline{{Prob: 1, Op: small}}, v.Local...)
	r.views = v
}

// pipeline returns how view v of an image is made.
func (r *recipe) pipeline(v int) augment.Pipeline {
	switch whole := r.Plan.Views; {
	case v >= whole:
		return r.views.Local
	case v >= whole-r.Plan.Weak:
		return r.views.Weak
	case v%2 == 1:
		return r.views.Second
	}
	return r.views.First
}

// batch is views of n images.
type batch struct {
	epoch   int
	samples []int32          // [n]
	whole   []float32        // [views·n, h, w, c]
	local   []float32        // [local views·n, their h, their w, c]
	records []augment.Record // [(views + local views)·n]
}

// newBatch returns a batch of n images without views.
func (r *recipe) newBatch(n int) batch {
	local := r.Plan.Local
	return batch{
		whole:   make([]float32, n*r.Plan.Views*r.H*r.W*r.C),
		local:   make([]float32, n*local.Views*local.H*local.W*r.C),
		records: make([]augment.Record, n*(r.Plan.Views+local.Views)),
	}
}

// rows returns the number of views of n images.
func (r *recipe) rows(n int) int { return n * (r.Plan.Views + r.Plan.Local.Views) }

// view makes and returns one row of the batch, or of the local views after it, of its image.
func (r *recipe) view(b *batch, row int, image []float32, s *augment.Scratch) augment.Image {
	n := len(b.samples)
	sample, v := b.samples[row%n], row/n
	source := augment.Image{H: r.H, W: r.W, C: r.C, Pix: image}
	to, all, at := source, b.whole, row
	if v >= r.Plan.Views {
		to.H, to.W = r.Plan.Local.H, r.Plan.Local.W
		all, at = b.local, row-n*r.Plan.Views
	}
	size := to.H * to.W * to.C
	to.Pix = all[at*size : (at+1)*size]
	if pipeline := r.pipeline(v); pipeline == nil {
		copy(to.Pix, source.Pix)
		b.records[row] = augment.Untouched(r.H, r.W)
	} else {
		stream := random.New(r.Seed, streamViews, uint64(b.epoch), uint64(sample), uint64(v))
		b.records[row] = pipeline.View(to, source, &stream, s)
	}
	if r.Mean != nil {
		augment.Normalize(to, to, r.Mean, r.Std)
	}
	return to
}

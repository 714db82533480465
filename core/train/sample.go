package train

import (
	"pushpull/core/augment"
	"pushpull/core/random"
)

// streamSample is told apart from the streams of training.
const streamSample = streamProbe + 1

// SampleView makes one of the views that training makes of image, of any draw: dst gets its pixels [h, w, c], from 0 to 1,
// and src those of the image. Draws differ from those of training, which this does not disturb.
func (t *Trainer) SampleView(dst, src []float32, image int, view, draw uint64) augment.Record {
	s := t.Data.Train
	s.Image(image, src)
	pipeline := t.loader.pipeline(int(view))
	if pipeline == nil {
		copy(dst, src)
		return augment.Untouched(s.H, s.W)
	}
	r := random.New(t.loader.Seed, streamSample, draw, uint64(image), view)
	return pipeline.View(dst, src, s.H, s.W, s.C, &r)
}

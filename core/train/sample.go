package train

import "pushpull/core/augment"

// View is a view of an image, from 0 to 1, and how it was made.
type View struct {
	augment.Image
	Record augment.Record
}

// SampleViews returns a training image and all views that a step makes of it, the local ones last, as training makes them
// but for the normalising of pixels. Draws differ from those of training, which this does not disturb.
func (t *Trainer) SampleViews(image int, draw uint32) (source augment.Image, views []View) {
	r := t.loader.recipe
	r.Mean = nil
	source = augment.NewImage(r.H, r.W, r.C)
	t.Data.Train.Image(image, source.Pix)
	b := r.newBatch(1)
	b.epoch, b.samples = -1-int(draw), []int32{int32(image)} // an epoch that training does not have
	var scratch augment.Scratch
	for row := range r.rows(1) {
		views = append(views, View{r.view(&b, row, source.Pix, &scratch), b.records[row]})
	}
	return source, views
}

// Plan returns what a batch is made of.
func (t *Trainer) Plan() Plan { return t.loader.Plan }

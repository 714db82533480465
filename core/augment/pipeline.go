package augment

import (
	"fmt"

	"pushpull/core/random"
)

// Pipeline is a list of steps that makes views. It is not changed by making them and serves any number of goroutines.
type Pipeline []Step

// Step is one operation and the probability with which a view gets it.
type Step struct {
	Prob float32
	Op   Op
}

// Op is an operation whose strength is drawn for each view.
type Op interface {
	apply(v *view)
}

// View makes a view of src in dst, with draws from r, and returns what it did. dst must not be src. Where dst has another
// size, the pipeline must begin with a crop that every view gets.
func (p Pipeline) View(dst, src Image, r *random.Stream, s *Scratch) Record {
	c, n := src.C, dst.H*dst.W*dst.C
	if c != 1 && c != 3 || dst.C != c || len(dst.Pix) != n || len(src.Pix) != src.H*src.W*c || n == 0 || &dst.Pix[0] == &src.Pix[0] {
		panic(fmt.Sprintf("augment.View: %d numbers of [%d, %d, %d] into %d elsewhere of [%d, %d, %d]", len(src.Pix), src.H, src.W, c, len(dst.Pix), dst.H, dst.W, dst.C))
	}
	if (dst.H != src.H || dst.W != src.W) && !p.beginsWithCrop() {
		panic("augment.View: the pipeline does not begin with a crop")
	}
	v := &s.view
	*v = view{Record: Untouched(src.H, src.W), now: src, free: dst, spare: Image{dst.H, dst.W, c, sized(&s.spare, n)}, random: *r, scratch: s}
	for _, step := range p {
		if step.Prob >= 1 || v.random.Bool(step.Prob) {
			step.Op.apply(v)
		}
	}
	if &v.now.Pix[0] != &dst.Pix[0] {
		copy(dst.Pix, v.now.Pix)
	}
	*r = v.random
	record := v.Record
	*v = view{} // keeps no one's memory
	return record
}

func (p Pipeline) beginsWithCrop() bool {
	if len(p) == 0 || p[0].Prob < 1 {
		return false
	}
	_, ok := p[0].Op.(Crop)
	return ok
}

// view is a view in the making. Its images take turns: now is read, free is written, and then they change places. The
// source takes part only until it has been read once.
type view struct {
	Record
	now, free, spare Image
	random           random.Stream
	scratch          *Scratch
}

// next makes the image that was just written to free the present one.
func (v *view) next() {
	old := v.now
	v.now = v.free
	v.free = old
	if v.spare.Pix != nil { // old is the source, which is not to be written
		v.free, v.spare = v.spare, Image{}
	}
}

// edit returns the present image for changes in place.
func (v *view) edit() Image {
	if v.spare.Pix != nil {
		copy(v.free.Pix, v.now.Pix)
		v.next()
	}
	return v.now
}

// affine shows the present image through the matrix.
func (v *view) affine(m Matrix) {
	Affine(v.free, v.now, m, true)
	v.Place = v.Place.After(m)
	v.next()
}

// around draws a factor from 1-x to 1+x, but not below 0.
func (v *view) around(x float32) float32 { return v.random.Uniform(max(0, 1-x), 1+x) }

package augment

import (
	"fmt"
	"sync"

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

// Record tells what was done to make a view: enough to draw its box on the source and to explain its colours. A step
// that the view did not get leaves the value that changes nothing.
type Record struct {
	Box                              Box     // what of the source is seen
	FlipH, FlipV                     bool    // mirrored
	Angle                            float32 // turned counter-clockwise, degrees
	Brightness, Contrast, Saturation float32 // factors; 1 when unchanged
	Hue                              float32 // turns
	Gray                             bool
	Blur                             float32 // standard deviation, pixels
	Solarized                        bool
}

// View makes a view of src [h, w, c] in dst, of the same size, with draws from r, and returns what it did. dst must not
// be src. It allocates nothing once its working memory is there.
func (p Pipeline) View(dst, src []float32, h, w, c int, r *random.Stream) Record {
	return p.Resized(Image{h, w, c, dst}, Image{h, w, c, src}, r)
}

// Resized is View into an image of another size, for which the pipeline must begin with a crop that every view gets.
func (p Pipeline) Resized(dst, src Image, r *random.Stream) Record {
	c, n := src.C, dst.H*dst.W*dst.C
	if c != 1 && c != 3 || dst.C != c || len(dst.Pix) != n || len(src.Pix) != src.H*src.W*c || n == 0 || &dst.Pix[0] == &src.Pix[0] {
		panic(fmt.Sprintf("augment.View: %d numbers of [%d, %d, %d] into %d elsewhere of [%d, %d, %d]", len(src.Pix), src.H, src.W, c, len(dst.Pix), dst.H, dst.W, dst.C))
	}
	if (dst.H != src.H || dst.W != src.W) && !p.beginsWithCrop() {
		panic("augment.Resized: the pipeline does not begin with a crop")
	}
	v := views.Get().(*view)
	v.random = *r
	v.Record = Record{Box: Box{0, 0, src.H, src.W}, Brightness: 1, Contrast: 1, Saturation: 1}
	v.now, v.free, v.spare = src, dst, Image{dst.H, dst.W, c, v.memory(n)}
	for _, s := range p {
		if s.Prob >= 1 || v.random.Bool(s.Prob) {
			s.Op.apply(v)
		}
	}
	if &v.now.Pix[0] != &dst.Pix[0] {
		copy(dst.Pix, v.now.Pix)
	}
	*r = v.random
	record := v.Record
	v.now, v.free, v.spare = Image{}, Image{}, Image{} // keeps no one's memory
	views.Put(v)
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
	scratch          Scratch
	buffer           []float32
}

var views = sync.Pool{New: func() any { return new(view) }}

func (v *view) memory(n int) []float32 {
	if cap(v.buffer) < n {
		v.buffer = make([]float32, n)
	}
	return v.buffer[:n]
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

// Crop cuts a random box and resizes it to the size of the view.
type Crop struct {
	Scale [2]float32 // share of the image's area
	Ratio [2]float32 // width / height
}

func (o Crop) apply(v *view) {
	v.Box = RandomBox(v.now.H, v.now.W, o.Scale, o.Ratio, &v.random)
	ResizedCrop(v.free, v.now, v.Box, true, &v.scratch)
	v.next()
}

// Rotate turns by a random angle of at most so many degrees; the corners become black.
type Rotate struct{ Degrees float32 }

func (o Rotate) apply(v *view) {
	v.Angle = v.random.Uniform(-o.Degrees, o.Degrees)
	Affine(v.free, v.now, Rotation(v.Angle), true)
	v.next()
}

// Mirror mirrors left and right.
type Mirror struct{}

func (Mirror) apply(v *view) {
	img := v.edit()
	FlipH(img, img)
	v.FlipH = !v.FlipH
}

// Jitter changes brightness, contrast and saturation by factors from 1-x to 1+x, but not below 0, and the hue by -x to
// +x turns, in random order.
type Jitter struct{ Brightness, Contrast, Saturation, Hue float32 }

func (o Jitter) apply(v *view) {
	r := &v.random
	around := func(x float32) float32 { return r.Uniform(max(0, 1-x), 1+x) }
	v.Brightness, v.Contrast, v.Saturation = around(o.Brightness), around(o.Contrast), around(o.Saturation)
	v.Hue = r.Uniform(-o.Hue, o.Hue)
	all := [4]Change{{Brightness, v.Brightness}, {Contrast, v.Contrast}, {Saturation, v.Saturation}, {Hue, v.Hue}}
	var order [4]int32
	r.Permute(order[:])
	var list [4]Change
	for i, k := range order {
		list[i] = all[k]
	}
	Recolour(v.edit(), list[:]...)
	if v.now.C == 1 {
		v.Saturation, v.Hue = 1, 0
	}
}

// ToGray makes every channel the gray image.
type ToGray struct{}

func (ToGray) apply(v *view) {
	Recolour(v.edit(), Change{Kind: Gray})
	v.Gray = true
}

// Blur blurs with a standard deviation drawn from Sigma, in pixels.
type Blur struct{ Sigma [2]float32 }

func (o Blur) apply(v *view) {
	v.Record.Blur = v.random.Uniform(o.Sigma[0], o.Sigma[1])
	if v.Record.Blur <= 0 {
		return
	}
	size := 2*int(2*v.Record.Blur+0.99) + 1 // two deviations to either side, rounded up
	GaussianBlur(v.free, v.now, size, size, v.Record.Blur, &v.scratch)
	v.next()
}

package augment

import (
	"fmt"
	"math"

	"pushpull/core/kernel"
	"pushpull/core/random"
)

// Box is a rectangle of an image, in pixels.
type Box struct{ Top, Left, Height, Width int }

// within says whether the box lies in an h x w image.
func (b Box) within(h, w int) bool {
	return b.Top >= 0 && b.Left >= 0 && b.Height >= 0 && b.Width >= 0 && b.Top+b.Height <= h && b.Left+b.Width <= w
}

// RandomBox draws a box of an h x w image whose share of the area lies in scale and whose width/height lies in ratio,
// uniformly in area, in the logarithm of the ratio, and in place. Where ten draws do not fit it returns the largest
// centred box with a ratio as near as possible (the rule of torchvision's RandomResizedCrop).
func RandomBox(h, w int, scale, ratio [2]float32, r *random.Stream) Box {
	if b, fits := fittingBox(h, w, scale, ratio, r); fits {
		return b
	}
	bh, bw := h, w
	switch whole := float64(w) / float64(h); {
	case whole < float64(ratio[0]):
		bh = min(h, max(1, int(math.RoundToEven(float64(w)/float64(ratio[0])))))
	case whole > float64(ratio[1]):
		bw = min(w, max(1, int(math.RoundToEven(float64(h)*float64(ratio[1])))))
	}
	return Box{(h - bh) / 2, (w - bw) / 2, bh, bw}
}

// fittingBox is RandomBox that tells whether one of the ten draws fits.
func fittingBox(h, w int, scale, ratio [2]float32, r *random.Stream) (b Box, fits bool) {
	lo, hi := math.Log(float64(ratio[0])), math.Log(float64(ratio[1]))
	for range 10 {
		area := float64(h*w) * float64(r.Uniform(scale[0], scale[1]))
		aspect := math.Exp(lo + (hi-lo)*float64(r.Float32()))
		bw := int(math.RoundToEven(math.Sqrt(area * aspect)))
		bh := int(math.RoundToEven(math.Sqrt(area / aspect)))
		if 0 < bw && bw <= w && 0 < bh && bh <= h {
			top := r.IntN(h - bh + 1)
			return Box{top, r.IntN(w - bw + 1), bh, bw}, true
		}
	}
	return Box{}, false
}

// ResizedCrop resizes the box of src to the size of dst, bilinearly between pixel centres with the box's edge pixels
// repeated. With antialias the triangle filter is widened by the factor of shrinking; when enlarging that changes
// nothing. dst must not be src.
func ResizedCrop(dst, src Image, box Box, antialias bool, s *Scratch) {
	c := src.C
	if !box.within(src.H, src.W) || box.Height == 0 || box.Width == 0 || dst.C != c || len(src.Pix) != src.H*src.W*c || len(dst.Pix) != dst.H*dst.W*c {
		panic(fmt.Sprintf("augment.ResizedCrop: box %v of [%d, %d, %d] into [%d, %d, %d]", box, src.H, src.W, c, dst.H, dst.W, dst.C))
	}
	s.columns.set(box.Width, src.W, dst.W, antialias)
	s.rows.set(box.Height, src.H, dst.H, antialias)
	tmp := s.floats(src.H * dst.W * c)[:box.Height*dst.W*c] // enough for any box, so that a later one needs no more
	s.columns.Columns(tmp, src.Pix[(box.Top*src.W+box.Left)*c:], src.W*c, box.Width, c)
	s.rows.Rows(dst.Pix, tmp, dst.W*c)
}

// place returns the matrix of a resized crop of an h x w image.
func (b Box) place(h, w int, dst Image) Matrix {
	x, y := float32(b.Left)+float32(b.Width)/2-float32(w)/2, float32(b.Top)+float32(b.Height)/2-float32(h)/2
	return Matrix{float32(b.Width) / float32(dst.W), 0, x, 0, float32(b.Height) / float32(dst.H), y}
}

// Crop cuts a random box and resizes it to the size of the view.
type Crop struct {
	Scale [2]float32 // share of the image's area
	Ratio [2]float32 // width / height
}

func (o Crop) apply(v *view) {
	v.Box = RandomBox(v.now.H, v.now.W, o.Scale, o.Ratio, &v.random)
	ResizedCrop(v.free, v.now, v.Box, true, v.scratch)
	v.Place = v.Place.After(v.Box.place(v.now.H, v.now.W, v.free))
	v.next()
}

// filter resizes one axis.
type filter struct{ kernel.Resample }

// set prepares a filter from in to out pixels, in memory that serves any in up to most. Every output has the same number of
// taps, the last ones of weight 0 where it needs fewer.
func (f *filter) set(in, most, out int, antialias bool) {
	half := func(in int) float64 { // the width of the triangle, in input pixels
		if antialias {
			return math.Max(float64(in)/float64(out), 1)
		}
		return 1
	}
	taps := func(in int) int { return min(int(math.Ceil(2*half(in))), in) }
	scale, width := float64(in)/float64(out), half(in)
	f.Taps = taps(in)
	f.At, f.Weight = sized(&f.At, out), sized(&f.Weight, out*taps(most))[:out*f.Taps]
	for i := range out {
		w := f.Weight[i*f.Taps:][:f.Taps]
		centre := scale*(float64(i)+0.5) - 0.5 // in input pixels, whose centres are whole numbers
		first := min(max(int(math.Ceil(centre-width)), 0), in-f.Taps)
		sum := 0.0
		for t := range w {
			sum += triangle(float64(first+t)-centre, width)
		}
		for t := range w {
			w[t] = float32(triangle(float64(first+t)-centre, width) / sum)
		}
		f.At[i] = int32(first)
	}
}

// triangle is the filter's weight at distance d from the centre.
func triangle(d, width float64) float64 { return math.Max(0, 1-math.Abs(d)/width) }

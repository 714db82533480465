package augment

import (
	"fmt"
	"math"

	"pushpull/core/random"
)

// Box is a rectangle of an image, in pixels.
type Box struct{ Top, Left, Height, Width int }

// RandomBox draws a box of an h x w image whose share of the area lies in scale and whose width/height lies in ratio,
// uniformly in area, in the logarithm of the ratio, and in place. Where ten draws do not fit it returns the largest
// centred box with a ratio as near as possible (the rule of torchvision's RandomResizedCrop).
func RandomBox(h, w int, scale, ratio [2]float32, r *random.Stream) Box {
	lo, hi := math.Log(float64(ratio[0])), math.Log(float64(ratio[1]))
	for range 10 {
		area := float64(h*w) * float64(r.Uniform(scale[0], scale[1]))
		aspect := math.Exp(lo + (hi-lo)*float64(r.Float32()))
		bw := int(math.RoundToEven(math.Sqrt(area * aspect)))
		bh := int(math.RoundToEven(math.Sqrt(area / aspect)))
		if 0 < bw && bw <= w && 0 < bh && bh <= h {
			top := r.IntN(h - bh + 1)
			return Box{top, r.IntN(w - bw + 1), bh, bw}
		}
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

// ResizedCrop resizes the box of src to the size of dst, bilinearly between pixel centres with the box's edge pixels
// repeated. With antialias the triangle filter is widened by the factor of shrinking; when enlarging that changes
// nothing. dst must not be src.
func ResizedCrop(dst, src Image, box Box, antialias bool, s *Scratch) {
	c := src.C
	if box.Top < 0 || box.Left < 0 || box.Height <= 0 || box.Width <= 0 || box.Top+box.Height > src.H ||
		box.Left+box.Width > src.W || dst.C != c || len(src.Pix) != src.H*src.W*c || len(dst.Pix) != dst.H*dst.W*c {
		panic(fmt.Sprintf("augment.ResizedCrop: box %v of [%d, %d, %d] into [%d, %d, %d]", box, src.H, src.W, c, dst.H, dst.W, dst.C))
	}
	s.columns.set(box.Width, dst.W, antialias)
	s.rows.set(box.Height, dst.H, antialias)
	tmp := s.floats(box.Height * dst.W * c)
	for i := range box.Height {
		from := src.Pix[((box.Top+i)*src.W+box.Left)*c:][:box.Width*c]
		to := tmp[i*dst.W*c:][:dst.W*c]
		switch {
		case s.columns.taps == 2 && c == 3:
			s.columns.pairs3(to, from)
		case s.columns.taps == 2 && c == 1:
			s.columns.pairs1(to, from)
		default:
			s.columns.row(to, from, c)
		}
	}
	row := dst.W * c
	for i := range dst.H {
		s.rows.mixRows(dst.Pix[i*row:][:row], tmp, i)
	}
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
	ResizedCrop(v.free, v.now, v.Box, true, &v.scratch)
	v.Place = v.Place.After(v.Box.place(v.now.H, v.now.W, v.free))
	v.next()
}

// filter resizes one axis: output i is the sum over t below taps of weight[i*taps+t] times input at[i]+t.
type filter struct {
	taps   int
	at     []int32
	weight []float32
}

// set prepares a filter from in to out pixels. Every output has the same number of taps, the last ones of weight 0
// where it needs fewer.
func (f *filter) set(in, out int, antialias bool) {
	scale := float64(in) / float64(out)
	width := 1.0 // half the width of the triangle, in input pixels
	if antialias {
		width = math.Max(scale, 1)
	}
	f.taps = min(int(math.Ceil(2*width)), in)
	if cap(f.at) < out || cap(f.weight) < out*f.taps {
		f.at, f.weight = make([]int32, out), make([]float32, out*f.taps)
	}
	f.at, f.weight = f.at[:out], f.weight[:out*f.taps]
	for i := range out {
		w := f.weight[i*f.taps:][:f.taps]
		centre := scale*(float64(i)+0.5) - 0.5 // in input pixels, whose centres are whole numbers
		first := min(max(int(math.Ceil(centre-width)), 0), in-f.taps)
		sum := 0.0
		for t := range w {
			sum += triangle(float64(first+t)-centre, width)
		}
		for t := range w {
			w[t] = float32(triangle(float64(first+t)-centre, width) / sum)
		}
		f.at[i] = int32(first)
	}
}

// triangle is the filter's weight at distance d from the centre.
func triangle(d, width float64) float64 { return math.Max(0, 1-math.Abs(d)/width) }

// row resizes one row of c channels.
func (f *filter) row(to, from []float32, c int) {
	for i, at := range f.at {
		w := f.weight[i*f.taps:][:f.taps]
		for k := range c {
			var sum float32
			for t, v := range w {
				sum += v * from[(int(at)+t)*c+k]
			}
			to[i*c+k] = sum
		}
	}
}

// pairs3 is row for two taps and three channels.
func (f *filter) pairs3(to, from []float32) {
	for i, at := range f.at {
		a, b := f.weight[2*i], f.weight[2*i+1]
		p, q := from[3*at:][:6], to[3*i:][:3]
		q[0] = a*p[0] + b*p[3]
		q[1] = a*p[1] + b*p[4]
		q[2] = a*p[2] + b*p[5]
	}
}

// pairs1 is row for two taps and one channel.
func (f *filter) pairs1(to, from []float32) {
	for i, at := range f.at {
		p := from[at:][:2]
		to[i] = f.weight[2*i]*p[0] + f.weight[2*i+1]*p[1]
	}
}

// mixRows writes output row i, the weighted sum of rows of from.
func (f *filter) mixRows(to, from []float32, i int) {
	n := len(to)
	w := f.weight[i*f.taps:][:f.taps]
	from = from[int(f.at[i])*n:]
	if len(w) == 2 {
		a, b := w[0], w[1]
		p, q := from[:n], from[n:][:n]
		for j := range to {
			to[j] = a*p[j] + b*q[j]
		}
		return
	}
	for j := range to {
		to[j] = w[0] * from[j]
	}
	for t, v := range w[1:] {
		p := from[(t+1)*n:][:n]
		for j := range to {
			to[j] += v * p[j]
		}
	}
}

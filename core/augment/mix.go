package augment

import (
	"fmt"
	"math"

	"pushpull/core/random"
)

// Mixup mixes each of the n rows of src [n, d] with its partner, lambda·x[i] + (1-lambda)·x[partner[i]]. Rows are images,
// or labels as shares of the classes. dst must not overlap src.
func Mixup(dst, src []float32, partner []int32, lambda float32) {
	d := rows("Mixup", dst, src, partner)
	for i, p := range partner {
		to, a, b := dst[i*d:][:d], src[i*d:][:d], src[int(p)*d:][:d]
		for j := range to {
			to[j] = lambda*a[j] + (1-lambda)*b[j]
		}
	}
}

// CutMix copies each of the n images of src [n, h, w, c], with the box from its partner in src as it was. It returns
// the share of each image that is its own: the lambda with which to mix the labels. dst must not overlap src.
func CutMix(dst, src []float32, partner []int32, h, w, c int, box Box) (lambda float32) {
	d := rows("CutMix", dst, src, partner)
	if d != h*w*c || !box.within(h, w) {
		panic(fmt.Sprintf("augment.CutMix: box %v of images [%d, %d, %d] with %d numbers each", box, h, w, c, d))
	}
	copy(dst, src)
	for n, p := range partner {
		for i := box.Top; i < box.Top+box.Height; i++ {
			at := (i*w + box.Left) * c
			copy(dst[n*d+at:][:box.Width*c], src[int(p)*d+at:])
		}
	}
	return 1 - float32(box.Height*box.Width)/float32(h*w)
}

// rows returns the length of a row and panics unless dst and src are whole rows, one for each partner.
func rows(operation string, dst, src []float32, partner []int32) int {
	n := len(partner)
	if n == 0 || len(src)%n != 0 || len(dst) != len(src) || len(src) == 0 || &dst[0] == &src[0] {
		panic(fmt.Sprintf("augment.%s: %d rows, %d numbers into %d that must lie elsewhere", operation, n, len(src), len(dst)))
	}
	return len(src) / n
}

// MixShare draws the lambda of Mixup or CutMix from the distribution Beta(alpha, alpha), alpha > 0: near 0 or 1 where
// alpha is small, near a half where it is large.
func MixShare(alpha float32, r *random.Stream) (lambda float32) {
	x, y := gamma(float64(alpha), r), gamma(float64(alpha), r)
	if x+y == 0 { // alpha is so small that both vanish
		return float32(r.IntN(2))
	}
	return float32(x / (x + y))
}

// gamma draws from the gamma distribution of shape k (Marsaglia and Tsang 2000).
func gamma(k float64, r *random.Stream) float64 {
	if k < 1 {
		u := float64(r.Float32()) + 0x1p-25 // in the middle of its step, not 0
		return gamma(k+1, r) * math.Pow(u, 1/k)
	}
	d := k - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := float64(r.Normal())
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		u := float64(r.Float32()) + 0x1p-25
		if math.Log(u) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// CutBox draws the box of CutMix whose middle lies anywhere in an h x w image and that takes the share 1 - lambda of its
// area, less where an edge cuts it off.
func CutBox(h, w int, lambda float32, r *random.Stream) Box {
	side := math.Sqrt(math.Max(0, 1-float64(lambda)))
	bh, bw := int(side*float64(h)), int(side*float64(w))
	top, left := r.IntN(h)-bh/2, r.IntN(w)-bw/2
	bottom, right := min(h, top+bh), min(w, left+bw)
	top, left = max(0, top), max(0, left)
	return Box{top, left, bottom - top, right - left}
}

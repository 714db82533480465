package augment

import "fmt"

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
	if d != h*w*c || box.Top < 0 || box.Left < 0 || box.Height < 0 || box.Width < 0 || box.Top+box.Height > h || box.Left+box.Width > w {
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

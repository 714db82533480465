package ad

import "pushpull/core/kernel"

// window is the geometry of an operation that slides over images: what it sees at once, how far it moves, and the
// zeros all round.
type window struct{ h, w, stride, pad int }

// windowed returns the result [n, oh, ow, out] of an operation that slides over x [n, h, w, c]. The window is kept in
// the first four numbers of Value.n.
func (t *Tape) windowed(back func(*Value), x, w, b *Value, g window, out int) *Value {
	oh, ow := (x.dims[1]+2*g.pad-g.h)/g.stride+1, (x.dims[2]+2*g.pad-g.w)/g.stride+1
	y := t.node(back, x, w, b, x.dims[0], oh, ow, out)
	y.n = [8]int{g.h, g.w, g.stride, g.pad}
	return y
}

// eachImage calls f for every result of y and every input pixel in its window, with the index of the first channel of
// both and the place within the window, counted in rows. Images are shared among threads: f may write to what belongs
// to the image.
func eachImage(y *Value, f func(y *Value, out, in, place int)) {
	y.tap = f
	kernel.Split(y.dims[0], 1, kernel.Task{Obj: y}, func(t *kernel.Task, _, lo, hi int) {
		y := t.Obj.(*Value)
		slide(y, lo, hi, 0, y.n[0]*y.n[1])
	})
}

// eachPlace is eachImage with the places within the window shared among threads: f may write to what belongs to the
// place.
func eachPlace(y *Value, f func(y *Value, out, in, place int)) {
	y.tap = f
	kernel.Split(y.n[0]*y.n[1], 1, kernel.Task{Obj: y}, func(t *kernel.Task, _, lo, hi int) {
		y := t.Obj.(*Value)
		slide(y, 0, y.dims[0], lo, hi)
	})
}

// slide calls y.tap for images from first to last−1 and places from lo to hi−1.
func slide(y *Value, first, last, lo, hi int) {
	x, out := y.in[0], y.dims[3]
	g := window{y.n[0], y.n[1], y.n[2], y.n[3]}
	for image := first; image < last; image++ {
		for place := lo; place < hi; place++ {
			for i := range y.dims[1] {
				r := i*g.stride + place/g.w - g.pad
				if r < 0 || r >= x.dims[1] {
					continue
				}
				for j := range y.dims[2] {
					if s := j*g.stride + place%g.w - g.pad; s >= 0 && s < x.dims[2] {
						y.tap(y, ((image*y.dims[1]+i)*y.dims[2]+j)*out, ((image*x.dims[1]+r)*x.dims[2]+s)*x.dims[3], place)
					}
				}
			}
		}
	}
}

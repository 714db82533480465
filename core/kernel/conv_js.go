//go:build wasmkernel

package kernel

import "unsafe"

// grid mirrors Grid of wasm/conv.c: a grid of places in an image, and the patch that each of them sees.
type grid struct {
	h, w, c        int32 // image
	top, left      int32 // place (0, 0) sees the image from (-top, -left) on
	kh, kw, stride int32 // patch
	gh, gw         int32 // places
	band           int32 // rows of places in a block
}

// canvas returns the number of floats in the padded lines of the image that a block sees.
func (g *grid) canvas() int {
	return int(g.band * max(g.stride, g.kh) * ((g.gw-1)*g.stride + g.kw) * g.c)
}

// Places in a block of wasm/conv.c, at most (ROWS and KC there). A wider grid is cut.
const (
	blockPlaces  = 192
	columnPlaces = 384
)

// wasmCorrelate mirrors Correlate of wasm/conv.c.
type wasmCorrelate struct {
	x, b, y                       unsafe.Pointer
	grid
	n                             int32
	imageStep, rowStep, placeStep int32
	add                           int32
}

// run computes the job for images [n] at x, into y from element `at` on.
func (j *wasmCorrelate) run(images int, x, packed, y []float32, at int, scratchFor func(extra int) (unsafe.Pointer, int32)) {
}

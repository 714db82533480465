package augment

import "fmt"

// Symmetry is one of the eight ways to lay a square onto itself: bits say whether left and right change places, whether top
// and bottom do, and whether rows and columns do before that. 0 leaves the picture as it is.
type Symmetry uint8

// The parts of a symmetry.
const (
	SwapSides Symmetry = 1 << iota
	SwapEnds
	Transpose

	symmetries = 8
)

// Turn lays the picture onto itself. dst must not be src, and has src's height as width if the symmetry transposes.
func Turn(dst, src Image, s Symmetry) {
	h, w, c := src.H, src.W, src.C
	down, right := w*c, c // steps through src that go down and right in dst
	if s&Transpose != 0 {
		h, w = w, h
		down, right = c, src.W*c
	}
	if s >= symmetries || dst.H != h || dst.W != w || dst.C != c || len(dst.Pix) != h*w*c || len(src.Pix) != h*w*c {
		panic(fmt.Sprintf("augment.Turn: [%d, %d, %d] into [%d, %d, %d] by symmetry %d", src.H, src.W, c, dst.H, dst.W, dst.C, s))
	}
	start := 0
	if s&SwapSides != 0 {
		start += (w - 1) * right
		right = -right
	}
	if s&SwapEnds != 0 {
		start += (h - 1) * down
		down = -down
	}
	for i := range h {
		to := dst.Pix[i*w*c:][:w*c]
		for j := range w {
			copy(to[j*c:][:c], src.Pix[start+i*down+j*right:])
		}
	}
}

// Matrix returns the symmetry as a matrix.
func (s Symmetry) Matrix() Matrix {
	m := identity
	if s&SwapSides != 0 {
		m[0] = -1
	}
	if s&SwapEnds != 0 {
		m[4] = -1
	}
	if s&Transpose != 0 { // the output's x is the input's y
		m[0], m[1], m[3], m[4] = 0, m[4], m[0], 0
	}
	return m
}

// AnySymmetry lays the picture onto itself in one of the eight ways; of an image that is not square, in one of the four
// that keep its shape.
type AnySymmetry struct{}

func (AnySymmetry) apply(v *view) {
	n := symmetries
	if v.now.H != v.now.W {
		n = int(Transpose)
	}
	v.Symmetry = Symmetry(v.random.IntN(n))
	Turn(v.free, v.now, v.Symmetry)
	v.Place = v.Place.After(v.Symmetry.Matrix())
	v.next()
}

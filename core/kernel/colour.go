package kernel

import "math"

// The functions of this file and of resize.go work on one image, whose numbers are from 0 to 1, alone on the caller's
// thread: many images are many calls.

// The weights of red, green and blue in gray.
const GrayR, GrayG, GrayB = 0.2989, 0.587, 0.114

// ScaleClamp replaces each number of x by f x + m, limited to 0 and 1.
func ScaleClamp(x []float32, f, m float32) { use.scaleClamp(x, f, m) }

// Saturate blends each pixel of x [n, 3] with its gray: f x + (1-f) gray, limited to 0 and 1.
func Saturate(x []float32, f float32) {
	must(len(x)%3 == 0, "Saturate", "x is not [n, 3]")
	use.saturate(x, f)
}

// ToGray replaces each pixel of x [n, 3] by its gray.
func ToGray(x []float32) {
	must(len(x)%3 == 0, "ToGray", "x is not [n, 3]")
	use.toGray(x)
}

// TurnHue turns the hue (HSV) of each pixel of x [n, 3] by a number of turns from -1 to 1.
func TurnHue(x []float32, turns float32) {
	must(len(x)%3 == 0, "TurnHue", "x is not [n, 3]")
	use.turnHue(x, turns)
}

func scaleClamp(x []float32, f, m float32) {
	for i, v := range x {
		x[i] = clamp(f*v + m)
	}
}

func saturate(x []float32, f float32) {
	for ; len(x) >= 3; x = x[3:] {
		r, g, b := x[0], x[1], x[2]
		m := (1 - f) * (GrayR*r + GrayG*g + GrayB*b)
		x[0], x[1], x[2] = clamp(f*r+m), clamp(f*g+m), clamp(f*b+m)
	}
}

func toGray(x []float32) {
	for ; len(x) >= 3; x = x[3:] {
		v := GrayR*x[0] + GrayG*x[1] + GrayB*x[2]
		x[0], x[1], x[2] = v, v, v
	}
}

// turnHue: the largest and the smallest channel keep their values and may change places; the third lies between them by
// the fraction of the hue's sixth of the circle. Which is which is looked up and not branched on, since the colours of
// pictures mislead the processor's guesses.
func turnHue(x []float32, turns float32) {
	turn := 6 * turns
	if turn < 0 {
		turn += 6
	}
	whole := int32(turn)
	part := turn - float32(whole) + 1 // 1 more, so that hues are not negative
	for ; len(x) >= 3; x = x[3:] {
		// Bits of numbers that are not negative have the order of the numbers.
		r, g, b := math.Float32bits(x[0]), math.Float32bits(x[1]), math.Float32bits(x[2])
		top := max(r, g, b)
		hi, lo := math.Float32frombits(top), math.Float32frombits(min(r, g, b))
		d := hi - lo
		if d == 0 {
			continue
		}
		p, q, sixth := g, b, whole // the hue's distance from red is that of green and blue, and so on
		if b == top {
			p, q, sixth = r, g, whole+4
		}
		if g == top {
			p, q, sixth = b, r, whole+2
		}
		h := (math.Float32frombits(p)-math.Float32frombits(q))/d + part
		n := int32(h)
		f := d * (h - float32(n))
		value := [4]float32{hi, lo, lo + f, hi - f}
		from := &sixths[uint32(sixth+n+5)%6]
		x[0], x[1], x[2] = value[from[0]&3], value[from[1]&3], value[from[2]&3]
	}
}

// sixths tells for each sixth of the circle whether red, green and blue are the largest channel, 0, the smallest, 1,
// the one that rises above the smallest, 2, or the one that falls from the largest, 3.
var sixths = [6][3]uint8{{0, 2, 1}, {3, 0, 1}, {1, 0, 2}, {1, 3, 0}, {2, 1, 0}, {0, 1, 3}}

// clamp limits x to 0 and 1. It compares the bits, whose order as whole numbers is that of the numbers from 0 on and
// puts what is negative below, because that compiles to no branches.
func clamp(x float32) float32 {
	const one = 0x3f800000
	return math.Float32frombits(uint32(min(max(int32(math.Float32bits(x)), 0), one)))
}

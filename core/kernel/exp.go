package kernel

import "math"

// Exp computes dst = e^x, element by element, within 2e-7 of the true value relatively. 0 gives exactly 1 and -Inf
// exactly 0; results under the smallest normal number may become 0; NaN stays NaN. dst may be x.
func Exp(dst, x []float32) {
	must(len(dst) == len(x), "Exp", "lengths differ")
	each(len(x), grain/4, Task{X: x, Y: dst}, func(t *Task, _, lo, hi int) {
		use.exp(t.Y[lo:hi], t.X[lo:hi])
	})
}

func expEach(dst, x []float32) {
	for i, v := range x {
		dst[i] = exp(v)
	}
}

// expSum computes y = e^(x-shift) and returns the sum of y.
func expSum(y, x []float32, shift float32) float64 {
	var s float64
	for i, v := range x {
		e := exp(v - shift)
		y[i] = e
		s += float64(e)
	}
	return s
}

// The range of exp. Below the lower bound the result is under the smallest normal number, above the upper one it is
// over the largest.
const (
	expMin = -87.33654
	expMax = 88.72284
)

// exp returns e^x as 2^n e^r, where n is x/ln 2 rounded and |r| <= ln 2 / 2. ln 2 is split in two so that n ln 2
// leaves x without rounding. The polynomial is minimax for (e^r - 1 - r)/r².
func exp(x float32) float32 {
	switch {
	case x > expMax:
		return float32(math.Inf(1))
	case x < expMin:
		return 0
	case x != x:
		return x
	}
	const round = 3 << 22 // adding it leaves the nearest whole number in the low bits
	n := x*math.Log2E + round - round
	r := x - n*0.693359375
	r -= n * -2.12194440e-4
	p := float32(1.9875691500e-4)
	p = p*r + 1.3981999507e-3
	p = p*r + 8.3334519073e-3
	p = p*r + 4.1665795894e-2
	p = p*r + 1.6666665459e-1
	p = p*r + 5.0000001201e-1
	p = p*r*r + r + 1
	half := int32(n) >> 1 // 2^128 does not exist, so scale twice
	return p * pow2(half) * pow2(int32(n)-half)
}

// pow2 returns 2^n for n in [-126, 127].
func pow2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

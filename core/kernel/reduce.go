package kernel

import "math"

// Sum returns the sum of x, added up in float64.
func Sum(x []float32) float32 { return float32(use.sum(x)) }

func sum(x []float32) float64 {
	var s [4]float64
	for len(x) >= 4 {
		s[0] += float64(x[0])
		s[1] += float64(x[1])
		s[2] += float64(x[2])
		s[3] += float64(x[3])
		x = x[4:]
	}
	for i, v := range x {
		s[i] += float64(v)
	}
	return s[0] + s[1] + (s[2] + s[3])
}

// Dot returns the inner product of x and y, added up in float64.
func Dot(x, y []float32) float32 {
	must(len(x) == len(y), "Dot", "lengths differ")
	return float32(use.dot(x, y))
}

// SumSquares returns the sum of the squares of x, added up in float64.
func SumSquares(x []float32) float32 { return float32(use.dot(x, x)) }

func dot(x, y []float32) float64 {
	var s [4]float64
	for len(x) >= 4 && len(y) >= 4 {
		s[0] += float64(x[0]) * float64(y[0])
		s[1] += float64(x[1]) * float64(y[1])
		s[2] += float64(x[2]) * float64(y[2])
		s[3] += float64(x[3]) * float64(y[3])
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		s[i] += float64(v) * float64(y[i])
	}
	return s[0] + s[1] + (s[2] + s[3])
}

// norm returns the euclidean length of x.
func norm(x []float32) float32 { return float32(math.Sqrt(use.dot(x, x))) }

// maximum returns the largest number of x, NaN if there is one.
func maximum(x []float32) float32 {
	top := x[0]
	for _, v := range x[1:] {
		top = max(top, v)
	}
	return top
}

package kernel

import (
	"fmt"
	"slices"
	"testing"

	"pushpull/core/random"
)

// uniform returns n numbers from 0 to 1, some of them equal.
func uniform(r *random.Stream, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Float32()
		if i > 0 && r.IntN(5) == 0 {
			x[i] = x[i-1]
		}
	}
	return x
}

// Every implementation changes an image as the plain loops do.
func TestImage(t *testing.T) { eachImplementation(t, testImage) }

func testImage(t *testing.T) {
	r := random.New(20)
	for _, pixels := range []int{0, 1, 2, 3, 4, 7, 33, 1024} {
		x := uniform(&r, 3*pixels)
		for _, f := range []float32{-1, -0.4, -0.1, 0, 0.07, 0.6, 1, 1.4} {
			for name, c := range map[string]struct{ got, want func(x []float32) }{
				"ScaleClamp": {func(x []float32) { ScaleClamp(x, f, 0.2) }, func(x []float32) { scaleClamp(x, f, 0.2) }},
				"Saturate":   {func(x []float32) { Saturate(x, f) }, func(x []float32) { saturate(x, f) }},
				"ToGray":     {ToGray, toGray},
				"TurnHue":    {func(x []float32) { TurnHue(x, min(f, 1)) }, func(x []float32) { turnHue(x, min(f, 1)) }},
			} {
				want := slices.Clone(x)
				c.want(want)
				got, check := guarded(t, len(x), 1)
				copy(got, x)
				c.got(got)
				check()
				near(t, fmt.Sprint(name, " by ", f, " of ", pixels, " pixels"), got, wide(want), 3e-6)
			}
		}
	}
}

func TestResample(t *testing.T) { eachImplementation(t, testResample) }

func testResample(t *testing.T) {
	r := random.New(21)
	for _, s := range []struct{ rows, width, results, taps, c, more int }{
		{1, 1, 1, 1, 3, 0}, {3, 2, 5, 2, 3, 4}, {7, 20, 32, 2, 3, 36}, {7, 20, 13, 2, 1, 0}, {5, 31, 16, 5, 3, 9}, {4, 9, 3, 3, 1, 1}, {2, 6, 8, 1, 2, 0},
	} {
		f := Resample{Taps: s.taps, At: make([]int32, s.results), Weight: normal(&r, s.results*s.taps)}
		for i := range f.At {
			f.At[i] = int32(r.IntN(s.width - s.taps + 1))
		}
		f.At[s.results-1] = int32(s.width - s.taps) // up to the last number
		stride := s.width*s.c + s.more
		x, checkX := guarded(t, (s.rows-1)*stride+s.width*s.c, 2)
		copy(x, normal(&r, len(x)))
		want := make([]float64, s.rows*s.results*s.c)
		for i := range want {
			row, at, k := i/(s.results*s.c), i/s.c%s.results, i%s.c
			for j := range s.taps {
				want[i] += float64(f.Weight[at*s.taps+j]) * float64(x[row*stride+(int(f.At[at])+j)*s.c+k])
			}
		}
		y, check := guarded(t, len(want), 1)
		f.Columns(y, x, stride, s.width, s.c)
		check()
		checkX()
		near(t, fmt.Sprint("columns ", s), y, want, 1e-6)

		n := s.rows*s.c + s.more
		x = normal(&r, s.width*n)
		want = make([]float64, s.results*n)
		for i := range want {
			for j := range s.taps {
				want[i] += float64(f.Weight[i/n*s.taps+j]) * float64(x[(int(f.At[i/n])+j)*n+i%n])
			}
		}
		y, check = guarded(t, len(want), 1)
		f.Rows(y, x, n)
		check()
		near(t, fmt.Sprint("rows ", s), y, want, 1e-6)
	}
}

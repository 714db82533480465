package ad_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/random"
)

// distinct returns numbers at least 0.05 apart, in random order, so that none is near a tie.
func distinct(seed uint64, shape ...int) adtest.Input {
	in := adtest.Random(seed, shape...)
	order := make([]int32, len(in.Data))
	r := random.New(seed)
	r.Permute(order)
	for i, k := range order {
		in.Data[i] = 0.05 * float32(int(k)-len(order)/2)
	}
	return in
}

func poolOps() (ops []operation) {
	for _, s := range []struct{ n, h, w, c, size, stride, pad int }{
		{1, 1, 1, 1, 1, 1, 0},
		{1, 2, 2, 3, 2, 2, 0},
		{2, 5, 4, 3, 2, 2, 0}, // the last row is in no window
		{2, 4, 5, 2, 3, 2, 1},
		{1, 5, 5, 2, 3, 1, 1}, // windows overlap
		{1, 6, 3, 1, 3, 3, 0},
		{1, 4, 2, 2, 2, 2, 1}, // as much padding as there may be
	} {
		oh, ow := (s.h+2*s.pad-s.size)/s.stride+1, (s.w+2*s.pad-s.size)/s.stride+1
		window := func(x []float64, at int, f func(v float64)) {
			k, j, i, image := at%s.c, at/s.c%ow, at/s.c/ow%oh, at/s.c/ow/oh
			for u := range s.size {
				for v := range s.size {
					row, col := i*s.stride+u-s.pad, j*s.stride+v-s.pad
					if row >= 0 && row < s.h && col >= 0 && col < s.w {
						f(x[((image*s.h+row)*s.w+col)*s.c+k])
					}
				}
			}
		}
		x := ins(distinct(1, s.n, s.h, s.w, s.c))
		what := fmt.Sprintf("%s size %d stride %d pad %d", name(x), s.size, s.stride, s.pad)
		ops = append(ops,
			operation{"MaxPool", what, x,
				func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.MaxPool(x[0], s.size, s.stride, s.pad) },
				func(x [][]float64) []float64 {
					y := make([]float64, s.n*oh*ow*s.c)
					for at := range y {
						y[at] = math.Inf(-1)
						window(x[0], at, func(v float64) { y[at] = max(y[at], v) })
					}
					return y
				}},
			operation{"AvgPool", what, x,
				func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.AvgPool(x[0], s.size, s.stride, s.pad) },
				func(x [][]float64) []float64 {
					y := make([]float64, s.n*oh*ow*s.c)
					for at := range y {
						window(x[0], at, func(v float64) { y[at] += v / float64(s.size*s.size) })
					}
					return y
				}},
			operation{"GlobalAvgPool", name(x), x, one((*ad.Tape).GlobalAvgPool), func(x [][]float64) []float64 {
				y := make([]float64, s.n*s.c)
				for at, v := range x[0] {
					y[at/(s.h*s.w*s.c)*s.c+at%s.c] += v / float64(s.h*s.w)
				}
				return y
			}})
	}
	return ops
}

// Of equals the first gets the gradient, and what is not a number shows.
func TestMaxPoolOfEqualsAndNaN(t *testing.T) {
	nan := float32(math.NaN())
	for _, tc := range []struct{ x, want []float32 }{
		{[]float32{1, 7, 7, 7}, []float32{0, 1, 0, 0}},
		{[]float32{7, nan, 8, 1}, []float32{0, 1, 0, 0}},
	} {
		tape := &ad.Tape{}
		x := tape.Variable(tc.x, 1, 2, 2, 1)
		y := tape.MaxPool(x, 2, 2, 0)
		tape.BackwardFrom(y, []float32{1})
		if most := y.Data[0]; most != 7 && most == most || !slices.Equal(x.Grad, tc.want) {
			t.Errorf("%v: %v, gradient %v, want %v", tc.x, most, x.Grad, tc.want)
		}
	}
}

package ad_test

import (
	"fmt"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// conv64 is a convolution in groups from its definition: x [n, h, w, c], k [kh, kw, c/groups, out], b [out] or nil.
func conv64(x, k, b []float64, n, h, w, c, kh, kw, out, stride, pad, groups int) []float64 {
	oh, ow, cin, cout := (h+2*pad-kh)/stride+1, (w+2*pad-kw)/stride+1, c/groups, out/groups
	y := make([]float64, n*oh*ow*out)
	for at := range y {
		o, j, i, image := at%out, at/out%ow, at/out/ow%oh, at/out/ow/oh
		if b != nil {
			y[at] = b[o]
		}
		for u := range kh {
			for v := range kw {
				for l := range cin {
					row, col := i*stride+u-pad, j*stride+v-pad
					if row >= 0 && row < h && col >= 0 && col < w {
						y[at] += x[((image*h+row)*w+col)*c+o/cout*cin+l] * k[((u*kw+v)*cin+l)*out+o]
					}
				}
			}
		}
	}
	return y
}

func convOps() (ops []operation) {
	for _, s := range []struct {
		n, h, w, c, kh, kw, out, stride, pad, groups int
		bias                                         bool
	}{
		{1, 1, 1, 1, 1, 1, 1, 1, 0, 1, true},
		{1, 1, 1, 3, 3, 3, 2, 1, 1, 1, true},
		{2, 5, 4, 3, 3, 3, 5, 1, 1, 1, false},
		{2, 5, 6, 2, 3, 3, 3, 2, 1, 1, true},
		{1, 6, 5, 2, 5, 5, 2, 2, 2, 1, false},
		{2, 3, 4, 5, 1, 1, 7, 1, 0, 1, true},
		{1, 5, 5, 3, 1, 1, 4, 2, 0, 1, false},
		{1, 4, 8, 3, 4, 4, 3, 4, 0, 1, true},
		{1, 5, 7, 2, 2, 3, 2, 1, 0, 1, false}, // windows that are not square, no padding
		{9, 3, 3, 2, 3, 3, 2, 1, 1, 1, true},  // more images than the weight gradient has groups
		{2, 4, 3, 4, 3, 3, 6, 1, 1, 2, true},
		{1, 5, 4, 5, 3, 3, 5, 1, 1, 5, false}, // depthwise
		{2, 5, 5, 3, 3, 3, 3, 2, 1, 3, true},
		{1, 4, 4, 3, 3, 3, 6, 1, 1, 3, false}, // depthwise, two results a channel
		{1, 1, 1, 4, 1, 1, 2, 1, 0, 2, true},
	} {
		in := ins(adtest.Random(1, s.n, s.h, s.w, s.c), adtest.Random(2, s.kh, s.kw, s.c/s.groups, s.out), adtest.Random(3, s.out))
		if !s.bias {
			in = in[:2]
		}
		want := func(x [][]float64) []float64 {
			var b []float64
			if s.bias {
				b = x[2]
			}
			return conv64(x[0], x[1], b, s.n, s.h, s.w, s.c, s.kh, s.kw, s.out, s.stride, s.pad, s.groups)
		}
		bias := func(x []*ad.Value) *ad.Value {
			if s.bias {
				return x[2]
			}
			return nil
		}
		what := fmt.Sprintf("%s stride %d pad %d", name(in), s.stride, s.pad)
		if s.groups == 1 {
			ops = append(ops, operation{"Conv2D", what, in, func(t *ad.Tape, x []*ad.Value) *ad.Value {
				return t.Conv2D(x[0], x[1], bias(x), s.stride, s.pad)
			}, want})
		}
		if s.groups == 1 && !s.bias && s.n > 1 {
			const eps = 0.01
			ops = append(ops, operation{"Conv2DForNorm", what, in, func(t *ad.Tape, x []*ad.Value) *ad.Value {
				t.Training = true
				return t.BatchNorm(t.Conv2DForNorm(x[0], x[1], s.stride, s.pad), nil, nil, nil, nil, 0, eps)
			}, func(x [][]float64) []float64 {
				return normalize64(want(x), s.out, func(i int) int { return i % s.out }, eps)
			}})
		}
		ops = append(ops, operation{"GroupConv2D", fmt.Sprintf("%s groups %d", what, s.groups), in, func(t *ad.Tape, x []*ad.Value) *ad.Value {
			return t.GroupConv2D(x[0], x[1], bias(x), s.stride, s.pad, s.groups)
		}, want})
	}
	return ops
}

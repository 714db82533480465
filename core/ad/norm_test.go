package ad_test

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// normalize64 normalises each set of elements that group gives one number, by mean and biased variance.
func normalize64(x []float64, groups int, group func(i int) int, eps float64) []float64 {
	n, mean, variance := make([]float64, groups), make([]float64, groups), make([]float64, groups)
	for i, v := range x {
		n[group(i)]++
		mean[group(i)] += v
	}
	for i, v := range x {
		g := group(i)
		variance[g] += (v - mean[g]/n[g]) * (v - mean[g]/n[g]) / n[g]
	}
	y := make([]float64, len(x))
	for i, v := range x {
		g := group(i)
		y[i] = (v - mean[g]/n[g]) / math.Sqrt(variance[g]+eps)
	}
	return y
}

// affine64 scales and shifts the columns of x, where gamma and beta are given.
func affine64(x, gamma, beta []float64) []float64 {
	for i := range x {
		if gamma != nil {
			x[i] *= gamma[i%len(gamma)]
		}
		if beta != nil {
			x[i] += beta[i%len(beta)]
		}
	}
	return x
}

func normOps() (ops []operation) {
	const eps = 0.01
	for _, shape := range [][]int{{1, 5}, {2, 1}, {7, 3}, {13, 17}, {3, 2, 4}, {2, 3, 3, 5}} {
		c := shape[len(shape)-1]
		x, gamma, beta := adtest.Random(1, shape...), adtest.Random(2, c), adtest.Random(3, c)
		rows := len(x.Data) / c
		mean, variance := adtest.Random(4, c).Data, adtest.Random(5, c).Positive(0.2).Data
		for _, training := range []bool{true, false} {
			normed := func(x []float64) []float64 {
				if training {
					return normalize64(x, c, func(i int) int { return i % c }, eps)
				}
				y := make([]float64, len(x))
				for i, v := range x {
					y[i] = (v - float64(mean[i%c])) / math.Sqrt(float64(variance[i%c])+eps)
				}
				return y
			}
			m, v := slices.Clone(mean), slices.Clone(variance)
			batchNorm := func(t *ad.Tape, x, gamma, beta *ad.Value) *ad.Value {
				t.Training = training
				copy(m, mean)
				copy(v, variance)
				return t.BatchNorm(x, gamma, beta, m, v, 0.1, eps)
			}
			batchNormReLU := func(t *ad.Tape, x, gamma, beta *ad.Value) *ad.Value {
				t.Training = training
				copy(m, mean)
				copy(v, variance)
				return t.BatchNormReLU(x, gamma, beta, m, v, 0.1, eps)
			}
			relu := func(y []float64) []float64 {
				for i, v := range y {
					y[i] = max(v, 0)
				}
				return y
			}
			mode := map[bool]string{true: "training ", false: "evaluation "}[training]
			all, plain, withSkip := ins(x, gamma, beta), ins(x), ins(x, gamma, beta, adtest.Random(6, shape...))
			ops = append(ops,
				operation{"BatchNorm", mode + name(all), all,
					func(t *ad.Tape, x []*ad.Value) *ad.Value { return batchNorm(t, x[0], x[1], x[2]) },
					func(x [][]float64) []float64 { return affine64(normed(x[0]), x[1], x[2]) }},
				operation{"BatchNormReLU", mode + name(all), all,
					func(t *ad.Tape, x []*ad.Value) *ad.Value { return batchNormReLU(t, x[0], x[1], x[2]) },
					func(x [][]float64) []float64 { return relu(affine64(normed(x[0]), x[1], x[2])) }},
				operation{"BatchNormAddReLU", mode + name(withSkip), withSkip,
					func(t *ad.Tape, x []*ad.Value) *ad.Value {
						t.Training = training
						copy(m, mean)
						copy(v, variance)
						return t.BatchNormAddReLU(x[0], x[1], x[2], x[3], m, v, 0.1, eps)
					},
					func(x [][]float64) []float64 {
						y := affine64(normed(x[0]), x[1], x[2])
						for i, s := range x[3] {
							y[i] += s
						}
						return relu(y)
					}},
				operation{"BatchNorm", mode + "without scale and shift " + name(plain), plain,
					func(t *ad.Tape, x []*ad.Value) *ad.Value { return batchNorm(t, x[0], nil, nil) },
					func(x [][]float64) []float64 { return normed(x[0]) }})
		}
		in := ins(x)
		ops = append(ops, operation{"BatchNorm", "evaluation without running statistics " + name(in), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value {
				t.Training = false
				return t.BatchNorm(x[0], nil, nil, nil, nil, 0, eps)
			},
			func(x [][]float64) []float64 { return normalize64(x[0], c, func(i int) int { return i % c }, eps) }})
		in = ins(x, gamma, beta)
		ops = append(ops, operation{"LayerNorm", name(in), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.LayerNorm(x[0], x[1], x[2], eps) },
			func(x [][]float64) []float64 {
				return affine64(normalize64(x[0], rows, func(i int) int { return i / c }, eps), x[1], x[2])
			}})
	}
	for _, s := range []struct{ n, h, w, c, groups int }{{1, 1, 1, 4, 2}, {2, 3, 3, 6, 3}, {2, 1, 5, 4, 1}, {3, 2, 1, 3, 3}} {
		in := ins(adtest.Random(1, s.n, s.h, s.w, s.c), adtest.Random(2, s.c), adtest.Random(3, s.c))
		ops = append(ops, operation{"GroupNorm", name(in), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.GroupNorm(x[0], x[1], x[2], s.groups, eps) },
			func(x [][]float64) []float64 {
				group := func(i int) int { return i/(s.h*s.w*s.c)*s.groups + i%s.c/(s.c/s.groups) }
				return affine64(normalize64(x[0], s.n*s.groups, group, eps), x[1], x[2])
			}})
	}
	return ops
}

func TestBatchNormRunningStatistics(t *testing.T) {
	for _, tc := range []struct {
		training       bool
		x              []float32
		mean, variance float64
	}{
		{true, []float32{1, 2, 6}, 0.9*10 + 0.1*3, 0.9*4 + 0.1*7}, // unbiased variance 7
		{true, []float32{1, 3}, 0.9*10 + 0.1*2, 0.9*4 + 0.1*2},    // unbiased variance 2
		{true, []float32{5}, 0.9*10 + 0.1*5, 0.9 * 4},             // one row: variance 0, not 0/0
		{false, []float32{1, 2, 6}, 10, 4},
	} {
		tape := &ad.Tape{Training: tc.training}
		mean, variance := []float32{10}, []float32{4}
		tape.BatchNorm(tape.Input(tc.x, len(tc.x), 1), nil, nil, mean, variance, 0.1, 1e-5)
		if !(math.Abs(float64(mean[0])-tc.mean) < 1e-5 && math.Abs(float64(variance[0])-tc.variance) < 1e-5) {
			t.Errorf("training %v, %v: running mean %v and variance %v, want %v and %v", tc.training, tc.x, mean[0], variance[0], tc.mean, tc.variance)
		}
	}
}

// The gradient of a result that is kept stays what arrived, though the ReLU behind a batch-norm cuts it on the way back.
func TestBatchNormReLUKeepsItsGradient(t *testing.T) {
	for _, training := range []bool{true, false} {
		tape := &ad.Tape{Training: training}
		x := tape.Variable([]float32{-1, 2, -3, 4}, 4, 1)
		y := tape.BatchNormReLU(x, nil, nil, []float32{0}, []float32{1}, 0.1, 1e-5).KeepGrad()
		dy := []float32{1, 2, 3, 4}
		tape.BackwardFrom(y, dy)
		if !slices.Equal(y.Grad, dy) {
			t.Errorf("training %v: the kept gradient is %v, want %v", training, y.Grad, dy)
		}
		if training {
			continue
		}
		for i, want := range []float32{0, 2, 0, 4} {
			if diff := x.Grad[i] - want; diff > 1e-4 || diff < -1e-4 {
				t.Errorf("the gradient of x is %v, want the cut one", x.Grad)
			}
		}
	}
}

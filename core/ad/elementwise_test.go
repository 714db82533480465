package ad_test

import (
	"math"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// elementwise returns cases of op over several shapes: count inputs of one shape, prepared by prep, and the reference of
// one element.
func elementwise(op string, count int, prep func(adtest.Input) adtest.Input, f func(*ad.Tape, []*ad.Value) *ad.Value,
	want func(x []float64) float64) []operation {
	var cases []operation
	for seed, shape := range [][]int{{1, 1}, {1, 9}, {7, 1}, {3, 17}, {2, 3, 5}, {2, 1, 3, 2}} {
		var in []adtest.Input
		for i := range count {
			in = append(in, prep(adtest.Random(uint64(10*seed+i), shape...)))
		}
		cases = append(cases, operation{op, name(in[:1]), in, f, func(x [][]float64) []float64 {
			y := make([]float64, len(x[0]))
			args := make([]float64, count)
			for i := range y {
				for k := range args {
					args[k] = x[k][i]
				}
				y[i] = want(args)
			}
			return y
		}})
	}
	return cases
}

func asIs(in adtest.Input) adtest.Input     { return in }
func positive(in adtest.Input) adtest.Input { return in.Positive(0.1) }

// times makes numbers k times as large.
func times(k float32) func(adtest.Input) adtest.Input {
	return func(in adtest.Input) adtest.Input {
		for i := range in.Data {
			in.Data[i] *= k
		}
		return in
	}
}

// one adapts an operation of one value.
func one(f func(*ad.Tape, *ad.Value) *ad.Value) func(*ad.Tape, []*ad.Value) *ad.Value {
	return func(t *ad.Tape, x []*ad.Value) *ad.Value { return f(t, x[0]) }
}

// two adapts an operation of two values.
func two(f func(*ad.Tape, *ad.Value, *ad.Value) *ad.Value) func(*ad.Tape, []*ad.Value) *ad.Value {
	return func(t *ad.Tape, x []*ad.Value) *ad.Value { return f(t, x[0], x[1]) }
}

func elementwiseOps() (ops []operation) {
	unary := func(op string, prep func(adtest.Input) adtest.Input, f func(*ad.Tape, *ad.Value) *ad.Value, want func(float64) float64) {
		ops = append(ops, elementwise(op, 1, prep, one(f), func(x []float64) float64 { return want(x[0]) })...)
	}
	binary := func(op string, f func(*ad.Tape, *ad.Value, *ad.Value) *ad.Value, want func(a, b float64) float64) {
		ops = append(ops, elementwise(op, 2, asIs, two(f), func(x []float64) float64 { return want(x[0], x[1]) })...)
	}
	binary("Add", (*ad.Tape).Add, func(a, b float64) float64 { return a + b })
	binary("Sub", (*ad.Tape).Sub, func(a, b float64) float64 { return a - b })
	binary("Mul", (*ad.Tape).Mul, func(a, b float64) float64 { return a * b })

	unary("Add", asIs, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.Add(x, x) }, func(x float64) float64 { return 2 * x })
	unary("Sub", asIs, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.Sub(x, x) }, func(x float64) float64 { return 0 })
	unary("Mul", asIs, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.Mul(x, x) }, func(x float64) float64 { return x * x })

	unary("Scale", asIs, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.Scale(x, -2.5) }, func(x float64) float64 { return -2.5 * x })
	unary("AddConst", asIs, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.AddConst(x, 0.75) }, func(x float64) float64 { return x + 0.75 })
	unary("Exp", asIs, (*ad.Tape).Exp, math.Exp)
	unary("Log", positive, (*ad.Tape).Log, math.Log)
	unary("Sqrt", positive, (*ad.Tape).Sqrt, math.Sqrt)
	unary("Square", asIs, (*ad.Tape).Square, func(x float64) float64 { return x * x })
	for _, p := range []float32{-1, 0.5, 3} {
		unary("Pow", positive, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.Pow(x, p) },
			func(x float64) float64 { return math.Pow(x, float64(p)) })
	}
	unary("LogSigmoid", asIs, (*ad.Tape).LogSigmoid, func(x float64) float64 { return -math.Log(1 + math.Exp(-x)) })
	unary("LogSigmoid", times(40), (*ad.Tape).LogSigmoid, func(x float64) float64 { // both ends: e^100 is beyond float32
		return min(x, 0) - math.Log1p(math.Exp(-math.Abs(x)))
	})

	for _, shape := range [][]int{{1, 1}, {1, 9}, {7, 1}, {4, 5}} {
		in := ins(adtest.Random(1, shape...), adtest.Random(2))
		ops = append(ops,
			operation{"MulScalar", name(in), in, two((*ad.Tape).MulScalar), func(x [][]float64) []float64 {
				y := make([]float64, len(x[0]))
				for i, v := range x[0] {
					y[i] = v * x[1][0]
				}
				return y
			}},
			operation{"AddScalar", name(in), in, two((*ad.Tape).AddScalar), func(x [][]float64) []float64 {
				y := make([]float64, len(x[0]))
				for i, v := range x[0] {
					y[i] = v + x[1][0]
				}
				return y
			}})
	}
	return ops
}

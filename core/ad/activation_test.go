package ad_test

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

func offKinks(in adtest.Input) adtest.Input { return in.OffKinks(0.01) }

func activationOps() (ops []operation) {
	unary := func(op string, prep func(adtest.Input) adtest.Input, f func(*ad.Tape, *ad.Value) *ad.Value, want func(float64) float64) {
		ops = append(ops, elementwise(op, 1, prep, one(f), func(x []float64) float64 { return want(x[0]) })...)
	}
	relu := func(x float64) float64 { return max(x, 0) }
	unary("ReLU", offKinks, (*ad.Tape).ReLU, relu)
	unary("ReLUInPlace", offKinks, func(t *ad.Tape, x *ad.Value) *ad.Value { return t.ReLUInPlace(t.Scale(x, 3)) },
		func(x float64) float64 { return relu(3 * x) })
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	phi := func(x float64) float64 { return (1 + math.Erf(x/math.Sqrt2)) / 2 }
	tanhGELU := func(x float64) float64 {
		return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*math.Pow(x, 3))))
	}
	for _, prep := range []func(adtest.Input) adtest.Input{asIs, times(30)} { // 30: both ends
		unary("Sigmoid", prep, (*ad.Tape).Sigmoid, sigmoid)
		unary("Tanh", prep, (*ad.Tape).Tanh, math.Tanh)
		unary("SiLU", prep, (*ad.Tape).SiLU, func(x float64) float64 { return x * sigmoid(x) })
		unary("GELU", prep, (*ad.Tape).GELU, func(x float64) float64 { return x * phi(x) })
		unary("GELUTanh", prep, (*ad.Tape).GELUTanh, tanhGELU)
	}
	return ops
}

// ReLUInPlace hands its gradient on without a copy, unless one of the values at its ends is in other use.
func TestReLUInPlaceBesideOtherGradients(t *testing.T) {
	relu := func(x float64) float64 { return max(x, 0) }
	in := ins(adtest.Random(1, 5, 7).OffKinks(0.01))
	want := func(f func(x float64) float64) func([][]float64) []float64 {
		return func(x [][]float64) []float64 {
			y := make([]float64, len(x[0]))
			for i, v := range x[0] {
				y[i] = f(v)
			}
			return y
		}
	}
	t.Run("its input was read before", func(t *testing.T) {
		adtest.Check(t, in, func(t *ad.Tape, x []*ad.Value) *ad.Value {
			u := t.Scale(x[0], 3)
			square := t.Scale(u, -2)
			return t.Add(square, t.ReLUInPlace(u))
		}, want(func(x float64) float64 { return -6*x + relu(3*x) }))
	})
	t.Run("its result is read twice", func(t *testing.T) {
		adtest.Check(t, in, func(t *ad.Tape, x []*ad.Value) *ad.Value {
			y := t.ReLUInPlace(t.Scale(x[0], 3))
			return t.Add(t.Scale(y, 5), t.Square(y))
		}, want(func(x float64) float64 { return 5*relu(3*x) + relu(3*x)*relu(3*x) }))
	})
	t.Run("its result's gradient is kept", func(t *testing.T) {
		var kept *ad.Value
		adtest.Check(t, in, func(t *ad.Tape, x []*ad.Value) *ad.Value {
			kept = t.ReLUInPlace(t.Scale(x[0], 3)).KeepGrad()
			return t.Scale(kept, 2)
		}, want(func(x float64) float64 { return 2 * relu(3*x) }))
		for i, w := range adtest.Random(0x5eed, 35).Data {
			if kept.Grad[i] != 2*w {
				t.Errorf("kept gradient[%d] = %v, want %v", i, kept.Grad[i], 2*w)
			}
		}
	})
	t.Run("its input has a gradient from before", func(t *testing.T) {
		tape := &ad.Tape{}
		x := tape.Variable([]float32{1, -2, 3}, 3)
		tape.BackwardFrom(tape.Scale(x, 10), []float32{1, 1, 1})
		tape.BackwardFrom(tape.ReLUInPlace(x), []float32{1, 2, 3})
		if want := []float32{11, 10, 13}; !sameBits(x.Grad, want) {
			t.Errorf("gradient %v, want %v", x.Grad, want)
		}
	})
}

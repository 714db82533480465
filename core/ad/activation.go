package ad

import (
	"math"

	"pushpull/core/kernel"
)

// ReLU returns max(x, 0).
func (t *Tape) ReLU(x *Value) *Value {
	y := t.node(reluBack, x, nil, nil, x.Shape()...)
	kernel.ReLU(y.Data, x.Data)
	return y
}

func reluBack(y *Value) { kernel.ReLUGrad(y.in[0].want(), y.Data, y.Grad) }

// ReLUInPlace is ReLU that overwrites x's memory. The operation that made x must not read its result in its backward
// pass (those of Linear, Conv2D and BatchNorm do not), and nothing else may read x.
func (t *Tape) ReLUInPlace(x *Value) *Value {
	y := t.value(x.Shape())
	y.Data = x.Data
	kernel.ReLU(y.Data, x.Data)
	t.link(y, reluInPlaceBack, x)
	return y
}

func reluInPlaceBack(y *Value) {
	x := y.in[0]
	if x.Grad != nil || y.keep {
		kernel.ReLUGrad(x.want(), y.Data, y.Grad)
		return
	}
	kernel.ReLUMask(y.Grad, y.Data)
	x.Grad, y.Grad = y.Grad, nil
}

// Sigmoid returns 1/(1+e^−x).
func (t *Tape) Sigmoid(x *Value) *Value {
	return t.unary(x, sigmoid, func(_, y float32) float32 { return y * (1 - y) })
}

// Tanh returns the hyperbolic tangent of x.
func (t *Tape) Tanh(x *Value) *Value {
	return t.unary(x,
		func(x float32) float32 { return float32(math.Tanh(float64(x))) },
		func(_, y float32) float32 { return 1 - y*y })
}

// SiLU returns x·sigmoid(x).
func (t *Tape) SiLU(x *Value) *Value {
	return t.unary(x,
		func(x float32) float32 { return x * sigmoid(x) },
		func(x, y float32) float32 { s := sigmoid(x); return s + y*(1-s) })
}

// GELU returns x·Φ(x), Φ the normal distribution function (Hendrycks and Gimpel 2016).
func (t *Tape) GELU(x *Value) *Value {
	y := t.node(geluBack, x, nil, nil, x.Shape()...)
	density, phi := t.Floats(x.Len()), t.Floats(x.Len()) // e^(−x²/2) and Φ(x)
	y.aux[0], y.aux[1] = density, phi
	kernel.GELU(y.Data, density, phi, x.Data)
	return y
}

// geluBack: dx = dy·(Φ(x) + x·e^(−x²/2)/√2π).
func geluBack(y *Value) {
	x := y.in[0]
	g := x.want()
	kernel.Mul(y.aux[0], y.aux[0], x.Data)
	kernel.Axpy(float32(1/math.Sqrt(2*math.Pi)), y.aux[0], y.aux[1])
	kernel.MulAdd(g, y.Grad, y.aux[1])
}

// GELUTanh is the approximation of GELU by a hyperbolic tangent.
func (t *Tape) GELUTanh(x *Value) *Value {
	return t.unary(x,
		func(x float32) float32 {
			v := float64(x)
			return float32(0.5 * v * (1 + math.Tanh(geluInner(v))))
		},
		func(x, _ float32) float32 {
			v := float64(x)
			th := math.Tanh(geluInner(v))
			return float32(0.5*(1+th) + 0.5*v*(1-th*th)*math.Sqrt(2/math.Pi)*(1+3*0.044715*v*v))
		})
}

func geluInner(x float64) float64 { return math.Sqrt(2/math.Pi) * (x + 0.044715*x*x*x) }

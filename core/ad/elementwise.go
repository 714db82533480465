package ad

import (
	"math"

	"pushpull/core/kernel"
)

// Add returns a + b, both of one shape.
func (t *Tape) Add(a, b *Value) *Value {
	mustMatch("Add", a, b)
	y := t.node(addBack, a, b, nil, a.Shape()...)
	kernel.Add(y.Data, a.Data, b.Data)
	return y
}

// addBack hands y's gradient on to the first input where that has none yet.
func addBack(y *Value) {
	a, b := y.in[0], y.in[1]
	if g, add := b.claim(); add {
		kernel.Axpy(1, y.Grad, g)
	} else if g != nil {
		kernel.Copy(g, y.Grad)
	}
	y.handOn(a, y.Grad)
}

// Sub returns a − b, both of one shape.
func (t *Tape) Sub(a, b *Value) *Value {
	mustMatch("Sub", a, b)
	y := t.node(subBack, a, b, nil, a.Shape()...)
	copy(y.Data, a.Data)
	kernel.Axpy(-1, b.Data, y.Data)
	return y
}

func subBack(y *Value) {
	if g := y.in[0].want(); g != nil {
		kernel.Axpy(1, y.Grad, g)
	}
	if g := y.in[1].want(); g != nil {
		kernel.Axpy(-1, y.Grad, g)
	}
}

// Mul returns the product a·b element by element, both of one shape.
func (t *Tape) Mul(a, b *Value) *Value {
	mustMatch("Mul", a, b)
	y := t.node(mulBack, a, b, nil, a.Shape()...)
	kernel.Mul(y.Data, a.Data, b.Data)
	return y
}

func mulBack(y *Value) {
	a, b := y.in[0], y.in[1]
	if g := a.want(); g != nil {
		kernel.MulAdd(g, y.Grad, b.Data)
	}
	if g := b.want(); g != nil {
		kernel.MulAdd(g, y.Grad, a.Data)
	}
}

// Scale returns c·x for a constant c.
func (t *Tape) Scale(x *Value, c float32) *Value {
	y := t.node(scaleBack, x, nil, nil, x.Shape()...)
	y.f[0] = c
	copy(y.Data, x.Data)
	kernel.Scale(c, y.Data)
	return y
}

func scaleBack(y *Value) { kernel.Axpy(y.f[0], y.Grad, y.in[0].want()) }

// AddConst returns x + c for a constant c.
func (t *Tape) AddConst(x *Value, c float32) *Value {
	y := t.node(addConstBack, x, nil, nil, x.Shape()...)
	for i, v := range x.Data {
		y.Data[i] = v + c
	}
	return y
}

func addConstBack(y *Value) { kernel.Axpy(1, y.Grad, y.in[0].want()) }

// MulScalar returns s·x for s of one element, such as a learned logit scale.
func (t *Tape) MulScalar(x, s *Value) *Value {
	y := t.node(mulScalarBack, x, s, nil, x.Shape()...)
	copy(y.Data, x.Data)
	kernel.Scale(s.Scalar(), y.Data)
	return y
}

func mulScalarBack(y *Value) {
	x, s := y.in[0], y.in[1]
	if g := x.want(); g != nil {
		kernel.Axpy(s.Data[0], y.Grad, g)
	}
	if g := s.want(); g != nil {
		g[0] += kernel.Dot(y.Grad, x.Data)
	}
}

// AddScalar returns x + s for s of one element.
func (t *Tape) AddScalar(x, s *Value) *Value {
	y := t.node(addScalarBack, x, s, nil, x.Shape()...)
	c := s.Scalar()
	for i, v := range x.Data {
		y.Data[i] = v + c
	}
	return y
}

func addScalarBack(y *Value) {
	if g := y.in[0].want(); g != nil {
		kernel.Axpy(1, y.Grad, g)
	}
	if g := y.in[1].want(); g != nil {
		g[0] += kernel.Sum(y.Grad)
	}
}

// unary returns f(x) element by element; df is the derivative given x and y = f(x).
func (t *Tape) unary(x *Value, f func(float32) float32, df func(x, y float32) float32) *Value {
	y := t.node(unaryBack, x, nil, nil, x.Shape()...)
	y.derive = df
	for i, v := range x.Data {
		y.Data[i] = f(v)
	}
	return y
}

func unaryBack(y *Value) {
	x := y.in[0]
	g := x.want()
	for i, d := range y.Grad {
		g[i] += d * y.derive(x.Data[i], y.Data[i])
	}
}

// Exp returns e^x.
func (t *Tape) Exp(x *Value) *Value {
	y := t.node(expBack, x, nil, nil, x.Shape()...)
	kernel.Exp(y.Data, x.Data)
	return y
}

func expBack(y *Value) { kernel.MulAdd(y.in[0].want(), y.Grad, y.Data) }

// Log returns the natural logarithm of x > 0.
func (t *Tape) Log(x *Value) *Value {
	return t.unary(x, log, func(x, _ float32) float32 { return 1 / x })
}

// Sqrt returns the square root of x. Its derivative is infinite at 0: add a small constant before.
func (t *Tape) Sqrt(x *Value) *Value {
	return t.unary(x,
		func(x float32) float32 { return float32(math.Sqrt(float64(x))) },
		func(_, y float32) float32 { return 0.5 / y })
}

// Square returns x².
func (t *Tape) Square(x *Value) *Value {
	return t.unary(x,
		func(x float32) float32 { return x * x },
		func(x, _ float32) float32 { return 2 * x })
}

// Pow returns x^p for x > 0 and a constant p.
func (t *Tape) Pow(x *Value, p float32) *Value {
	y := t.node(powBack, x, nil, nil, x.Shape()...)
	y.f[0] = p
	for i, v := range x.Data {
		y.Data[i] = float32(math.Pow(float64(v), float64(p)))
	}
	return y
}

func powBack(y *Value) {
	x, p := y.in[0], float64(y.f[0])
	g := x.want()
	for i, d := range y.Grad {
		g[i] += d * float32(p*math.Pow(float64(x.Data[i]), p-1))
	}
}

// LogSigmoid returns log(1/(1+e^−x)), accurate at both ends.
func (t *Tape) LogSigmoid(x *Value) *Value {
	return t.unary(x,
		func(x float32) float32 {
			return min(x, 0) - float32(math.Log1p(math.Exp(-math.Abs(float64(x)))))
		},
		func(x, _ float32) float32 { return sigmoid(-x) })
}

func log(x float32) float32     { return float32(math.Log(float64(x))) }
func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

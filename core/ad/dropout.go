package ad

import "pushpull/core/kernel"

// Dropout returns x with each number dropped with probability p and the others divided by 1−p, on a training tape;
// otherwise x (Srivastava et al. 2014).
func (t *Tape) Dropout(x *Value, p float32) *Value { return t.drop(x, p, 1) }

// DropPath returns x with each entry of its first axis, an image, dropped as a whole with probability p and the others
// divided by 1−p, on a training tape; otherwise x (stochastic depth, Huang et al. 2016).
func (t *Tape) DropPath(x *Value, p float32) *Value { return t.drop(x, p, x.Len()/max(x.dims[0], 1)) }

// drop drops runs of size numbers together.
func (t *Tape) drop(x *Value, p float32, size int) *Value {
	if p <= 0 || !t.Training {
		return x
	}
	factors := t.Floats(x.Len())
	for i := 0; i < len(factors); i += size {
		f := float32(0)
		if !t.Random.Bool(p) {
			f = 1 / (1 - p)
		}
		for j := i; j < i+size; j++ {
			factors[j] = f
		}
	}
	y := t.node(dropBack, x, nil, nil, x.Shape()...)
	y.aux[0] = factors
	kernel.Mul(y.Data, x.Data, factors)
	return y
}

func dropBack(y *Value) { kernel.MulAdd(y.in[0].want(), y.Grad, y.aux[0]) }

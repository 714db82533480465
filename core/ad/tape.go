// Package ad is reverse-mode automatic differentiation on float32 arrays. A Tape records each operation as it computes;
// Backward then walks the record in reverse and adds up gradients. Every operation keeps its forward and its backward
// pass side by side, and a test beside it checks the gradient against a float64 reference.
//
// Operations are capture-free functions that read what they need from the Value they made, so recording a step reuses
// the memory of the last one and allocates nothing.
package ad

import (
	"fmt"

	"pushpull/core/kernel"
	"pushpull/core/random"
	"pushpull/core/tensor"
)

// Value is an array that an operation made, or a leaf: an input or a parameter.
type Value struct {
	Data []float32 // row-major
	Grad []float32 // gradient of the loss with respect to Data; nil where none has arrived

	dims [4]int
	rank int

	tape  *Tape // nil for parameters
	needs bool  // gradient is wanted here
	keep  bool  // Grad of an operation's result stays readable after Backward, as that of a leaf does
	back  func(y *Value)

	// What an operation keeps for its backward pass.
	in     [6]*Value
	more   []*Value // inputs beyond what in holds
	aux    [3][]float32
	stats  []float32 // mean and variance of the columns, where the operation gathered them
	idx    []int32
	n      [8]int
	f      [2]float32
	derive func(x, y float32) float32
	tap    func(y *Value, out, in, place int)
}

// Tape records operations. The zero Tape is ready for use, in evaluation mode. It is not safe for several goroutines.
type Tape struct {
	Training bool           // batch statistics and dropout as in training
	NoGrad   bool           // record nothing: Backward is not wanted
	Random   *random.Stream // what dropout draws from
	Between  func()         // called between operations, forward and backward, if set: a long step lets others in

	arena tensor.Arena
	slabs [][]Value
	used  int // values in use
	order []*Value
	lists []*Value // backing of Value.more

	doubles []float64 // working memory of one operation
}

const slab = 64 // values a slab

// Reset forgets the record and reuses its memory: every Value but parameters becomes invalid.
func (t *Tape) Reset() {
	t.arena.Reset()
	t.used, t.order, t.lists = 0, t.order[:0], t.lists[:0]
}

// Bytes returns the memory that the tape holds.
func (t *Tape) Bytes() int { return t.arena.Bytes() }

// Floats returns n floats that live until Reset.
func (t *Tape) Floats(n int) []float32 { return t.arena.Floats(n) }

// Ints returns n whole numbers that live until Reset.
func (t *Tape) Ints(n int) []int32 { return t.arena.Ints(n) }

// NewParam returns a parameter of the shape, all 0. It outlives every Reset and its gradient adds up until cleared.
func NewParam(shape ...int) *Value {
	v := &Value{needs: true}
	v.setShape(shape)
	v.Data = make([]float32, v.Len())
	v.Grad = make([]float32, v.Len())
	return v
}

// Freeze says whether gradient still reaches parameter v.
func (v *Value) Freeze(frozen bool) { v.needs = !frozen }

// Input returns a leaf over data, which is not copied. No gradient flows into it.
func (t *Tape) Input(data []float32, shape ...int) *Value {
	v := t.value(shape)
	if len(data) != v.Len() {
		panic(fmt.Sprintf("ad.Input: %d numbers for shape %v", len(data), v.Shape()))
	}
	v.Data = data
	return v
}

// Variable is Input with a gradient, readable after Backward.
func (t *Tape) Variable(data []float32, shape ...int) *Value {
	v := t.Input(data, shape...)
	v.needs = !t.NoGrad
	return v
}

// value returns a blank Value of the shape, without data.
func (t *Tape) value(shape []int) *Value {
	if t.Between != nil {
		t.Between()
	}
	i := t.used
	if i/slab == len(t.slabs) {
		t.slabs = append(t.slabs, make([]Value, slab))
	}
	t.used++
	v := &t.slabs[i/slab][i%slab]
	*v = Value{tape: t}
	v.setShape(shape)
	return v
}

// node returns the result of an operation: fresh memory of the shape, to be filled by the caller. back is called in
// Backward, if gradient has arrived at the result and one of the inputs wants some; it adds to the inputs' gradients.
func (t *Tape) node(back func(*Value), a, b, c *Value, shape ...int) *Value {
	y := t.value(shape)
	y.Data = t.arena.Floats(y.Len())
	t.link(y, back, a, b, c)
	return y
}

func (t *Tape) link(y *Value, back func(*Value), in ...*Value) {
	copy(y.in[:], in)
	for _, x := range in {
		if x != nil && x.needs && !t.NoGrad {
			y.needs = true
		}
	}
	if y.needs {
		y.back = back
		t.order = append(t.order, y)
	}
}

// Backward fills the gradients of every parameter and Variable that loss, a single number, depends on.
func (t *Tape) Backward(loss *Value) {
	if loss.Len() != 1 {
		panic(fmt.Sprintf("ad.Backward: the loss has shape %v, want one number", loss.Shape()))
	}
	loss.grad()[0] += 1
	t.run()
}

// BackwardFrom is Backward with the gradient dy of value y, as a vector-Jacobian product.
func (t *Tape) BackwardFrom(y *Value, dy []float32) {
	if len(dy) != y.Len() {
		panic(fmt.Sprintf("ad.BackwardFrom: %d numbers for shape %v", len(dy), y.Shape()))
	}
	g := y.grad()
	for i, d := range dy {
		g[i] += d
	}
	t.run()
}

func (t *Tape) run() {
	for i := len(t.order) - 1; i >= 0; i-- {
		y := t.order[i]
		if y.Grad == nil {
			continue // the loss does not depend on it
		}
		if t.Between != nil {
			t.Between()
		}
		y.back(y)
		if !y.keep { // there is none where the operation handed it on
			t.arena.Recycle(y.Grad)
			y.Grad = nil
		}
	}
	t.order = t.order[:0]
}

// KeepGrad makes v's gradient readable after Backward, until the next Reset. It returns v.
func (v *Value) KeepGrad() *Value {
	v.keep = true
	return v
}

// grad returns v's gradient, zeros where none has arrived yet.
func (v *Value) grad() []float32 {
	if v.Grad == nil {
		v.Grad = v.tape.arena.Zeros(len(v.Data))
	}
	return v.Grad
}

// claim returns v's gradient, nil where v wants none, and whether to add to it: where none has arrived yet it
// must be overwritten instead, which saves clearing and reading it.
func (v *Value) claim() (grad []float32, add bool) {
	if !v.needs {
		return nil, false
	}
	if v.Grad == nil {
		v.Grad = v.tape.arena.Floats(len(v.Data))
		return v.Grad, false
	}
	return v.Grad, true
}

// want returns v's gradient to add to, or nil where v is absent or wants none.
func (v *Value) want() []float32 {
	if v == nil || !v.needs {
		return nil
	}
	return v.grad()
}

// handOn adds dy, the gradient at y, to x's, which takes its memory over where it can: nothing may read dy afterwards. Where
// y keeps its gradient, dy is a copy.
func (y *Value) handOn(x *Value, dy []float32) {
	if x == nil || !x.needs {
		return
	}
	if x.Grad != nil {
		kernel.Axpy(1, dy, x.Grad)
		return
	}
	x.Grad = dy
	if !y.keep {
		y.Grad = nil
	}
}

// Shape returns the lengths of the axes. The slice must not be changed.
func (v *Value) Shape() []int { return v.dims[:v.rank] }

// Len returns the number of elements.
func (v *Value) Len() int {
	n := 1
	for _, d := range v.dims[:v.rank] {
		n *= d
	}
	return n
}

// Cols returns the length of the last axis; 1 for a single number.
func (v *Value) Cols() int {
	if v.rank == 0 {
		return 1
	}
	return v.dims[v.rank-1]
}

// Rows returns the number of rows when all axes but the last are one.
func (v *Value) Rows() int {
	n := 1
	for i := range v.rank - 1 {
		n *= v.dims[i]
	}
	return n
}

// Dim returns the length of axis i.
func (v *Value) Dim(i int) int { return v.Shape()[i] }

// Scalar returns the number that a value of one element holds.
func (v *Value) Scalar() float32 {
	if v.Len() != 1 {
		panic(fmt.Sprintf("ad.Scalar: shape %v", v.Shape()))
	}
	return v.Data[0]
}

// Needs says whether gradient flows into v.
func (v *Value) Needs() bool { return v.needs }

func (v *Value) setShape(shape []int) {
	if len(shape) > len(v.dims) {
		panic(fmt.Sprintf("ad: shape %v has more than %d axes", append([]int(nil), shape...), len(v.dims)))
	}
	v.rank = copy(v.dims[:], shape)
}

func (v *Value) sameShape(x *Value) bool { return v.rank == x.rank && v.dims == x.dims }

func mustMatch(op string, a, b *Value) {
	if !a.sameShape(b) {
		panic(fmt.Sprintf("ad.%s: shapes %v and %v differ", op, a.Shape(), b.Shape()))
	}
}

func mustBeMatrix(op string, a *Value) {
	if a.rank != 2 {
		panic(fmt.Sprintf("ad.%s: shape %v, want a matrix", op, a.Shape()))
	}
}

// Apply records an operation defined outside this package: forward has filled data, of the shape; backward reads y.Grad
// and adds to the gradients that In(i).Want returns. keep is memory for the backward pass.
func (t *Tape) Apply(data, keep []float32, backward func(y *Value), a, b *Value, shape ...int) *Value {
	y := t.value(shape)
	y.Data = data
	if len(data) != y.Len() {
		panic(fmt.Sprintf("ad.Apply: %d numbers for shape %v", len(data), y.Shape()))
	}
	y.aux[0] = keep
	t.link(y, backward, a, b)
	return y
}

// In returns input i of the operation that made v.
func (v *Value) In(i int) *Value { return v.in[i] }

// Kept returns what Apply was given to keep.
func (v *Value) Kept() []float32 { return v.aux[0] }

// Want returns v's gradient to add to, or nil where v wants none.
func (v *Value) Want() []float32 { return v.want() }

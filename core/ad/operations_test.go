package ad_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/kernel"
)

// operation is one case of the table of all operations: f on a tape against want, plain loops over float64.
type operation struct {
	op   string // method of ad.Tape
	name string
	in   []adtest.Input
	f    func(t *ad.Tape, x []*ad.Value) *ad.Value
	want func(x [][]float64) []float64
}

func (o operation) String() string { return o.op + "/" + o.name }

// operations is the table; each part stands beside the code it checks.
var operations = slices.Concat(elementwiseOps(), activationOps(), matmulOps(), reduceOps(), shapeOps(), softmaxOps(),
	normOps(), convOps(), poolOps(), attentionOps(), selectOps(), choleskyOps(), nuclearOps(), dropoutOps())

func TestOperations(t *testing.T) {
	for _, o := range operations {
		t.Run(o.String(), func(t *testing.T) { adtest.Check(t, o.in, o.f, o.want) })
	}
}

// The methods of Tape that are no operations with a gradient.
var noOperations = []string{"Apply", "Backward", "BackwardFrom", "Bytes", "Floats", "Input", "Ints", "Reset",
	"StopGradient", "Variable"}

func TestEveryOperationIsInTheTable(t *testing.T) {
	known := slices.Clone(noOperations)
	for _, o := range operations {
		known = append(known, o.op)
	}
	methods := reflect.TypeFor[*ad.Tape]()
	for i := range methods.NumMethod() {
		if name := methods.Method(i).Name; !slices.Contains(known, name) {
			t.Errorf("ad.Tape.%s has no gradient check", name)
		}
	}
	for _, name := range known {
		if _, ok := methods.MethodByName(name); !ok {
			t.Errorf("ad.Tape has no method %s", name)
		}
	}
}

// run records o alone on t, in training, with input constant (−1 for none) behind no gradient, and goes backwards from fixed
// numbers. It returns a copy of the result and, for each input, a copy of its gradient, nil where none arrived.
func (o operation) run(t *ad.Tape, constant int) (y []float32, grads [][]float32) {
	t.Reset()
	t.Training = true
	xs := make([]*ad.Value, len(o.in))
	for i, in := range o.in {
		if i == constant {
			xs[i] = t.Input(in.Data, in.Shape...)
		} else {
			xs[i] = t.Variable(in.Data, in.Shape...)
		}
	}
	v := o.f(t, xs)
	if v.Needs() {
		t.BackwardFrom(v, adtest.Random(3, v.Len()).Data)
	}
	for _, x := range xs {
		grads = append(grads, slices.Clone(x.Grad))
	}
	return slices.Clone(v.Data), grads
}

func TestConstantInputsGetNoGradient(t *testing.T) {
	tape := &ad.Tape{}
	for _, o := range operations {
		_, all := o.run(tape, -1)
		for i := range o.in {
			_, rest := o.run(tape, i)
			for j := range rest {
				if i == j && rest[j] != nil {
					t.Errorf("%v: gradient flowed into the constant input %d", o, i)
				}
				if i != j && !sameBits(rest[j], all[j]) {
					t.Errorf("%v: with input %d constant, the gradient of input %d is another", o, i, j)
				}
			}
		}
	}
}

// A value that is used twice gets the sum of both gradients, so no operation may overwrite what has arrived.
func TestGradientsAddUp(t *testing.T) {
	for _, o := range operations {
		tape := &ad.Tape{Training: true}
		var xs []*ad.Value
		for _, in := range o.in {
			xs = append(xs, tape.Variable(in.Data, in.Shape...))
		}
		var once [][]float32
		for range 2 {
			y := o.f(tape, xs)
			tape.BackwardFrom(y, adtest.Random(3, y.Len()).Data)
			if once == nil {
				for _, x := range xs {
					once = append(once, slices.Clone(x.Grad))
				}
			}
		}
		for i, x := range xs {
			for j, g := range x.Grad {
				want := 2 * once[i][j]
				if diff := math.Abs(float64(g - want)); !(diff <= 1e-5*(1+math.Abs(float64(want)))) {
					t.Errorf("%v: gradient of input %d, element %d is %v the second time, want %v", o, i, j, g, want)
				}
			}
		}
	}
}

func TestResetAndReuseGivesTheSameBits(t *testing.T) {
	tape := &ad.Tape{}
	for _, o := range operations {
		fresh, freshGrads := o.run(&ad.Tape{}, -1)
		adtest.Poison(tape)
		again, againGrads := o.run(tape, -1)
		if !sameBits(fresh, again) {
			t.Errorf("%v: another result in used memory", o)
		}
		for i := range freshGrads {
			if !sameBits(freshGrads[i], againGrads[i]) {
				t.Errorf("%v: another gradient of input %d in used memory", o, i)
			}
		}
	}
}

func TestNoGradRecordsNothing(t *testing.T) {
	recording, tape := &ad.Tape{}, &ad.Tape{NoGrad: true}
	for _, o := range operations {
		want, _ := o.run(recording, -1)
		got, grads := o.run(tape, -1)
		if !sameBits(got, want) {
			t.Errorf("%v: another result without gradients", o)
		}
		for i, g := range grads {
			if g != nil {
				t.Errorf("%v: a gradient of input %d under NoGrad", o, i)
			}
		}
	}
	if tape.Square(ad.NewParam(3)).Needs() {
		t.Error("what a parameter leads to wants gradient under NoGrad")
	}
}

func TestThreadsDoNotChangeOperations(t *testing.T) {
	defer kernel.SetThreads(kernel.Threads())
	tape := &ad.Tape{}
	for _, o := range operations {
		kernel.SetThreads(1)
		one, oneGrads := o.run(tape, -1)
		for threads := 2; threads <= 3; threads++ {
			kernel.SetThreads(threads)
			y, grads := o.run(tape, -1)
			if !sameBits(y, one) || !slices.EqualFunc(grads, oneGrads, sameBits) {
				t.Errorf("%v: other bits on %d threads than on one", o, threads)
			}
		}
	}
}

func TestOperationsAllocateNothing(t *testing.T) {
	defer kernel.SetThreads(kernel.Threads())
	kernel.SetThreads(1)
	tape := &ad.Tape{}
	for _, o := range operations {
		xs := make([]*ad.Value, len(o.in))
		var dy []float32
		f := func() {
			tape.Reset()
			tape.Training = true
			for i, in := range o.in {
				xs[i] = tape.Variable(in.Data, in.Shape...)
			}
			y := o.f(tape, xs)
			if len(dy) != y.Len() {
				dy = make([]float32, y.Len())
			}
			tape.BackwardFrom(y, dy)
		}
		f()
		if n := testing.AllocsPerRun(3, f); n != 0 {
			t.Errorf("%v: %v allocations", o, n)
		}
	}
}

// sameBits says whether a and b hold the same numbers, NaN and the sign of 0 included.
func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// ins gathers inputs.
func ins(in ...adtest.Input) []adtest.Input { return in }

// name describes shapes: "[3 17] [17]".
func name(in []adtest.Input) string {
	s := ""
	for i, x := range in {
		if i > 0 {
			s += " "
		}
		s += fmt.Sprint(x.Shape)
	}
	return s
}

// mustPanic fails unless f panics with a message that begins with prefix.
func mustPanic(t *testing.T, prefix string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); len(got) < len(prefix) || got[:len(prefix)] != prefix {
			t.Errorf("panicked with %q, want %q…", got, prefix)
		}
	}()
	f()
}

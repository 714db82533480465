// Package adtest checks operations of package ad: their value and every element of their gradients.
package adtest

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/random"
)

// Input is one array an operation depends on.
type Input struct {
	Shape []int
	Data  []float32
}

// Normal returns count inputs [n, d] of standard normal numbers.
func Normal(seed uint64, count, n, d int) []Input {
	ins := make([]Input, count)
	for i := range ins {
		ins[i] = Random(seed+uint64(i)*7919, n, d)
	}
	return ins
}

// Random returns one input of standard normal numbers.
func Random(seed uint64, shape ...int) Input {
	r := random.New(seed, 0xad)
	n := 1
	for _, d := range shape {
		n *= d
	}
	in := Input{Shape: shape, Data: make([]float32, n)}
	for i := range in.Data {
		in.Data[i] = r.Normal()
	}
	return in
}

// OffKinks moves every number at least gap away from 0, where ReLU has no derivative.
func (in Input) OffKinks(gap float32) Input {
	for i, v := range in.Data {
		if v >= 0 {
			in.Data[i] = v + gap
		} else {
			in.Data[i] = v - gap
		}
	}
	return in
}

// Positive replaces every number by |x| + gap.
func (in Input) Positive(gap float32) Input {
	for i, v := range in.Data {
		in.Data[i] = float32(math.Abs(float64(v))) + gap
	}
	return in
}

// Poison fills the memory that t will hand out next with NaN and with numbers of nothing, so that an operation that reads what it did not write
// shows. It resets t.
func Poison(t *ad.Tape) {
	t.Reset()
	x := t.Floats(1 << 14)
	for i := range x {
		x[i] = float32(math.NaN())
	}
	index := t.Ints(1 << 10)
	for i := range index {
		index[i] = math.MaxInt32
	}
	t.Reset()
}

// Check compares f on a training tape with the float64 reference want: the value and, against central differences of
// the reference (h 1e-6), every element of every gradient, both to within 1e-4·(1+|want|). A result of more than one
// element is reduced to a number by a fixed random weighting, that of want likewise.
func Check(t testing.TB, inputs []Input, f func(*ad.Tape, []*ad.Value) *ad.Value, want func([][]float64) []float64) {
	t.Helper()
	tape := &ad.Tape{Training: true}
	Poison(tape)
	xs := make([]*ad.Value, len(inputs))
	wide := make([][]float64, len(inputs))
	for i, in := range inputs {
		xs[i] = tape.Variable(in.Data, in.Shape...)
		wide[i] = make([]float64, len(in.Data))
		for j, v := range in.Data {
			wide[i][j] = float64(v)
		}
	}
	y := f(tape, xs)
	ref := want(wide)
	if len(ref) != y.Len() {
		t.Fatalf("the result has %d elements, the reference %d", y.Len(), len(ref))
	}
	for i, w := range ref {
		if diff := math.Abs(float64(y.Data[i]) - w); !(diff <= 1e-4*(1+math.Abs(w))) {
			t.Errorf("value[%d] = %v, want %v", i, y.Data[i], w)
		}
	}
	weights := []float32{1}
	if len(ref) > 1 {
		weights = Random(0x5eed, len(ref)).Data
	}
	tape.BackwardFrom(y, weights)
	total := func() float64 {
		s := 0.0
		for i, v := range want(wide) {
			s += float64(weights[i]) * v
		}
		return s
	}
	const h = 1e-6
	for i := range wide {
		for j, x := range wide[i] {
			wide[i][j] = x + h
			up := total()
			wide[i][j] = x - h
			down := total()
			wide[i][j] = x
			slope, got := (up-down)/(2*h), 0.0
			if xs[i].Grad != nil {
				got = float64(xs[i].Grad[j])
			}
			if diff := math.Abs(got - slope); !(diff <= 1e-4*(1+math.Abs(slope))) {
				t.Errorf("gradient of input %d, element %d = %v, want %v", i, j, got, slope)
			}
		}
	}
}

package algos

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

// checks is what the test file of an algorithm knows about its loss.
type checks struct {
	golden   map[string]func(*testing.T, golden.Case) // by prefix of the cases in losses.json
	examples []example
}

// checked holds the checks of each algorithm by its name in the registry, and of losses that no algorithm is named after.
var checked = map[string]checks{}

// example is a loss on small random inputs beside its definition in plain float64 loops.
type example struct {
	name   string
	inputs []adtest.Input
	loss   func(t *ad.Tape, z []*ad.Value) *ad.Value
	want   func(z [][]float64) float64

	swap      []int    // inputs[swap[i]] in the place of inputs[i] give the same loss: the views exchanged
	cosine    []int    // inputs of which only the directions of the rows count
	ordered   bool     // the rows of a batch are not exchangeable
	collapsed *float64 // the loss where all rows of all inputs are equal
}

// value is the expected loss of a collapsed encoder.
func value(x float64) *float64 { return &x }

func TestGoldenLosses(t *testing.T) {
	all := map[string]func(*testing.T, golden.Case){}
	for _, c := range checked {
		for prefix, check := range c.golden {
			all[prefix] = check // where two algorithms share a loss they share its check
		}
	}
	golden.Run(t, "losses.json", all)
}

func TestLosses(t *testing.T) {
	for name, c := range checked {
		for _, e := range c.examples {
			t.Run(name+"/"+e.name, func(t *testing.T) {
				adtest.Check(t, e.inputs, e.loss, func(z [][]float64) []float64 { return []float64{e.want(z)} })
				e.checkProperties(t)
			})
		}
	}
}

func TestEveryAlgorithmIsDocumentedAndChecked(t *testing.T) {
	var cases []string
	for _, c := range golden.Load(t, "losses.json") {
		cases = append(cases, c.Name)
	}
	for _, a := range All() {
		c := checked[a.Name]
		if !strings.HasPrefix(a.Paper, "https://") || a.Title == "" || a.Help == "" || a.MinBatch < 1 || len(a.Defaults) == 0 {
			t.Errorf("%s lacks its paper, title, help, smallest batch or hyperparameters", a.Name)
		}
		if len(c.golden) == 0 {
			t.Errorf("%s has no golden case", a.Name)
		}
		if len(c.examples) == 0 {
			t.Errorf("%s has no gradient check", a.Name)
		}
		for prefix := range c.golden {
			if !slices.ContainsFunc(cases, func(name string) bool { return name == prefix || strings.HasPrefix(name, prefix+"/") }) {
				t.Errorf("%s: losses.json has no case %s", a.Name, prefix)
			}
		}
	}
}

// checkProperties checks what must hold of the loss whatever its inputs.
func (e example) checkProperties(t *testing.T) {
	loss, grads := e.at(e.inputs)
	near := func(what string, got, want float32) {
		t.Helper()
		if diff := math.Abs(float64(got - want)); !(diff <= 1e-5*(1+math.Abs(float64(want)))) {
			t.Errorf("%s: loss %v, want %v", what, got, want)
		}
	}
	if e.swap != nil {
		var swapped []adtest.Input
		for _, i := range e.swap {
			swapped = append(swapped, e.inputs[i])
		}
		got, _ := e.at(swapped)
		near("views exchanged", got, loss)
	}
	if !e.ordered {
		var reversed []adtest.Input
		for _, in := range e.inputs {
			reversed = append(reversed, reverseBatch(in))
		}
		got, _ := e.at(reversed)
		near("batch in reverse", got, loss)
	}
	for _, i := range e.cosine {
		scaled := slices.Clone(e.inputs)
		scaled[i] = scaleRows(e.inputs[i])
		got, _ := e.at(scaled)
		near("rows of other lengths", got, loss)
		z, d := e.inputs[i], e.inputs[i].Shape[len(e.inputs[i].Shape)-1]
		for row := 0; row < len(z.Data); row += d {
			var along, size float64
			for j := row; j < row+d && grads[i] != nil; j++ {
				along += float64(z.Data[j] * grads[i][j])
				size += math.Abs(float64(z.Data[j] * grads[i][j]))
			}
			if !(math.Abs(along) <= 1e-4*(1e-2+size)) {
				t.Errorf("input %d: gradient of row %d has a part %v along the row", i, row/d, along)
			}
		}
	}
	if e.collapsed != nil {
		var equal []adtest.Input
		for _, in := range e.inputs {
			equal = append(equal, equalRows(in))
		}
		got, _ := e.at(equal)
		near("collapsed", got, float32(*e.collapsed))
	}
}

// at returns the loss of the inputs and its gradient with respect to each, nil where none arrives.
func (e example) at(inputs []adtest.Input) (float32, [][]float32) {
	tape := &ad.Tape{Training: true}
	var zs []*ad.Value
	for _, in := range inputs {
		zs = append(zs, tape.Variable(in.Data, in.Shape...))
	}
	loss := e.loss(tape, zs)
	v := loss.Scalar()
	tape.Backward(loss)
	var grads [][]float32
	for _, z := range zs {
		grads = append(grads, z.Grad)
	}
	return v, grads
}

// reverseBatch reverses the rows of [n, d], or of each of v matrices [v, n, d].
func reverseBatch(in adtest.Input) adtest.Input {
	if len(in.Shape) < 2 {
		return in
	}
	d, n := in.Shape[len(in.Shape)-1], in.Shape[len(in.Shape)-2]
	out := adtest.Input{Shape: in.Shape, Data: make([]float32, len(in.Data))}
	for row := range len(in.Data) / d {
		to := row/n*n + n - 1 - row%n
		copy(out.Data[to*d:(to+1)*d], in.Data[row*d:])
	}
	return out
}

// scaleRows multiplies row i by 1 + i/3.
func scaleRows(in adtest.Input) adtest.Input {
	d := in.Shape[len(in.Shape)-1]
	out := adtest.Input{Shape: in.Shape, Data: slices.Clone(in.Data)}
	for i := range out.Data {
		out.Data[i] *= 1 + float32(i/d)/3
	}
	return out
}

// equalRows gives every row the numbers 1, 2, …, d.
func equalRows(in adtest.Input) adtest.Input {
	d := in.Shape[len(in.Shape)-1]
	out := adtest.Input{Shape: in.Shape, Data: make([]float32, len(in.Data))}
	for i := range out.Data {
		out.Data[i] = float32(i%d + 1)
	}
	return out
}

// bench holds the inputs of a golden case on a tape.
type bench struct {
	*ad.Tape
	t      *testing.T
	c      golden.Case
	inputs map[string]*ad.Value
}

func newBench(t *testing.T, c golden.Case) *bench {
	return &bench{Tape: &ad.Tape{Training: true}, t: t, c: c, inputs: map[string]*ad.Value{}}
}

// in returns the named input as a variable.
func (b *bench) in(name string) *ad.Value {
	b.t.Helper()
	x := b.c.Input(b.t, name)
	b.inputs[name] = b.Variable(x.F32(), x.Shape...)
	return b.inputs[name]
}

// float returns the named parameter.
func (b *bench) float(name string) float32 {
	b.t.Helper()
	return float32(b.c.Float(b.t, name))
}

// check compares the loss and its gradients; an input without a gradient in the case must get none.
func (b *bench) check(loss *ad.Value) {
	b.t.Helper()
	b.c.Output(b.t, "loss", loss.Data)
	b.Backward(loss)
	for name := range b.c.Grads {
		if b.inputs[name] == nil {
			b.t.Fatalf("%s: nothing read the input %s", b.c.Name, name)
		}
	}
	for name, x := range b.inputs {
		want, ok := b.c.Grads[name]
		if !ok {
			want = golden.Tensor{Data: make([]float64, x.Len())}
		}
		got := x.Grad
		if got == nil {
			got = make([]float32, x.Len())
		}
		golden.Compare(b.t, b.c, "gradient of "+name, got, want)
	}
}

// pair is the golden check of a loss of projections z1, z2 with the case's parameters.
func pair(loss func(b *bench, z1, z2 *ad.Value) *ad.Value) func(*testing.T, golden.Case) {
	return func(t *testing.T, c golden.Case) {
		b := newBench(t, c)
		b.check(loss(b, b.in("z1"), b.in("z2")))
	}
}

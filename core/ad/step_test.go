package ad_test

import (
	"fmt"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/kernel"
	"pushpull/core/nn"
	"pushpull/core/random"
)

// step is what training does with a tape: both views of n images through an encoder and a head, NT-Xent, backwards.
type step struct {
	tape    ad.Tape
	encoder nn.Encoder
	head    nn.Sequence
	params  []*ad.Value
	images  []float32 // [2n, size, size, 3]
	n, size int
}

func newStep(encoder nn.Encoder, n, size int, r *random.Stream) *step {
	s := &step{encoder: encoder, n: n, size: size, images: adtest.Random(5, 2*n, size, size, 3).Data,
		head: nn.Head{Layers: 2, Hidden: 32, Out: 16, BatchNorm: true}.New(encoder.Dim(), r)}
	s.params = append(nn.Parameters(s.encoder), nn.Parameters(s.head)...)
	s.tape.Training = true
	return s
}

func (s *step) run() (loss float32) {
	t := &s.tape
	t.Reset()
	for _, p := range s.params {
		clear(p.Grad)
	}
	x := t.Input(s.images, 2*s.n, s.size, s.size, 3)
	z := s.head.Forward(t, s.encoder.Forward(t, x))
	// Views apart and together again, as an algorithm would have it.
	z = t.NormalizeRows(t.ConcatRows(t.SliceRows(z, 0, s.n), t.SliceRows(z, s.n, 2*s.n)))
	target := t.Ints(2 * s.n)
	for i := range target {
		target[i] = int32((i + s.n) % (2 * s.n))
	}
	l := t.CrossEntropy(t.MaskDiagonal(t.Scale(t.MatMulT(z, z), 2)), target)
	t.Backward(l)
	return l.Scalar()
}

// grads returns a copy of every gradient.
func (s *step) grads() (all []float32) {
	for _, p := range s.params {
		all = append(all, p.Grad...)
	}
	return all
}

// statistics returns a copy of every running statistic.
func (s *step) statistics() (all []float32) {
	collect := nn.Visitor{Buffer: func(_ string, b []float32, _ ...int) { all = append(all, b...) }}
	s.encoder.Visit(collect)
	s.head.Visit(collect)
	return all
}

func steps() map[string]func() *step {
	return map[string]func() *step{
		"mlp": func() *step {
			r := random.New(1)
			return newStep(nn.MLP(8*8*3, []int{48, 33}, &r), 64, 8, &r)
		},
		"convnet": func() *step {
			r := random.New(2)
			return newStep(nn.ConvNet(3, []nn.Stage{{Channels: 8, Stride: 1}, {Channels: 17, Stride: 2}}, &r), 24, 12, &r)
		},
	}
}

func TestSteadyStepAllocatesNothing(t *testing.T) {
	defer kernel.SetThreads(kernel.Threads())
	for name, build := range steps() {
		for _, threads := range []int{1, 2} {
			kernel.SetThreads(threads)
			s := build()
			// The first steps find out how much memory a step needs.
			s.run()
			s.run()
			if n := testing.AllocsPerRun(5, func() { s.run() }); n != 0 {
				t.Errorf("%s, %d threads: %v allocations a step, want 0", name, threads, n)
			}
		}
	}
}

func TestThreadsDoNotChangeAStep(t *testing.T) {
	defer kernel.SetThreads(kernel.Threads())
	for name, build := range steps() {
		var loss float32
		var want []float32
		for _, threads := range []int{1, 2, 3} {
			kernel.SetThreads(threads)
			s := build()
			l, got := s.run(), append(s.grads(), s.statistics()...)
			if threads == 1 {
				loss, want = l, got
			}
			if l != loss || !sameBits(got, want) {
				t.Errorf("%s: other bits on %d threads than on one", name, threads)
			}
		}
	}
}

func TestRepeatedStepGivesTheSameBits(t *testing.T) {
	for name, build := range steps() {
		s := build()
		loss := s.run()
		grads := s.grads()
		s.run()
		if again := s.run(); again != loss || !sameBits(s.grads(), grads) {
			t.Errorf("%s: the third step's loss and gradients are not the first's", name)
		}
	}
}

func TestTapeHoldsNoMoreMemoryAfterManySteps(t *testing.T) {
	for name, build := range steps() {
		s := build()
		s.run()
		s.run()
		held := s.tape.Bytes()
		if held == 0 {
			t.Errorf("%s: no memory", name)
		}
		for range 5 {
			s.run()
		}
		if now := s.tape.Bytes(); now != held {
			t.Errorf("%s: %d bytes after two steps, %d after seven", name, held, now)
		}
	}
}

func TestFrozenParameterGetsNoGradient(t *testing.T) {
	tape := &ad.Tape{}
	w, b := ad.NewParam(2, 3), ad.NewParam(2)
	w.Freeze(true)
	y := tape.Linear(tape.Input([]float32{1, 2, 3}, 1, 3), w, b)
	tape.BackwardFrom(y, []float32{5, 7})
	if !slices.Equal(w.Grad, make([]float32, 6)) || !slices.Equal(b.Grad, []float32{5, 7}) {
		t.Errorf("gradients %v of the frozen weight and %v of the bias", w.Grad, b.Grad)
	}
	w.Freeze(false)
	tape.BackwardFrom(tape.Linear(tape.Input([]float32{1, 2, 3}, 1, 3), w, b), []float32{1, 2})
	if want := []float32{1, 2, 3, 2, 4, 6}; !slices.Equal(w.Grad, want) {
		t.Errorf("gradient %v after thawing, want %v", w.Grad, want)
	}
	if b.Grad[1] != 9 {
		t.Errorf("the bias's gradient is %v, want both passes' sum 9", b.Grad[1])
	}
}

func TestApply(t *testing.T) {
	tape := &ad.Tape{}
	a, b := tape.Variable([]float32{2, 3}, 2), tape.Input([]float32{5, 7}, 2)
	y := tape.Apply([]float32{10, 21}, []float32{5, 7}, func(y *ad.Value) { // a·b
		for i, d := range y.Grad {
			y.In(0).Want()[i] += d * y.Kept()[i]
		}
		if y.In(1).Want() != nil {
			t.Error("a constant wants gradient")
		}
	}, a, b, 2)
	tape.BackwardFrom(tape.Scale(y, 2), []float32{1, 10})
	if fmt.Sprint(a.Grad) != "[10 140]" {
		t.Errorf("gradient %v", a.Grad)
	}
}

// A long chain holds its values, but no more than a few gradients at a time.
func TestGradientsAreUsedUp(t *testing.T) {
	const length, n = 40, 1 << 18 // as large as a block of memory
	tape := &ad.Tape{}
	x := tape.Variable(make([]float32, n), n)
	y := x
	for range length {
		y = tape.Scale(y, 2)
	}
	l := tape.Sum(y)
	before := tape.Bytes()
	tape.Backward(l)
	if more := (tape.Bytes() - before) / (4 * n); more > 4 {
		t.Errorf("%d gradients of %d are held", more, length)
	}
	if y.Grad != nil {
		t.Error("the gradient of a result that nobody keeps is left there")
	}
}

// Only what the loss depends on gets gradient, and each pass adds its own alone: what an earlier one left at values that keep
// their gradient is not passed on again.
func TestEachPassCountsOnce(t *testing.T) {
	tape := &ad.Tape{}
	calls := 0
	tape.Between = func() { calls++ }
	x, other := tape.Variable([]float32{5}, 1), tape.Variable([]float32{7}, 1)
	y := tape.Scale(x, 2).KeepGrad()
	tape.Mul(x, other) // leads nowhere
	forward := calls
	tape.BackwardFrom(y, []float32{1})
	if forward != 4 || calls != 5 {
		t.Errorf("%d calls between operations forward, %d in all, want 4 and 5", forward, calls)
	}
	tape.BackwardFrom(tape.Scale(x, 3), []float32{1})
	if x.Grad[0] != 5 || y.Grad[0] != 1 || other.Grad != nil {
		t.Errorf("gradients %v, %v and %v, want 5, 1 and none", x.Grad, y.Grad, other.Grad)
	}
}

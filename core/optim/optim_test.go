package optim_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/optim"
	"pushpull/core/random"
)

// network returns the parameters of a small network, the same each time.
func network() []optim.Param {
	r := random.New(1)
	return optim.Params(nn.Head{Layers: 2, Hidden: 9, Out: 3, BatchNorm: true}.New(7, &r), "head.")
}

// optimisers are all optimisers, over ps.
func optimisers(ps []optim.Param) map[string]optim.Optimiser {
	nesterov := optim.NewSGD(ps, 0.9, 1e-2)
	nesterov.Nesterov = true
	return map[string]optim.Optimiser{
		"sgd": optim.NewSGD(ps, 0, 1e-2), "momentum": optim.NewSGD(ps, 0.9, 1e-2), "nesterov": nesterov,
		"adam": optim.NewAdam(ps, 1e-2, false), "adamw": optim.NewAdam(ps, 1e-2, true), "lars": optim.NewLARS(ps, 0.9, 1e-2),
	}
}

// setGrads gives every parameter the gradient of a bowl round 1 with step's own noise.
func setGrads(ps []optim.Param, step int) {
	r := random.New(2, uint64(step))
	for _, p := range ps {
		for i, w := range p.Value.Data {
			p.Value.Grad[i] = w - 1 + 0.1*r.Normal()
		}
	}
}

func weights(ps []optim.Param) (all []float32) {
	for _, p := range ps {
		all = append(all, p.Value.Data...)
	}
	return all
}

func TestParams(t *testing.T) {
	var got []string
	for _, p := range network() {
		got = append(got, fmt.Sprint(p.Name, " ", p.Decay))
	}
	want := []string{"head.0.weight true", "head.1.weight false", "head.1.bias false", "head.3.weight true", "head.3.bias false"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Momentum may change between steps: what it adds is the mean of the steps that were taken, also of those without momentum.
func TestMomentumComesBack(t *testing.T) {
	for name, start := range map[string]func([]optim.Param) (optim.Optimiser, *float32){
		"sgd": func(ps []optim.Param) (optim.Optimiser, *float32) {
			o := optim.NewSGD(ps, 0.9, 0)
			return o, &o.Momentum
		},
		"lars": func(ps []optim.Param) (optim.Optimiser, *float32) {
			o := optim.NewLARS(ps, 0.9, 0)
			return o, &o.Momentum
		},
	} {
		p := optim.Param{Value: ad.NewParam(1)} // without decay LARS steps as SGD does
		o, momentum := start([]optim.Param{p})
		w, buf := 0.0, 0.0
		for step, m := range []float64{0.9, 0.9, 0, 0, 0.5, 0.9} {
			g := []float64{8, -1, 3, 0.25, 1, 2}[step]
			buf = m*buf + g
			w -= 0.1 * buf
			*momentum, p.Value.Grad[0] = float32(m), float32(g)
			o.Step(0.1)
			if got := float64(p.Value.Data[0]); math.Abs(got-w) > 1e-5 {
				t.Fatalf("%s: %v after step %d, want %v", name, got, step, w)
			}
		}
	}
}

// The first step of Adam is as long as the rate, whatever the gradient's length, until that comes near to eps.
func TestAdamStepGoesByTheRate(t *testing.T) {
	for _, tc := range []struct{ g, want float64 }{{100, -0.1}, {-0.01, 0.1}, {1e-8, -0.05}, {-3e-8, 0.075}} {
		p := optim.Param{Value: ad.NewParam(1)}
		p.Value.Grad[0] = float32(tc.g)
		optim.NewAdam([]optim.Param{p}, 0, false).Step(0.1)
		if got := float64(p.Value.Data[0]); !(math.Abs(got-tc.want) < 1e-5) {
			t.Errorf("by the gradient %v to %v, want %v", tc.g, got, tc.want)
		}
	}
}

// The first step of LARS is as long as a thousandth of the weight times the rate, whatever the gradient's length. A weight
// of zeros has no length to go by and takes the gradient's step, or it would never leave 0.
func TestLARSStepGoesByTheWeightsLength(t *testing.T) {
	for _, tc := range []struct{ w, g, want [2]float32 }{
		{[2]float32{3, 4}, [2]float32{0, 100}, [2]float32{3, 4 - 0.01}},
		{[2]float32{3, 4}, [2]float32{0.25, 0}, [2]float32{3 - 0.01, 4}},
		{[2]float32{0.3, 0.4}, [2]float32{0, 1e-8}, [2]float32{0.3, 0.4 - 0.0005}}, // no longer than eps
		{[2]float32{}, [2]float32{0.25, -1}, [2]float32{-0.5, 2}},
	} {
		p := optim.Param{Value: ad.NewParam(2), Decay: true}
		copy(p.Value.Data, tc.w[:])
		copy(p.Value.Grad, tc.g[:])
		optim.NewLARS([]optim.Param{p}, 0.9, 0).Step(2)
		for i, want := range tc.want {
			if !(math.Abs(float64(p.Value.Data[i]-want)) < 1e-6) {
				t.Errorf("from %v by %v to %v, want %v", tc.w, tc.g, p.Value.Data, tc.want)
			}
		}
	}
}

// A run that is interrupted and goes on with the visited state must end where an uninterrupted one ends.
func TestStateResumes(t *testing.T) {
	for name := range optimisers(network()) {
		whole, first, second := network(), network(), network()
		o := optimisers(whole)[name]
		for step := range 6 {
			setGrads(whole, step)
			o.Step(0.05)
		}
		a, b := optimisers(first)[name], optimisers(second)[name]
		for step := range 3 {
			setGrads(first, step)
			a.Step(0.05)
		}
		state := map[string][]float32{}
		a.Visit(nn.Visitor{Prefix: "optimiser.", Buffer: func(name string, data []float32, shape ...int) {
			if _, twice := state[name]; twice {
				t.Errorf("%s: %s comes twice", name, name)
			}
			state[name] = slices.Clone(data)
		}})
		for i := range first {
			copy(second[i].Value.Data, first[i].Value.Data)
		}
		b.Visit(nn.Visitor{Prefix: "optimiser.", Buffer: func(name string, data []float32, _ ...int) {
			if copy(data, state[name]) != len(data) {
				t.Errorf("%s has another length after a restart", name)
			}
		}})
		for step := 3; step < 6; step++ {
			setGrads(second, step)
			b.Step(0.05)
		}
		if !slices.Equal(weights(second), weights(whole)) {
			t.Errorf("%s: the resumed run ended elsewhere", name)
		}
	}
}

// A parameter whose state was cleared, since it was made anew, steps as with a new optimiser; the others go on as they were.
func TestClearedStateStepsLikeNew(t *testing.T) {
	for name := range optimisers(network()) {
		ps, fresh, untouched := network(), network(), network()
		o, kept := optimisers(ps)[name], optimisers(untouched)[name]
		for step := range 50 {
			setGrads(ps, step)
			setGrads(untouched, step)
			o.Step(0.05)
			kept.Step(0.05)
		}
		copy(ps[0].Value.Data, fresh[0].Value.Data)
		o.Visit(nn.Visitor{Buffer: func(of string, data []float32, _ ...int) {
			if strings.HasPrefix(of, ps[0].Name+".") {
				clear(data)
			}
		}})
		anew := optimisers(fresh)[name]
		for step := range 3 {
			for _, all := range [][]optim.Param{ps, fresh, untouched} {
				setGrads(all, step)
			}
			o.Step(0.05)
			anew.Step(0.05)
			kept.Step(0.05)
			if !slices.Equal(ps[0].Value.Data, fresh[0].Value.Data) {
				t.Fatalf("%s: step %d is not that of a new optimiser", name, step+1)
			}
		}
		if !slices.Equal(weights(ps[1:]), weights(untouched[1:])) {
			t.Errorf("%s: clearing one parameter's state changed others", name)
		}
	}
}

// Counters are within the range that is told of them, from the first step to where they stand still.
func TestCountersStayInRange(t *testing.T) {
	for name := range optimisers(network()) {
		ps := network()
		o := optimisers(ps)[name]
		counters := 0
		for _, count := range []float32{0, 1<<24 - 1, 1 << 24} {
			o.Visit(nn.Visitor{Buffer: func(of string, data []float32, _ ...int) {
				if strings.HasSuffix(of, "steps") {
					data[0] = count
				}
			}})
			for range 2 {
				var last []float32
				o.Visit(nn.Visitor{Buffer: func(_ string, data []float32, _ ...int) { last = data }, Range: func(of string, low, high int) {
					counters++
					if n := last[0]; n < float32(low) || n > float32(high) {
						t.Errorf("%s: %s is %v, not from %d to %d", name, of, n, low, high)
					}
				}})
				o.Step(0.05)
			}
		}
		if counters == 0 {
			t.Errorf("%s counts nothing", name)
		}
	}
}

func TestWeightDecaySkipsBiasesAndNorms(t *testing.T) {
	for name := range optimisers(network()) {
		ps := network()
		before := network()
		for _, p := range append(slices.Clone(ps), before...) {
			for i := range p.Value.Data {
				p.Value.Data[i] += 2
			}
		}
		o := optimisers(ps)[name]
		setGrads(ps, 0)
		optim.ZeroGrad(ps)
		for range 3 {
			o.Step(0.1)
		}
		for i, p := range ps {
			same := slices.Equal(p.Value.Data, before[i].Value.Data)
			// LARS without a gradient does not decay either: its step is proportional to the gradient's.
			if want := !p.Decay || name == "lars"; same != want {
				t.Errorf("%s, %s: unchanged %v after steps without gradient, want %v", name, p.Name, same, want)
			}
		}
	}
}

func TestStepKeepsGradientsAndAllocatesNothing(t *testing.T) {
	for name := range optimisers(network()) {
		ps := network()
		o := optimisers(ps)[name]
		setGrads(ps, 0)
		var before [][]float32
		for _, p := range ps {
			before = append(before, slices.Clone(p.Value.Grad))
		}
		o.Step(0.1)
		for i, p := range ps {
			if !slices.Equal(p.Value.Grad, before[i]) {
				t.Errorf("%s: the step changed the gradient of %s", name, p.Name)
			}
		}
		if n := testing.AllocsPerRun(5, func() { o.Step(0.1) }); n != 0 {
			t.Errorf("%s: %v allocations a step, want 0", name, n)
		}
	}
	ps := network()
	if n := testing.AllocsPerRun(5, func() { optim.ClipGradNorm(ps, 1); optim.ZeroGrad(ps) }); n != 0 {
		t.Errorf("clipping and clearing: %v allocations, want 0", n)
	}
}

func TestEveryOptimiserDescends(t *testing.T) {
	for name := range optimisers(network()) {
		ps := network()
		o := optimisers(ps)[name]
		distance := func() (d float64) {
			for _, w := range weights(ps) {
				d += math.Pow(float64(w)-1, 2)
			}
			return d
		}
		start := distance()
		for step := range 200 {
			setGrads(ps, step)
			o.Step(0.05)
		}
		if end := distance(); !(end < start) {
			t.Errorf("%s: squared distance to the minimum went from %v to %v", name, start, end)
		}
	}
}

func TestClipGradNorm(t *testing.T) {
	p := optim.Param{Value: ad.NewParam(2)}
	for _, tc := range []struct {
		max  float32
		want []float32
	}{
		{0, []float32{3, 4}}, // measures only
		{6, []float32{3, 4}}, // already shorter
		{1, []float32{0.6, 0.8}},
	} {
		copy(p.Value.Grad, []float32{3, 4})
		if norm := optim.ClipGradNorm([]optim.Param{p}, tc.max); norm != 5 {
			t.Errorf("max %v: norm %v, want 5", tc.max, norm)
		}
		for i, w := range tc.want {
			if !(math.Abs(float64(p.Value.Grad[i]-w)) < 1e-6) {
				t.Errorf("max %v: gradient %v, want %v", tc.max, p.Value.Grad, tc.want)
			}
		}
	}
	// What divides is never less than 1e-6.
	copy(p.Value.Grad, []float32{6e-7, 8e-7})
	if optim.ClipGradNorm([]optim.Param{p}, 1e-6); !(math.Abs(float64(p.Value.Grad[1])-4e-7) < 1e-12) {
		t.Errorf("a gradient as long as 1e-6 became %v", p.Value.Grad)
	}
	// A gradient that is not finite must show in the norm, however it is clipped.
	copy(p.Value.Grad, []float32{float32(math.NaN()), 4})
	if norm := optim.ClipGradNorm([]optim.Param{p}, 1); norm == norm {
		t.Errorf("the norm of NaN is %v", norm)
	}
}

func TestCosineAtItsEnds(t *testing.T) {
	for _, tc := range []struct {
		c    optim.Cosine
		step int
		want float32
	}{
		{optim.Cosine{Base: 0.4, Steps: 10, Warmup: 4}, 0, 0.1},
		{optim.Cosine{Base: 0.4, Steps: 10, Warmup: 4}, 3, 0.4},
		{optim.Cosine{Base: 0.4, Steps: 10, Warmup: 4}, 4, 0.4},
		{optim.Cosine{Base: 0.4, Steps: 10, Warmup: 4}, 9, 0},
		{optim.Cosine{Base: 0.4, Steps: 10, Warmup: 4}, 1000, 0}, // trained on beyond the plan
		{optim.Cosine{Base: 0.4, Steps: 10, Warmup: 4, End: 0.5}, 1000, 0.2},
		{optim.Cosine{Base: 0.4, Steps: 1}, 0, 0.4},                      // the only step
		{optim.Cosine{Base: 0.4, Steps: 5, Warmup: 9}, 4, 0.4 * 5 / 9.0}, // a run shorter than its warm-up
		{optim.Cosine{Base: 0.4, Steps: 5, Warmup: 4}, 4, 0.4},           // nothing but warm-up and one step
		{optim.Cosine{Base: 0.4, Steps: 5, Warmup: 4}, 5, 0},             // and beyond
	} {
		if got := tc.c.At(tc.step); !(math.Abs(float64(got-tc.want)) < 1e-7) {
			t.Errorf("%+v at step %d: %v, want %v", tc.c, tc.step, got, tc.want)
		}
	}
	for _, tc := range []struct {
		step, steps int
		want        float32
	}{{0, 10, 0.9}, {9, 10, 1}, {1000, 10, 1}, {0, 2, 0.9}, {1, 2, 1}, {0, 1, 1}} {
		if got := optim.CosineMomentum(tc.step, tc.steps, 0.9, 1); !(math.Abs(float64(got-tc.want)) < 1e-7) {
			t.Errorf("momentum at step %d of %d: %v, want %v", tc.step, tc.steps, got, tc.want)
		}
	}
}

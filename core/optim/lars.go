package optim

import (
	"math"

	"pushpull/core/kernel"
	"pushpull/core/nn"
)

// LARS scales each weight's step by the ratio of its length to that of its gradient (You, Gitman and Ginsburg 2017):
// u = Trust·|w|/(|g| + wd·|w| + Eps)·(g + wd·w), then momentum on u. Biases and norm parameters, and weights whose
// length or gradient is 0, take plain momentum steps without decay.
type LARS struct {
	Params                            []Param
	Momentum, WeightDecay, Trust, Eps float32
	Nesterov                          bool

	buffers [][]float32
	scaled  []float32 // the gradient of one parameter after scaling
	steps   []float32
}

// NewLARS returns an optimiser of ps with trust coefficient 0.001 and eps 1e-8.
func NewLARS(ps []Param, momentum, weightDecay float32) *LARS {
	largest := 0
	for _, p := range ps {
		largest = max(largest, p.Value.Len())
	}
	return &LARS{Params: ps, Momentum: momentum, WeightDecay: weightDecay, Trust: 0.001, Eps: 1e-8,
		buffers: slots(ps), scaled: make([]float32, largest), steps: make([]float32, 1)}
}

// Step takes one step.
func (o *LARS) Step(lr float32) {
	for i, p := range o.Params {
		w, g := p.Value.Data, p.Value.Grad
		if p.Decay {
			wn := float32(math.Sqrt(float64(kernel.SumSquares(w))))
			gn := float32(math.Sqrt(float64(kernel.SumSquares(g))))
			if wn > 0 && gn > 0 {
				u := o.scaled[:len(g)]
				copy(u, g)
				kernel.Axpy(o.WeightDecay, w, u)
				kernel.Scale(o.Trust*wn/(gn+o.WeightDecay*wn+o.Eps), u)
				g = u
			}
		}
		kernel.SGDStep(w, g, o.buffers[i], lr, o.Momentum, 0, o.Nesterov, o.steps[0] == 0)
	}
	o.steps[0]++
}

// Visit visits the momentum buffers.
func (o *LARS) Visit(v nn.Visitor) {
	visitSlots(v, o.Params, "momentum", o.buffers)
	v.Whole("steps", o.steps, 0, maxSteps)
}

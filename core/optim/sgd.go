package optim

import (
	"pushpull/core/kernel"
	"pushpull/core/nn"
)

// SGD is gradient descent with momentum: buf = Momentum·buf + g, starting from the first g, and w −= lr·buf, or with
// Nesterov w −= lr·(g + Momentum·buf). Weight decay is added to g.
type SGD struct {
	Params                []Param
	Momentum, WeightDecay float32
	Nesterov              bool

	buffers [][]float32
	steps   []float32 // one number: steps taken
}

// NewSGD returns an optimiser of ps.
func NewSGD(ps []Param, momentum, weightDecay float32) *SGD {
	return &SGD{Params: ps, Momentum: momentum, WeightDecay: weightDecay, buffers: slots(ps), steps: make([]float32, 1)}
}

// Step takes one step.
func (o *SGD) Step(lr float32) {
	for i, p := range o.Params {
		kernel.SGDStep(p.Value.Data, p.Value.Grad, o.buffers[i], lr, o.Momentum, p.decay(o.WeightDecay), o.Nesterov, o.steps[0] == 0)
	}
	o.steps[0]++
}

// Visit visits the momentum buffers.
func (o *SGD) Visit(v nn.Visitor) {
	visitSlots(v, o.Params, "momentum", o.buffers)
	v.Whole("steps", o.steps, 0, maxSteps)
}

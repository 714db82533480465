package optim

import (
	"math"

	"pushpull/core/kernel"
	"pushpull/core/nn"
)

// Adam is Kingma and Ba's optimiser (2014). Weight decay is added to the gradient, or with Decoupled taken off the
// weights before the step, w *= 1 − lr·WeightDecay (AdamW, Loshchilov and Hutter 2017).
type Adam struct {
	Params                         []Param
	Beta1, Beta2, Eps, WeightDecay float32
	Decoupled                      bool

	first, second [][]float32 // moving means of the gradient and of its square
	steps         []float32   // of each parameter: what they are means of, by which they are corrected
}

// NewAdam returns an optimiser of ps with betas 0.9 and 0.999 and eps 1e-8.
func NewAdam(ps []Param, weightDecay float32, decoupled bool) *Adam {
	return &Adam{Params: ps, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, WeightDecay: weightDecay, Decoupled: decoupled,
		first: slots(ps), second: slots(ps), steps: make([]float32, len(ps))}
}

// Step takes one step.
func (o *Adam) Step(lr float32) {
	for i, p := range o.Params {
		o.steps[i]++
		n := float64(o.steps[i])
		c1 := float32(1 - math.Pow(float64(o.Beta1), n))
		c2 := float32(1 - math.Pow(float64(o.Beta2), n))
		l2, decoupled := p.decay(o.WeightDecay), float32(0)
		if o.Decoupled {
			l2, decoupled = 0, l2
		}
		kernel.AdamStep(p.Value.Data, p.Value.Grad, o.first[i], o.second[i], lr, o.Beta1, o.Beta2, o.Eps, c1, c2, l2, decoupled)
	}
}

// Visit visits both moments, and the steps that each parameter has taken with them.
func (o *Adam) Visit(v nn.Visitor) {
	visitSlots(v, o.Params, "first_moment", o.first)
	visitSlots(v, o.Params, "second_moment", o.second)
	for i, p := range o.Params {
		v.Whole(p.Name+".steps", o.steps[i:i+1], 0, maxSteps)
	}
}

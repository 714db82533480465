// Package optim changes parameters by their gradients: optimisers, learning-rate schedules, clipping and moving
// averages.
package optim

import (
	"math"

	"pushpull/core/ad"
	"pushpull/core/kernel"
	"pushpull/core/nn"
)

// Param is a parameter under optimisation.
type Param struct {
	Name  string
	Value *ad.Value
	Decay bool // weight decay applies; false for biases and norm parameters
}

// Params returns the parameters of p.
func Params(p nn.Part, prefix string) []Param {
	var ps []Param
	p.Visit(nn.Visitor{Prefix: prefix, Param: func(name string, p *ad.Value, decay bool) {
		ps = append(ps, Param{name, p, decay})
	}})
	return ps
}

// Optimiser takes steps along gradients.
type Optimiser interface {
	// Step changes each parameter by its gradient at the learning rate lr. Gradients stay as they are.
	Step(lr float32)
	// Visit visits the optimiser's state: what a resumed run needs.
	Visit(v nn.Visitor)
}

// ZeroGrad clears the gradients.
func ZeroGrad(ps []Param) {
	for _, p := range ps {
		clear(p.Value.Grad)
	}
}

// ClipGradNorm scales all gradients by min(1, max/(norm+1e-6)), where norm is the length of all of them as one vector,
// and returns norm. With max 0 it only measures.
func ClipGradNorm(ps []Param, max float32) float32 {
	var squares float64
	for _, p := range ps {
		squares += float64(kernel.SumSquares(p.Value.Grad))
	}
	norm := float32(math.Sqrt(squares))
	if factor := max / (norm + 1e-6); max > 0 && factor < 1 {
		for _, p := range ps {
			kernel.Scale(factor, p.Value.Grad)
		}
	}
	return norm
}

// slots returns one array of zeros for each parameter.
func slots(ps []Param) [][]float32 {
	s := make([][]float32, len(ps))
	for i, p := range ps {
		s[i] = make([]float32, p.Value.Len())
	}
	return s
}

// maxSteps is where a counter of steps stands still: float32 has no whole number after it.
const maxSteps = 1 << 24

func visitSlots(v nn.Visitor, ps []Param, name string, s [][]float32) {
	for i, p := range ps {
		v.State(p.Name+"."+name, s[i], p.Value.Shape()...)
	}
}

// decay returns the weight decay of p.
func (p Param) decay(wd float32) float32 {
	if p.Decay {
		return wd
	}
	return 0
}

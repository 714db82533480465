package optim_test

import (
	"fmt"

	"pushpull/core/ad"
	"pushpull/core/optim"
)

// Three steps down a bowl, at a learning rate that falls along half a cosine.
func Example() {
	p := optim.Param{Name: "w", Value: ad.NewParam(1), Decay: true}
	sgd := optim.NewSGD([]optim.Param{p}, 0.9, 0)
	rate := optim.Cosine{Base: 0.2, Steps: 3}
	for step := range 3 {
		p.Value.Grad[0] = 2 * (p.Value.Data[0] - 1) // of (w − 1)²
		sgd.Step(rate.At(step))
		fmt.Printf("rate %.2f, w %.2f\n", rate.At(step), p.Value.Data[0])
	}
	// Output:
	// rate 0.20, w 0.40
	// rate 0.10, w 0.70
	// rate 0.00, w 0.70
}

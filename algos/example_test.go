package algos

import (
	"fmt"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/train"
)

// Hinge pulls the views of an image to cosine 1 and pushes those of different images below a margin (Hadsell, Chopra and
// LeCun 2006, on the sphere). Both branches receive gradient; there is no state.
type Hinge struct{}

// Loss returns HingeLoss of the step's two projections.
func (Hinge) Loss(s *train.Step) *ad.Value {
	return HingeLoss(s.Tape, s.Project(0), s.Project(1), s.Float("margin"))
}

// HingeLoss returns, for z1, z2 [n, d], rows scaled to length 1,
//
//	mean (1 − z1ᵢ·z2ᵢ) + mean_{i≠j} max(0, z1ᵢ·z2ⱼ − margin)
func HingeLoss(t *ad.Tape, z1, z2 *ad.Value, margin float32) *ad.Value {
	n := float32(z1.Rows())
	s := t.MatMulT(t.NormalizeRows(z1), t.NormalizeRows(z2)) // [n, n]
	pull := t.AddConst(t.Scale(t.Mean(t.Diagonal(s)), -1), 1)
	push := t.Sum(t.ReLU(t.ZeroDiagonal(t.AddConst(s, -margin))))
	return t.Add(pull, t.Scale(push, 1/(n*(n-1))))
}

var hinge = Algorithm{
	Name:     "hinge",
	Title:    "Hinge on the sphere",
	Paper:    "https://doi.org/10.1109/CVPR.2006.100",
	Help:     "pulls the views of an image together and pushes other images below a margin",
	Equation: "L = mean_i (1 − z_i·z′_i) + mean_{i≠j} max(0, z_i·z′_j − m)",
	Flow: flow.Chart{Loss: "pull the views, push below the margin", Branches: []flow.Branch{
		flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.Encoder, flow.Head), flow.From("other images", flow.Encoder, flow.Head),
	}},
	MinBatch: 2,
	Defaults: train.Values{"margin": 0.5},
	New:      func(train.Config) (train.Objective, error) { return Hinge{}, nil },
}

// The worked example of docs/adding-an-algorithm.md.
func Example() {
	d := data.Shapes(1, 256, 100)
	c, err := train.Resolve(hinge.Name, d.Name, "convnet", hinge.Defaults, map[string]string{
		"batch": "32", "conv-channels": "8-16", "conv-strides": "2-2", "margin": "0.2",
	})
	if err != nil {
		panic(err)
	}
	objective, err := hinge.New(c)
	if err != nil {
		panic(err)
	}
	t, err := train.New(c, d, objective)
	if err != nil {
		panic(err)
	}
	first, err := t.Step()
	if err != nil {
		panic(err)
	}
	last := first
	for range 15 {
		if last, err = t.Step(); err != nil {
			panic(err)
		}
	}
	fmt.Println("the loss falls:", last.Loss < first.Loss)
	// Output: the loss falls: true
}

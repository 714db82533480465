package train

import (
	"pushpull/core/ad"
	"pushpull/core/nn"
)

// Stack is a part of what learns, with its layers in the order of the data.
type Stack struct {
	Part   string     `json:"part"` // "encoder", "head", or the name of the objective's part
	Layers []nn.Layer `json:"layers"`
}

// Stacks returns what learns: encoder and head layer by layer, then the objective's parts, a layer each.
func (t *Trainer) Stacks() []Stack {
	in := t.Input
	tape := ad.Tape{NoGrad: true}
	encoder, h := nn.Outline(&tape, t.Encoder, tape.Input(make([]float32, in.H*in.W*in.C), 1, in.H, in.W, in.C))
	head, _ := nn.Outline(&tape, t.Head, h)
	all := []Stack{{"encoder", encoder}, {"head", head}}
	for _, e := range t.extra {
		if e.learns {
			all = append(all, Stack{e.name, []nn.Layer{{Name: e.name, Parameters: nn.Count(e.part)}}})
		}
	}
	return all
}

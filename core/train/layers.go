package train

import (
	"strings"

	"pushpull/core/ad"
	"pushpull/core/nn"
)

// Layer is a layer that learns.
type Layer struct {
	Part       string // "encoder", "head", or the name of the objective's part
	Name       string // within the part
	Shape      []int  // of its weights, inputs before outputs
	Parameters int
}

// Layers returns what learns, along the way of the data.
func (t *Trainer) Layers() []Layer {
	all := layersOf("encoder", t.Encoder)
	all = append(all, layersOf("head", t.Head)...)
	for _, e := range t.extra {
		if e.learns {
			all = append(all, layersOf(e.name, e.part)...)
		}
	}
	return all
}

// layersOf returns the layers of a part: neighbouring parameters whose names differ in the last word.
func layersOf(part string, p nn.Part) (all []Layer) {
	p.Visit(nn.Visitor{Param: func(name string, v *ad.Value, _ bool) {
		at := max(strings.LastIndexByte(name, '.'), 0)
		if n := len(all); n == 0 || all[n-1].Name != name[:at] {
			all = append(all, Layer{Part: part, Name: name[:at], Shape: v.Shape()})
		}
		all[len(all)-1].Parameters += v.Len()
	}})
	return all
}

package nn

import (
	"fmt"

	"pushpull/core/ad"
)

// Layer is a layer as a drawing of the network shows it.
type Layer struct {
	Name       string   `json:"name"`           // "3x3 conv"
	With       []string `json:"with,omitempty"` // how, and what is done to its result: "stride 2", "batch-norm", "ReLU"
	Out        []int    `json:"out"`            // shape of the result for one image
	Parameters int      `json:"parameters"`
}

// Outline passes an image or a vector x, the only one of its batch, through a module and returns the layers on its way, and
// the result.
func Outline(t *ad.Tape, m Module, x *ad.Value) ([]Layer, *ad.Value) {
	switch m := m.(type) {
	case encoder:
		return Outline(t, m.Sequence, x)
	case *ViT:
		x = m.Tokens(t, x)
		patches := Layer{Name: fmt.Sprintf("%dx%d patches", m.Patch.Stride, m.Patch.Stride), With: []string{"positions"}, Out: x.Shape()[1:], Parameters: Count(m.Patch) + m.Position.Len()}
		pool := Layer{Name: "mean of the patches"}
		if m.Class != nil {
			patches.Parameters += m.Class.Len()
			pool.Name = "class token"
		}
		blocks, x := Outline(t, m.Blocks, x)
		x = m.Pool(t, x)
		pool.Out = x.Shape()[1:]
		return append(append([]Layer{patches}, blocks...), pool), x
	case Sequence:
		all := []Layer{} // of a head without layers, too: the page reads a list
		for _, part := range m {
			x = part.Forward(t, x)
			if name := with(part.Module); name != "" && len(all) > 0 {
				last := &all[len(all)-1]
				last.With, last.Parameters = append(last.With, name), last.Parameters+Count(part)
			} else {
				all = append(all, layer(name, part.Module, x))
			}
		}
		return all, x
	}
	x = m.Forward(t, x)
	return []Layer{layer(with(m), m, x)}, x
}

// layer describes a module that made out.
func layer(name string, m Module, out *ad.Value) Layer {
	l := Layer{Name: name, Out: out.Shape()[1:], Parameters: Count(m)}
	stride := 1
	switch m := m.(type) {
	case *Conv2D:
		l.Name, stride = fmt.Sprintf("%dx%d conv", m.Weight.Dim(0), m.Weight.Dim(1)), m.Stride
	case *basicBlock:
		l.Name, stride = "residual block", m.body[0].Module.(*Conv2D).Stride
	case *block:
		l.Name = "transformer block"
	case *Linear:
		l.Name = "linear"
	case function:
		l.Name = m.name
	}
	if stride > 1 {
		l.With = []string{fmt.Sprintf("stride %d", stride)}
	}
	return l
}

// with names a module that is drawn with the layer before it, "" for others.
func with(m Module) string {
	switch m.(type) {
	case *BatchNorm:
		return "batch-norm"
	case *LayerNorm:
		return "layer-norm"
	case relu:
		return "ReLU"
	}
	return ""
}

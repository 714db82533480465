// Package nn builds networks from the operations of package ad: layers, encoders, projection heads and predictors.
// Everything a checkpoint must hold is reachable by Visit under a stable name.
package nn

import (
	"fmt"

	"pushpull/core/ad"
)

// Part is anything that has parameters or buffers.
type Part interface {
	// Visit calls v for every parameter and buffer, always in the same order.
	Visit(v Visitor)
}

// Module is a layer or a network of layers.
type Module interface {
	Part
	// Forward records the module's result for x on the tape. t.Training chooses batch statistics.
	Forward(t *ad.Tape, x *ad.Value) *ad.Value
}

// Visitor receives the parameters and buffers of a part. Names are joined with dots: "block1.conv1.weight".
type Visitor struct {
	Prefix string
	Param  func(name string, p *ad.Value, decay bool)      // decay: subject to weight decay; false for biases and norms
	Buffer func(name string, data []float32, shape ...int) // state that is no parameter, such as running statistics
	Range  func(name string, low, high int)                // after Buffer: its numbers are whole, from low to high
}

// In returns the visitor for the part called name.
func (v Visitor) In(name string) Visitor {
	v.Prefix += name + "."
	return v
}

// Parameter passes on a parameter of the part; none where p is nil.
func (v Visitor) Parameter(name string, p *ad.Value, decay bool) {
	if v.Param != nil && p != nil {
		v.Param(v.Prefix+name, p, decay)
	}
}

// State passes on a buffer of the part.
func (v Visitor) State(name string, data []float32, shape ...int) {
	if v.Buffer != nil {
		v.Buffer(v.Prefix+name, data, shape...)
	}
}

// Whole passes on a buffer whose numbers are whole, from low to high: places, counters. Others are not read into it.
func (v Visitor) Whole(name string, data []float32, low, high int) {
	v.State(name, data, len(data))
	if v.Range != nil {
		v.Range(v.Prefix+name, low, high)
	}
}

// Sequence applies modules one after the other. A module without a name holds nothing to visit.
type Sequence []Named

// Named is a module with the name of its parameters' prefix.
type Named struct {
	Name string
	Module
}

// Forward applies the modules in order. A convolution gathers the statistics for the batch-norm right behind it, and a
// batch-norm does the ReLU right behind it, which saves passes over memory.
func (s Sequence) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	for i := 0; i < len(s); i++ {
		next := Module(nil)
		if i+1 < len(s) {
			next = s[i+1].Module
		}
		switch m := s[i].Module.(type) {
		case *Conv2D:
			if _, norm := next.(*BatchNorm); norm && m.Bias == nil && m.Groups == 1 {
				x = t.Conv2DForNorm(x, m.Weight, m.Stride, m.Pad)
				continue
			}
		case *BatchNorm:
			if next == (relu{}) {
				x = m.forwardReLU(t, x)
				i++
				continue
			}
		}
		x = s[i].Module.Forward(t, x)
	}
	return x
}

// Visit visits the modules in order.
func (s Sequence) Visit(v Visitor) {
	for _, m := range s {
		m.Module.Visit(v.In(m.Name))
	}
}

// Parameters returns the parameters of p in order.
func Parameters(p Part) []*ad.Value {
	var ps []*ad.Value
	p.Visit(Visitor{Param: func(_ string, p *ad.Value, _ bool) { ps = append(ps, p) }})
	return ps
}

// Count returns the number of numbers in the parameters of p.
func Count(p Part) int {
	n := 0
	for _, w := range Parameters(p) {
		n += w.Len()
	}
	return n
}

// Copy makes the parameters and buffers of dst those of src; the two must be built alike.
func Copy(dst, src Part) {
	Pair(dst, src, func(d, s []float32) { copy(d, s) })
}

// Pair calls f for each parameter and buffer of dst and its counterpart in src.
func Pair(dst, src Part, f func(dst, src []float32)) {
	var all [][]float32
	collect := Visitor{
		Param:  func(_ string, p *ad.Value, _ bool) { all = append(all, p.Data) },
		Buffer: func(_ string, b []float32, _ ...int) { all = append(all, b) },
	}
	dst.Visit(collect)
	n := len(all)
	src.Visit(collect)
	if len(all) != 2*n {
		panic(fmt.Sprintf("nn.Pair: %d and %d arrays", n, len(all)-n))
	}
	for i := range n {
		if len(all[i]) != len(all[n+i]) {
			panic(fmt.Sprintf("nn.Pair: array %d has %d and %d numbers", i, len(all[i]), len(all[n+i])))
		}
		f(all[i], all[n+i])
	}
}

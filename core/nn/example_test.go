package nn_test

import (
	"fmt"

	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/random"
)

// An encoder and its projection head.
func Example() {
	r := random.New(1)
	encoder := nn.ConvNet(3, []nn.Stage{{Channels: 32, Stride: 1}, {Channels: 64, Stride: 2}}, &r)
	head := nn.Head{Layers: 2, Hidden: 128, Out: 16, BatchNorm: true}.New(encoder.Dim(), &r)

	t := ad.Tape{Training: true}
	images := t.Input(make([]float32, 8*32*32*3), 8, 32, 32, 3)
	h := encoder.Forward(&t, images)
	z := head.Forward(&t, h)
	fmt.Println(h.Shape(), z.Shape(), nn.Count(encoder)+nn.Count(head), "parameters")
	head.Visit(nn.Visitor{Prefix: "head.", Param: func(name string, p *ad.Value, decay bool) {
		fmt.Println(name, p.Shape(), decay)
	}})
	// Output:
	// [8 64] [8 16] 30000 parameters
	// head.0.weight [128 64] true
	// head.1.weight [128] false
	// head.1.bias [128] false
	// head.3.weight [16 128] true
	// head.3.bias [16] false
}

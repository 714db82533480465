package main

import (
	"time"

	"pushpull/algos"
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/optim"
	"pushpull/core/random"
)

// steps times training steps, views given: forward, NT-Xent, backward, Adam.
func steps(threads int, budget time.Duration) []result {
	r := random.New(1)
	head := nn.Head{Layers: 2, Hidden: 256, Out: 128, BatchNorm: true}
	mlp := nn.Sequence{
		{Name: "0", Module: nn.NewLinear(784, 512, true, &r)}, {Name: "1", Module: nn.NewBatchNorm(512, true)}, {Module: nn.ReLU()},
		{Name: "3", Module: nn.NewLinear(512, 256, true, &r)}, {Name: "4", Module: nn.NewBatchNorm(256, true)}, {Module: nn.ReLU()},
		{Name: "head", Module: head.New(256, &r)},
	}
	encoder := nn.ConvNet(3, []nn.Stage{{Channels: 32, Stride: 1}, {Channels: 64, Stride: 2}, {Channels: 128, Stride: 2}}, &r)
	convnet := nn.Sequence{{Name: "encoder", Module: encoder}, {Name: "head", Module: head.New(128, &r)}}
	return []result{
		step("MLP step, 512 views", mlp, threads, budget, 512, 784),
		step("ConvNet step, 256 views", convnet, threads, budget, 256, 32, 32, 3),
	}
}

func step(name string, net nn.Module, threads int, budget time.Duration, shape ...int) result {
	size := 1
	for _, d := range shape {
		size *= d
	}
	x, n := noise(size), shape[0]/2
	params := optim.Params(net, "")
	adam := optim.NewAdam(params, 0, false)
	tape := &ad.Tape{Training: true}
	return result{name: name, threads: threads, seconds: median(budget, func() {
		tape.Reset()
		optim.ZeroGrad(params)
		z := net.Forward(tape, tape.Input(x, shape...))
		tape.Backward(algos.NTXent(tape, tape.SliceRows(z, 0, n), tape.SliceRows(z, n, 2*n), 0.5))
		adam.Step(1e-3)
	})}
}

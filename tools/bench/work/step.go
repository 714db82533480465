package work

import (
	"runtime"
	"time"

	"pushpull/algos"
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/optim"
	"pushpull/core/random"
)

// Step is a training step of a network, views given: forward, NT-Xent, backward, Adam.
type Step struct {
	Name  string
	Views []int // shape of the views of a step
	New   func(r *random.Stream) nn.Module
}

// Steps are those that are measured.
var Steps = []Step{
	{"MLP step, 512 views", []int{512, 784}, func(r *random.Stream) nn.Module {
		return nn.Sequence{
			{Name: "0", Module: nn.NewLinear(784, 512, true, r)}, {Name: "1", Module: nn.NewBatchNorm(512, true)}, {Module: nn.ReLU()},
			{Name: "3", Module: nn.NewLinear(512, 256, true, r)}, {Name: "4", Module: nn.NewBatchNorm(256, true)}, {Module: nn.ReLU()},
			{Name: "head", Module: head.New(256, r)},
		}
	}},
	{"ConvNet step, 256 views", []int{256, 32, 32, 3}, func(r *random.Stream) nn.Module {
		return withHead(nn.ConvNet(3, []nn.Stage{{Channels: 32, Stride: 1}, {Channels: 64, Stride: 2}, {Channels: 128, Stride: 2}}, r), 128, r)
	}},
	{"ResNet-18 w16 step, 256 views", []int{256, 32, 32, 3}, func(r *random.Stream) nn.Module {
		stages := []nn.ResStage{{Blocks: 2, Channels: 16, Stride: 1}, {Blocks: 2, Channels: 32, Stride: 2},
			{Blocks: 2, Channels: 64, Stride: 2}, {Blocks: 2, Channels: 128, Stride: 2}}
		return withHead(nn.ResNet(3, stages, r), 128, r)
	}},
}

var head = nn.Head{Layers: 2, Hidden: 256, Out: 128, BatchNorm: true}

func withHead(encoder nn.Module, width int, r *random.Stream) nn.Module {
	return nn.Sequence{{Name: "encoder", Module: encoder}, {Name: "head", Module: head.New(width, r)}}
}

// Measure times the step.
func (s Step) Measure(threads int, budget time.Duration) Result {
	return Result{Name: s.Name, Threads: threads, Seconds: Median(budget, s.Prepare())}
}

// Allocations returns how many objects a step puts on Go's heap, once the first steps are done.
func (s Step) Allocations() float64 {
	const steps = 5
	step := s.Prepare()
	step()
	step()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range steps {
		step()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / steps
}

// Prepare returns a function that does the step once.
func (s Step) Prepare() func() {
	r := random.New(1)
	net := s.New(&r)
	size := 1
	for _, d := range s.Views {
		size *= d
	}
	x, n := Noise(size), s.Views[0]/2
	params := optim.Params(net, "")
	adam := optim.NewAdam(params, 0, false)
	tape := &ad.Tape{Training: true}
	return func() {
		tape.Reset()
		optim.ZeroGrad(params)
		z := net.Forward(tape, tape.Input(x, s.Views...))
		tape.Backward(algos.NTXent(tape, tape.SliceRows(z, 0, n), tape.SliceRows(z, n, 2*n), 0.5))
		adam.Step(1e-3)
	}
}

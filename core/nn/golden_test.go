package nn_test

import (
	"strings"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/golden"
	"pushpull/core/nn"
	"pushpull/core/random"
)

// op is an operation without parameters as a module.
type op func(t *ad.Tape, x *ad.Value) *ad.Value

func (f op) Forward(t *ad.Tape, x *ad.Value) *ad.Value { return f(t, x) }
func (op) Visit(nn.Visitor)                            {}

// embedding looks up rows of a table; what it is forwarded does not matter.
type embedding struct {
	table *ad.Value
	index []int32
	shape []int
}

func (e embedding) Forward(t *ad.Tape, _ *ad.Value) *ad.Value {
	return t.GatherRows(e.table, e.index, e.shape...)
}
func (e embedding) Visit(v nn.Visitor) { v.Param("weight", e.table, true) }

// groupNorm is ad.Tape.GroupNorm with its parameters.
type groupNorm struct {
	weight, bias *ad.Value
	groups       int
	eps          float32
}

func (g groupNorm) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	return t.GroupNorm(x, g.weight, g.bias, g.groups, g.eps)
}
func (g groupNorm) Visit(v nn.Visitor) {
	v.Param("weight", g.weight, false)
	v.Param("bias", g.bias, false)
}

func TestGoldenLayers(t *testing.T) {
	golden.Run(t, "layers.json", map[string]func(*testing.T, golden.Case){
		"linear":                linear,
		"conv2d":                conv2D,
		"batchnorm1d":           batchNorm,
		"batchnorm2d":           batchNorm,
		"layernorm":             layerNorm,
		"groupnorm":             groupNormLayer,
		"activation/relu":       plain((*ad.Tape).ReLU),
		"activation/silu":       plain((*ad.Tape).SiLU),
		"activation/sigmoid":    plain((*ad.Tape).Sigmoid),
		"activation/tanh":       plain((*ad.Tape).Tanh),
		"activation/gelu_exact": plain((*ad.Tape).GELU),
		"activation/gelu_tanh":  plain((*ad.Tape).GELUTanh),
		"softmax":               plain((*ad.Tape).Softmax),
		"log_softmax":           plain((*ad.Tape).LogSoftmax),
		"cross_entropy":         crossEntropy,
		"l2_normalize":          l2Normalize,
		"pool":                  pool,
		"embedding":             embed,
		"attention":             attention,
	})
}

func linear(t *testing.T, c golden.Case) {
	w := c.Input(t, "weight").Shape
	check(t, c, nn.NewLinear(w[1], w[0], has(c, "bias"), stream()))
}

func conv2D(t *testing.T, c golden.Case) {
	w := c.Input(t, "weight").Shape
	groups := c.Int(t, "groups")
	l := nn.NewConv2D(w[1], w[0], c.Int(t, "kernel"), c.Int(t, "stride"), c.Int(t, "padding"), has(c, "bias"), stream())
	l.Groups = groups
	check(t, c, l)
}

func batchNorm(t *testing.T, c golden.Case) {
	l := nn.NewBatchNorm(len(c.Input(t, "running_mean").Data), has(c, "weight"))
	l.Momentum, l.Eps = float32(c.Float(t, "momentum")), float32(c.Float(t, "eps"))
	check(t, c, l)
}

func layerNorm(t *testing.T, c golden.Case) {
	l := nn.NewLayerNorm(len(c.Input(t, "weight").Data))
	l.Eps = float32(c.Float(t, "eps"))
	check(t, c, l)
}

func groupNormLayer(t *testing.T, c golden.Case) {
	n := len(c.Input(t, "weight").Data)
	check(t, c, groupNorm{ad.NewParam(n), ad.NewParam(n), c.Int(t, "groups"), float32(c.Float(t, "eps"))})
}

func plain(f op) func(*testing.T, golden.Case) {
	return func(t *testing.T, c golden.Case) { check(t, c, f) }
}

func crossEntropy(t *testing.T, c golden.Case) {
	target, smoothing := c.Input(t, "target").I32(), float32(c.Float(t, "label_smoothing"))
	check(t, c, op(func(t *ad.Tape, x *ad.Value) *ad.Value { return t.CrossEntropySmooth(x, target, smoothing) }))
}

func l2Normalize(t *testing.T, c golden.Case) {
	eps := float32(c.Float(t, "eps"))
	check(t, c, op(func(t *ad.Tape, x *ad.Value) *ad.Value { return t.NormalizeRowsEps(x, eps) }))
}

func pool(t *testing.T, c golden.Case) {
	size, stride, pad := c.Int(t, "kernel"), c.Int(t, "stride"), c.Int(t, "padding")
	kind := strings.TrimPrefix(c.Name, "pool/")
	check(t, c, op(func(tape *ad.Tape, x *ad.Value) *ad.Value {
		switch {
		case strings.HasPrefix(kind, "max"):
			return tape.MaxPool(x, size, stride, pad)
		case strings.HasPrefix(kind, "avg"):
			return tape.AvgPool(x, size, stride, pad)
		case kind == "global_avg":
			return nn.GlobalAvgPool().Forward(tape, x)
		}
		t.Fatalf("no pooling is called %q", kind)
		return nil
	}))
}

func embed(t *testing.T, c golden.Case) {
	w, index := c.Input(t, "weight").Shape, c.Input(t, "index")
	check(t, c, embedding{ad.NewParam(w...), index.I32(), index.Shape})
}

func attention(t *testing.T, c golden.Case) {
	shape := c.Input(t, "x").Shape
	causal, ok := c.Params["causal"].(bool)
	if !ok {
		t.Fatalf("parameter causal is %v", c.Params["causal"])
	}
	check(t, c, nn.NewAttention(shape[len(shape)-1], c.Int(t, "heads"), causal, stream()))
}

// check loads m's parameters and buffers from the case by their names, and compares its result, its buffers afterwards
// and every gradient.
func check(t *testing.T, c golden.Case, m nn.Module) {
	t.Helper()
	m.Visit(nn.Visitor{
		Param:  func(name string, p *ad.Value, _ bool) { load(t, name, p.Data, c.Input(t, name)) },
		Buffer: func(name string, b []float32, _ ...int) { load(t, name, b, c.Input(t, name)) },
	})
	training, given := c.Params["training"].(bool)
	tape := &ad.Tape{Training: training || !given}
	var x *ad.Value
	if has(c, "x") {
		in := ours("x", c.Input(t, "x"))
		x = tape.Variable(in.F32(), in.Shape...)
	}
	y := m.Forward(tape, x)

	outputs, grads := 1, 0
	if want, ok := c.Outputs["loss"]; ok {
		golden.Compare(t, c, "loss", y.Data, want)
		tape.Backward(y)
	} else {
		golden.Compare(t, c, "y", y.Data, ours("y", c.Outputs["y"]))
		tape.BackwardFrom(y, ours("dy", c.Input(t, "dy")).F32())
	}
	compare := func(name string, v *ad.Value) {
		want, ok := c.Grads[name]
		if !ok {
			t.Errorf("the case has no gradient of %q", name)
			return
		}
		golden.Compare(t, c, "gradient of "+name, v.Grad, ours(name, want))
		grads++
	}
	if x != nil {
		compare("x", x)
	}
	m.Visit(nn.Visitor{
		Param: func(name string, p *ad.Value, _ bool) { compare(name, p) },
		Buffer: func(name string, b []float32, _ ...int) {
			c.Output(t, name+"_after", b)
			outputs++
		},
	})
	if outputs != len(c.Outputs) || grads != len(c.Grads) {
		t.Errorf("compared %d outputs and %d gradients; the case has %d and %d", outputs, grads, len(c.Outputs), len(c.Grads))
	}
}

func load(t *testing.T, name string, dst []float32, from golden.Tensor) {
	t.Helper()
	if src := ours(name, from).F32(); copy(dst, src) != len(src) || len(dst) != len(src) {
		t.Fatalf("%s holds %d numbers, the case %v", name, len(dst), from.Shape)
	}
}

// ours returns the tensor as this code lays it out: images [n, c, h, w] as [n, h, w, c], the weights of a convolution
// [out, in, kh, kw] as [kh, kw, in, out], anything else as it is.
func ours(name string, x golden.Tensor) golden.Tensor {
	if len(x.Shape) != 4 {
		return x
	}
	y := x.NHWC() // of weights: [out, kh, kw, in]
	if name == "weight" {
		out, rest := y.Shape[0], len(y.Data)/y.Shape[0]
		turned := golden.Tensor{Shape: append(y.Shape[1:], out), Data: make([]float64, len(y.Data))}
		for i, v := range y.Data {
			turned.Data[i%rest*out+i/rest] = v
		}
		return turned
	}
	return y
}

func has(c golden.Case, input string) bool {
	_, ok := c.Inputs[input]
	return ok
}

// stream returns a source for initial numbers that the case then replaces.
func stream() *random.Stream {
	r := random.New(1)
	return &r
}

package algos

import (
	"strings"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/golden"
	"pushpull/core/nn"
	"pushpull/core/optim"
	"pushpull/core/random"
)

func TestGoldenEncoders(t *testing.T) {
	r := random.New(1)
	golden.Run(t, "encoders.json", map[string]func(*testing.T, golden.Case){
		"mlp": func(t *testing.T, c golden.Case) {
			x := c.Input(t, "x")
			head := nn.Head{Layers: 2, Hidden: c.Int(t, "head"), Out: c.Int(t, "projection"), BatchNorm: true}
			out := c.Int(t, "out")
			network{"encoder.", nn.MLP(x.Shape[1], []int{c.Int(t, "hidden"), out}, &r), "head.", head.New(out, &r), images(x)}.check(t, c)
		},
		"convnet": func(t *testing.T, c golden.Case) {
			x := c.Input(t, "x")
			stages := []nn.Stage{{Channels: c.Int(t, "channels1"), Stride: 1}, {Channels: c.Int(t, "channels2"), Stride: 2}}
			head := nn.Head{Layers: 2, Hidden: c.Int(t, "head"), Out: c.Int(t, "projection")}
			network{"", nn.ConvNet(x.Shape[1], stages, &r), "head.", head.New(stages[1].Channels, &r), images(x)}.check(t, c)
		},
		"resnet": func(t *testing.T, c golden.Case) {
			x := c.Input(t, "x")
			stages := []nn.ResStage{{Blocks: 1, Channels: c.Int(t, "channels1"), Stride: 1}, {Blocks: 1, Channels: c.Int(t, "channels2"), Stride: 2}}
			head := nn.NewLinear(stages[1].Channels, c.Int(t, "projection"), true, &r)
			network{"", nn.ResNet(x.Shape[1], stages, &r), "head.", head, images(x)}.check(t, c)
		},
		"vit": func(t *testing.T, c golden.Case) {
			x := c.Input(t, "x")
			vit := nn.NewViT(x.Shape[2], x.Shape[3], x.Shape[1], c.Int(t, "patch"), true, transformer(t, c), &r)
			network{"", vit, "head.", nn.NewLinear(vit.Dim(), c.Int(t, "projection"), true, &r), images(x)}.check(t, c)
		},
		"text": func(t *testing.T, c golden.Case) {
			text := nn.NewText(c.Int(t, "vocab"), c.Int(t, "length"), transformer(t, c), &r)
			input := func(t *ad.Tape) *ad.Value { return nil }
			module := words{text, c.Input(t, "x").I32()}
			network{"", module, "head.", nn.NewLinear(text.Dim(), c.Int(t, "projection"), false, &r), input}.check(t, c)
		},
	})
}

func transformer(t *testing.T, c golden.Case) nn.Transformer {
	return nn.Transformer{Width: c.Int(t, "dim"), Depth: c.Int(t, "depth"), Heads: c.Int(t, "heads"), Hidden: c.Int(t, "mlp")}
}

// words is a text encoder as a module of one batch of tokens.
type words struct {
	*nn.Text
	tokens []int32
}

func (w words) Forward(t *ad.Tape, _ *ad.Value) *ad.Value { return w.Encode(t, w.tokens) }

// images returns the golden input x, rows of numbers or images with their channels first, as what an encoder is given.
func images(x golden.Tensor) func(t *ad.Tape) *ad.Value {
	if len(x.Shape) == 4 {
		x = x.NHWC()
	}
	data := x.F32()
	return func(t *ad.Tape) *ad.Value { return t.Input(data, x.Shape...) }
}

// network is an encoder with its head under the names of a golden case.
type network struct {
	encoderName string
	encoder     nn.Module
	headName    string
	head        nn.Module
	input       func(*ad.Tape) *ad.Value
}

func (n network) visit(v nn.Visitor) {
	v.Prefix = n.encoderName
	n.encoder.Visit(v)
	v.Prefix = n.headName
	n.head.Visit(v)
}

func (n network) forward(t *ad.Tape) (h, z *ad.Value) {
	h = n.encoder.Forward(t, n.input(t))
	return h, n.head.Forward(t, h)
}

// check compares everything that one pass and a few steps of SGD make of the network.
func (n network) check(t *testing.T, c golden.Case) {
	var params []optim.Param
	n.visit(nn.Visitor{Param: func(name string, p *ad.Value, decay bool) {
		params = append(params, optim.Param{Name: name, Value: p, Decay: decay})
	}})
	if want := len(c.Params["parameters"].([]any)); len(params) != want {
		t.Fatalf("%d parameters, want %d", len(params), want)
	}
	start := func() {
		for _, p := range params {
			copy(p.Value.Data, fromTorch(c.Input(t, p.Name)))
		}
	}
	temperature := float32(c.Float(t, "temperature"))
	loss := func(tape *ad.Tape, z *ad.Value) *ad.Value {
		half := z.Rows() / 2
		return NTXent(tape, tape.SliceRows(z, 0, half), tape.SliceRows(z, half, 2*half), temperature)
	}

	start()
	optim.ZeroGrad(params)
	tape := &ad.Tape{Training: true}
	h, z := n.forward(tape)
	l := loss(tape, z)
	c.Output(t, "h", h.Data)
	c.Output(t, "z", z.Data)
	c.Output(t, "loss", l.Data)
	tape.Backward(l)
	for _, p := range params {
		want := c.Grads[p.Name]
		want.Data = wide(fromTorch(want))
		golden.Compare(t, c, "gradient of "+p.Name, p.Value.Grad, want)
	}
	n.visit(nn.Visitor{Buffer: func(name string, data []float32, _ ...int) {
		c.Output(t, name+"_after", data)
		fill := float32(0)
		if strings.HasSuffix(name, "running_var") {
			fill = 1
		}
		for i := range data {
			data[i] = fill
		}
	}})

	start()
	sgd := optim.NewSGD(params, float32(c.Float(t, "momentum")), 0)
	var losses []float32
	for range c.Int(t, "steps") {
		tape.Reset()
		optim.ZeroGrad(params)
		_, z := n.forward(tape)
		l := loss(tape, z)
		losses = append(losses, l.Scalar())
		tape.Backward(l)
		sgd.Step(float32(c.Float(t, "lr")))
	}
	c.Output(t, "losses", losses)
	tape.Reset()
	tape.Training = false
	h, z = n.forward(tape)
	c.Output(t, "h_eval_after", h.Data)
	c.Output(t, "z_eval_after", z.Data)
}

// fromTorch returns a golden weight as our layers have it: convolutions [out, in, kh, kw] become [kh, kw, in, out].
func fromTorch(x golden.Tensor) []float32 {
	data := x.F32()
	if len(x.Shape) != 4 {
		return data
	}
	out, in, size := x.Shape[0], x.Shape[1], x.Shape[2]*x.Shape[3]
	y := make([]float32, len(data))
	for o := range out {
		for i := range in {
			for k := range size {
				y[(k*in+i)*out+o] = data[(o*in+i)*size+k]
			}
		}
	}
	return y
}

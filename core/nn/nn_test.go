package nn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/random"
)

// list describes all that m visits: name, shape, and whether it decays or is a buffer.
func list(m nn.Part) []string {
	var all []string
	m.Visit(nn.Visitor{
		Param: func(name string, p *ad.Value, decay bool) {
			all = append(all, fmt.Sprint(name, p.Shape(), map[bool]string{true: " decays"}[decay]))
		},
		Buffer: func(name string, data []float32, shape ...int) {
			n := 1
			for _, d := range shape {
				n *= d
			}
			if n != len(data) {
				panic(fmt.Sprintf("buffer %s has %d numbers and shape %v", name, len(data), shape))
			}
			all = append(all, fmt.Sprint(name, shape, " buffer"))
		},
	})
	return all
}

// norm describes the batch-norm called by what comes before it.
func norm(name string, c int) string {
	part := name[strings.LastIndex(name, " ")+1:]
	return fmt.Sprintf("%s.weight[%d], %s.bias[%d], %s.running_mean[%d] buffer, %s.running_var[%d] buffer, ", name, c, part, c, part, c, part, c)
}

// Checkpoints depend on these names.
func TestVisitNames(t *testing.T) {
	r := random.New(1)
	const block = "blocks.0.self_attn.in_proj_weight[12 4] decays, blocks.0.self_attn.in_proj_bias[12], " +
		"blocks.0.self_attn.out_proj.weight[4 4] decays, blocks.0.self_attn.out_proj.bias[4], " +
		"blocks.0.linear1.weight[5 4] decays, blocks.0.linear1.bias[5], blocks.0.linear2.weight[4 5] decays, blocks.0.linear2.bias[4], " +
		"blocks.0.norm1.weight[4], blocks.0.norm1.bias[4], blocks.0.norm2.weight[4], blocks.0.norm2.bias[4], norm.weight[4], norm.bias[4]"
	for _, tc := range []struct {
		what string
		m    nn.Part
		want string
	}{
		{"MLP", nn.MLP(12, []int{8, 5}, &r), "0.weight[8 12] decays, 0.bias[8], 2.weight[5 8] decays, 2.bias[5]"},
		{"ConvNet", nn.ConvNet(3, []nn.Stage{{4, 1}, {6, 2}}, &r),
			"conv1.weight[3 3 3 4] decays, bn1.weight[4], bn1.bias[4], bn1.running_mean[4] buffer, bn1.running_var[4] buffer, " +
				"conv2.weight[3 3 4 6] decays, bn2.weight[6], bn2.bias[6], bn2.running_mean[6] buffer, bn2.running_var[6] buffer"},
		{"ResNet", nn.ResNet(3, []nn.ResStage{{1, 4, 1}, {1, 6, 2}}, &r),
			norm("conv1.weight[3 3 3 4] decays, bn1", 4) + norm("block1.conv1.weight[3 3 4 4] decays, block1.bn1", 4) +
				norm("block1.conv2.weight[3 3 4 4] decays, block1.bn2", 4) + norm("block2.conv1.weight[3 3 4 6] decays, block2.bn1", 6) +
				norm("block2.conv2.weight[3 3 6 6] decays, block2.bn2", 6) +
				strings.TrimSuffix(norm("block2.downsample.0.weight[1 1 4 6] decays, block2.downsample.1", 6), ", ")},
		{"ViT", nn.NewViT(4, 6, 3, 2, true, nn.Transformer{Width: 4, Depth: 1, Heads: 2, Hidden: 5}, &r),
			"cls[4], position[7 4], patch.weight[2 2 3 4] decays, patch.bias[4], " + block},
		{"Text", nn.NewText(9, 6, nn.Transformer{Width: 4, Depth: 1, Heads: 2, Hidden: 5}, &r), "position[6 4], token.weight[9 4], " + block},
		{"no head", nn.Head{}.New(7, &r), ""},
		{"linear head", nn.Head{Layers: 1, Hidden: 9, Out: 3}.New(7, &r), "0.weight[3 7] decays, 0.bias[3]"},
		{"plain head", nn.Head{Layers: 2, Hidden: 9, Out: 3}.New(7, &r),
			"0.weight[9 7] decays, 0.bias[9], 2.weight[3 9] decays, 2.bias[3]"},
		{"head with batch-norm", nn.Head{Layers: 2, Hidden: 9, Out: 3, BatchNorm: true}.New(7, &r),
			"0.weight[9 7] decays, 1.weight[9], 1.bias[9], 1.running_mean[9] buffer, 1.running_var[9] buffer, " +
				"3.weight[3 9] decays, 3.bias[3]"},
		{"head with a final batch-norm", nn.Head{Layers: 2, Hidden: 9, Out: 3, FinalNorm: true}.New(7, &r),
			"0.weight[9 7] decays, 0.bias[9], 2.weight[3 9] decays, 3.running_mean[3] buffer, 3.running_var[3] buffer"},
		{"LayerNorm", nn.NewLayerNorm(5), "weight[5], bias[5]"},
		{"Attention", nn.NewAttention(4, 2, true, &r),
			"in_proj_weight[12 4] decays, in_proj_bias[12], out_proj.weight[4 4] decays, out_proj.bias[4]"},
	} {
		got := list(tc.m)
		if s := strings.Join(got, ", "); s != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.what, s, tc.want)
		}
		slices.Sort(got)
		if len(slices.Compact(got)) != len(list(tc.m)) {
			t.Errorf("%s: a name comes twice", tc.what)
		}
	}
}

func TestInitialNumbers(t *testing.T) {
	r := random.New(2)
	linear := nn.NewLinear(100, 64, true, &r)
	conv := nn.NewConv2D(7, 32, 3, 1, 1, true, &r)
	attention := nn.NewAttention(24, 3, false, &r)
	for _, tc := range []struct {
		what  string
		x     []float32
		bound float64
	}{
		{"linear weight", linear.Weight.Data, 0.1},
		{"linear bias", linear.Bias.Data, 0.1},
		{"convolution weight", conv.Weight.Data, 1 / math.Sqrt(63)},
		{"convolution bias", conv.Bias.Data, 1 / math.Sqrt(63)},
		{"attention in", attention.In.Weight.Data, math.Sqrt(6.0 / (24 + 72))},
		{"attention out", attention.Out.Weight.Data, 1 / math.Sqrt(24)},
	} {
		sum, squares := 0.0, 0.0
		for _, v := range tc.x {
			if math.Abs(float64(v)) > tc.bound {
				t.Errorf("%s: %v is beyond ±%v", tc.what, v, tc.bound)
			}
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		// Uniform numbers have mean 0 and variance bound²/3; five standard errors of room.
		n := float64(len(tc.x))
		if mean := sum / n / tc.bound * math.Sqrt(3*n); math.Abs(mean) > 5 {
			t.Errorf("%s: the mean is %.1f standard errors off 0", tc.what, mean)
		}
		if ratio := squares / n / (tc.bound * tc.bound / 3); math.Abs(ratio-1) > 5*math.Sqrt(0.8/n) {
			t.Errorf("%s: the variance is %.3f of a uniform one", tc.what, ratio)
		}
	}
	transformer := nn.Transformer{Width: 80, Heads: 2, Hidden: 5}
	text, vit := nn.NewText(50, 30, transformer, &r), nn.NewViT(24, 24, 1, 4, true, transformer, &r)
	for _, tc := range []struct {
		what      string
		x         []float32
		deviation float64
	}{
		{"text token", text.Token.Data, 0.02},
		{"text position", text.Position.Data, 0.01},
		{"ViT position", vit.Position.Data, 0.02},
		{"ViT class token", vit.Class.Data, 0.02},
	} {
		sum, squares := 0.0, 0.0
		for _, v := range tc.x {
			z := float64(v) / tc.deviation
			sum, squares = sum+z, squares+z*z
		}
		n := float64(len(tc.x))
		if mean := sum / math.Sqrt(n); math.Abs(mean) > 5 {
			t.Errorf("%s: the mean is %.1f standard errors off 0", tc.what, mean)
		}
		if ratio := squares / n; math.Abs(ratio-1) > 5*math.Sqrt(2/n) {
			t.Errorf("%s: the variance is %.3f of what it should be", tc.what, ratio)
		}
	}
	for _, b := range [][]float32{attention.In.Bias.Data, attention.Out.Bias.Data, nn.NewLayerNorm(3).Bias.Data, nn.NewBatchNorm(3, true).Bias.Data} {
		if slices.ContainsFunc(b, func(v float32) bool { return v != 0 }) {
			t.Errorf("a bias starts at %v, want 0", b)
		}
	}
	for _, w := range [][]float32{nn.NewLayerNorm(3).Weight.Data, nn.NewBatchNorm(3, true).Weight.Data, nn.NewBatchNorm(3, false).RunningVar} {
		if !slices.Equal(w, []float32{1, 1, 1}) {
			t.Errorf("a scale or variance starts at %v, want 1", w)
		}
	}
	a, b, c := random.New(3), random.New(3), random.New(4)
	first := nn.NewLinear(5, 5, true, &a).Weight.Data
	if !slices.Equal(first, nn.NewLinear(5, 5, true, &b).Weight.Data) || slices.Equal(first, nn.NewLinear(5, 5, true, &c).Weight.Data) {
		t.Error("initial numbers must follow from the stream alone")
	}
}

func TestResultShapes(t *testing.T) {
	r := random.New(5)
	convNet := nn.ConvNet(3, []nn.Stage{{4, 1}, {6, 2}, {8, 2}}, &r)
	mlp := nn.MLP(7*5*3, []int{8, 6}, &r)
	if convNet.Dim() != 8 || mlp.Dim() != 6 {
		t.Errorf("dimensions %d and %d, want 8 and 6", convNet.Dim(), mlp.Dim())
	}
	deep := nn.Head{Layers: 3, Hidden: 9, Out: 4, BatchNorm: true, FinalNorm: true}
	for _, tc := range []struct {
		what     string
		m        nn.Module
		in, want []int
	}{
		{"ConvNet", convNet, []int{2, 7, 5, 3}, []int{2, 8}},
		{"MLP of images", mlp, []int{2, 7, 5, 3}, []int{2, 6}},
		{"MLP of rows", mlp, []int{2, 105}, []int{2, 6}},
		{"Head", deep.New(6, &r), []int{2, 6}, []int{2, deep.Width(6)}},
		{"no head", nn.Head{Hidden: 9, Out: 4}.New(6, &r), []int{2, 6}, []int{2, nn.Head{Hidden: 9, Out: 4}.Width(6)}},
		{"Linear of sequences", nn.NewLinear(6, 4, false, &r), []int{2, 3, 6}, []int{2, 3, 4}},
		{"Attention", nn.NewAttention(6, 3, true, &r), []int{2, 5, 6}, []int{2, 5, 6}},
		{"Conv2D", nn.NewConv2D(3, 4, 5, 2, 2, true, &r), []int{1, 7, 5, 3}, []int{1, 4, 3, 4}},
	} {
		tape := &ad.Tape{Training: true}
		n := 1
		for _, d := range tc.in {
			n *= d
		}
		y := tc.m.Forward(tape, tape.Input(make([]float32, n), tc.in...))
		if !slices.Equal(y.Shape(), tc.want) {
			t.Errorf("%s: %v gives %v, want %v", tc.what, tc.in, y.Shape(), tc.want)
		}
	}
}

// Norms add 1e-5 to the variance: numbers that vary by as much are brought to half of it.
func TestNormsAddEps(t *testing.T) {
	deviation := float32(math.Sqrt(1e-5))
	x := []float32{deviation, -deviation}
	tape := &ad.Tape{Training: true}
	for name, y := range map[string]*ad.Value{
		"batch-norm": nn.NewBatchNorm(1, true).Forward(tape, tape.Input(x, 2, 1)),
		"layer-norm": nn.NewLayerNorm(2).Forward(tape, tape.Input(x, 1, 2)),
	} {
		if got := float64(y.Data[0]); !(math.Abs(got-math.Sqrt(0.5)) < 1e-4) {
			t.Errorf("%s makes %v of its deviation, want %v", name, got, math.Sqrt(0.5))
		}
	}
}

// What cannot be built or does not go together is a mistake of the program.
func TestRefusals(t *testing.T) {
	r := random.New(6)
	linear := func(in, out int) nn.Part { return nn.NewLinear(in, out, true, &r) }
	for name, f := range map[string]func(){
		"no heads":      func() { nn.NewAttention(6, 0, false, &r) },
		"unequal heads": func() { nn.NewAttention(6, 4, false, &r) },
		"MLP":           func() { nn.MLP(6, nil, &r) },
		"ConvNet":       func() { nn.ConvNet(3, nil, &r) },
		"ResNet":        func() { nn.ResNet(3, nil, &r) },
		"cut columns":   func() { nn.NewViT(4, 6, 3, 4, false, tinyTransformer, &r) },
		"cut rows":      func() { nn.NewViT(6, 4, 3, 4, false, tinyTransformer, &r) },
		"another image": func() {
			tape := &ad.Tape{}
			nn.NewViT(4, 4, 3, 2, false, tinyTransformer, &r).Forward(tape, tape.Input(make([]float32, 6*4*3), 1, 6, 4, 3))
		},
		"more arrays":  func() { nn.Copy(nn.Head{Layers: 2, Hidden: 2, Out: 2}.New(2, &r), linear(2, 2)) },
		"more numbers": func() { nn.Copy(linear(2, 3), linear(3, 2)) },
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); said == "" {
					t.Errorf("%s: no word", name)
				}
			}()
			f()
		}()
	}
}

// alone hides what a module is, so that a sequence runs it by itself.
type alone struct{ nn.Module }

// A sequence runs a convolution with the norm behind it, and a norm with its ReLU: what comes out, statistics and gradients
// are those of each module by itself.
func TestSequenceIsItsModulesInOrder(t *testing.T) {
	type layers = func(r *random.Stream) nn.Sequence
	conv := func(groups int, bias bool, r *random.Stream) *nn.Conv2D {
		c := nn.NewConv2D(4/groups, 4, 3, 1, 1, bias, r)
		c.Groups = groups
		return c
	}
	for name, build := range map[string]layers{
		"convolution, norm, ReLU": func(r *random.Stream) nn.Sequence {
			return nn.Sequence{{"0", conv(1, false, r)}, {"1", nn.NewBatchNorm(4, true)}, {"", nn.ReLU()}, {"3", conv(1, false, r)}}
		},
		"convolution and norm": func(r *random.Stream) nn.Sequence {
			return nn.Sequence{{"0", conv(1, false, r)}, {"1", nn.NewBatchNorm(4, true)}}
		},
		"a bias before the norm": func(r *random.Stream) nn.Sequence {
			return nn.Sequence{{"0", conv(1, true, r)}, {"1", nn.NewBatchNorm(4, true)}}
		},
		"groups before the norm": func(r *random.Stream) nn.Sequence {
			return nn.Sequence{{"0", conv(2, false, r)}, {"1", nn.NewBatchNorm(4, true)}, {"", nn.ReLU()}}
		},
		"convolution and ReLU": func(r *random.Stream) nn.Sequence {
			return nn.Sequence{{"0", conv(1, false, r)}, {"", nn.ReLU()}, {"2", nn.NewBatchNorm(4, true)}}
		},
	} {
		for _, training := range []bool{true, false} {
			run := func(hide bool) (all []float32) {
				r := random.New(11)
				s := build(&r)
				for i := range s {
					if hide {
						s[i].Module = alone{s[i].Module}
					}
				}
				tape := &ad.Tape{Training: training}
				x := tape.Variable(numbers(2*5*5*4), 2, 5, 5, 4)
				y := s.Forward(tape, x)
				all = slices.Clone(y.Data)
				tape.BackwardFrom(y, numbers(y.Len()))
				all = append(all, x.Grad...)
				s.Visit(nn.Visitor{
					Param:  func(_ string, p *ad.Value, _ bool) { all = append(all, p.Grad...) },
					Buffer: func(_ string, b []float32, _ ...int) { all = append(all, b...) },
				})
				return all
			}
			got, want := run(false), run(true)
			for i, w := range want {
				if !(math.Abs(float64(got[i]-w)) < 1e-4*(1+math.Abs(float64(w)))) {
					t.Fatalf("%s, training %v: number %d of %d is %v, want %v", name, training, i, len(want), got[i], w)
				}
			}
		}
	}
}

// Hidden layers end in ReLU, and the last does not.
func TestHeadHasNoReLUAtItsEnd(t *testing.T) {
	r := random.New(6)
	tape := &ad.Tape{Training: true}
	x := tape.Input(numbers(40*6), 40, 6)
	for _, h := range []nn.Head{{Layers: 1, Out: 4}, {Layers: 2, Hidden: 9, Out: 4}, {Layers: 2, Hidden: 9, Out: 4, BatchNorm: true, FinalNorm: true}} {
		y := h.New(6, &r).Forward(tape, x)
		if slices.Min(y.Data) >= 0 {
			t.Errorf("%+v gives no negative number", h)
		}
	}
	one := nn.Head{Layers: 1, Out: 4, FinalNorm: true}.New(6, &r).Forward(tape, x)
	for j := range 4 {
		mean, square := 0.0, 0.0
		for i := range 40 {
			v := float64(one.Data[4*i+j])
			mean, square = mean+v/40, square+v*v/40
		}
		if math.Abs(mean) > 1e-5 || math.Abs(square-1) > 1e-3 {
			t.Errorf("column %d of a head with a final norm has mean %v and square %v, want 0 and 1", j, mean, square)
		}
	}
}

func TestCopyAndPair(t *testing.T) {
	a, b := random.New(7), random.New(8)
	build := func(r *random.Stream) nn.Encoder { return nn.ConvNet(3, []nn.Stage{{4, 1}, {6, 2}}, r) }
	src, dst := build(&a), build(&b)
	run := func(m nn.Module, training bool) []float32 {
		tape := &ad.Tape{Training: training}
		return slices.Clone(m.Forward(tape, tape.Input(numbers(2*5*5*3), 2, 5, 5, 3)).Data)
	}
	before := run(dst, false)
	run(src, true) // moves src's running statistics
	want := run(src, false)
	if slices.Equal(want, before) {
		t.Fatal("the two networks agree before the copy")
	}
	nn.Copy(dst, src)
	if !slices.Equal(run(dst, false), want) {
		t.Error("after Copy the two networks differ")
	}
	if run(src, true); !slices.Equal(run(dst, false), want) {
		t.Error("after Copy the two networks share memory")
	}

	pairs := 0
	nn.Pair(dst, src, func(d, s []float32) {
		if len(d) != len(s) || &d[0] == &s[0] {
			t.Errorf("pair %d is ill matched", pairs)
		}
		pairs++
	})
	if want := len(list(src)); pairs != want {
		t.Errorf("%d pairs, want %d", pairs, want)
	}
	for _, other := range []nn.Module{nn.NewLinear(3, 4, false, &a), nn.NewLinear(4, 3, true, &a)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("Pair of networks of different make did not panic")
				}
			}()
			nn.Pair(nn.NewLinear(3, 4, true, &a), other, func(d, s []float32) {})
		}()
	}
}

func TestCount(t *testing.T) {
	r := random.New(9)
	if got, want := nn.Count(nn.MLP(784, []int{512, 256}, &r)), 784*512+512+512*256+256; got != want {
		t.Errorf("the MLP has %d parameters, want %d", got, want)
	}
	if got, want := nn.Count(nn.ConvNet(3, []nn.Stage{{32, 1}, {64, 2}}, &r)), 27*32+2*32+9*32*64+2*64; got != want {
		t.Errorf("the ConvNet has %d parameters, want %d", got, want)
	}
}

// numbers returns n standard normal numbers.
func numbers(n int) []float32 {
	r := random.New(10)
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Normal()
	}
	return x
}

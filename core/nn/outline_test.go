package nn

import (
	"fmt"
	"reflect"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/random"
)

// What has no layers has an empty list of them, not none at all; a norm with no layer before it is one.
func TestOutlineOfNothing(t *testing.T) {
	tape := ad.Tape{NoGrad: true}
	norm := NewBatchNorm(4, false)
	for _, m := range []Module{norm, Sequence{{"0", norm}}} {
		if layers, _ := Outline(&tape, m, tape.Input(make([]float32, 4), 1, 4)); len(layers) != 1 || layers[0].Name != "batch-norm" {
			t.Errorf("layers %v of a norm", layers)
		}
	}
	if layers, _ := Outline(&tape, Sequence{}, tape.Input(make([]float32, 4), 1, 4)); layers == nil || len(layers) != 0 {
		t.Errorf("layers %v", layers)
	}
}

// The layers that a drawing shows are those of the network: their results are the forward pass's, their parameters add up.
func TestOutline(t *testing.T) {
	r := random.New(1)
	transformer := Transformer{Width: 12, Depth: 2, Heads: 3, Hidden: 20}
	for _, c := range []struct {
		name   string
		module Module
		want   []string
	}{
		{"ConvNet", ConvNet(3, []Stage{{8, 2}, {16, 1}}, &r), []string{
			"3x3 conv, stride 2, batch-norm, ReLU [4 4 8]", "3x3 conv, batch-norm, ReLU [4 4 16]", "mean of the pixels [16]"}},
		{"strides that do not divide", ConvNet(3, []Stage{{8, 3}, {8, 8}, {8, 2}}, &r), []string{
			"3x3 conv, stride 3, batch-norm, ReLU [3 3 8]", "3x3 conv, stride 8, batch-norm, ReLU [1 1 8]",
			"3x3 conv, stride 2, batch-norm, ReLU [1 1 8]", "mean of the pixels [8]"}},
		{"ResNet", ResNet(3, []ResStage{{1, 4, 1}, {2, 8, 2}, {1, 8, 2}, {1, 6, 1}}, &r), []string{
			"3x3 conv, batch-norm, ReLU [8 8 4]", "residual block [8 8 4]", "residual block, stride 2 [4 4 8]", "residual block [4 4 8]",
			"residual block, stride 2 [2 2 8]", "residual block [2 2 6]", "mean of the pixels [6]"}},
		{"ViT", NewViT(8, 8, 3, 4, true, transformer, &r), []string{
			"4x4 patches, positions [5 12]", "transformer block [5 12]", "transformer block, layer-norm [5 12]", "class token [12]"}},
		{"ViT without a class token", NewViT(8, 8, 3, 4, false, Transformer{Width: 12, Depth: 1, Heads: 3, Hidden: 20}, &r), []string{
			"4x4 patches, positions [4 12]", "transformer block, layer-norm [4 12]", "mean of the patches [12]"}},
		{"MLP", MLP(8*8*3, []int{20, 10}, &r), []string{"pixels in a row [192]", "linear, ReLU [20]", "linear [10]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tape := ad.Tape{NoGrad: true}
			image := func() *ad.Value { return tape.Input(make([]float32, 8*8*3), 1, 8, 8, 3) }
			layers, out := Outline(&tape, c.module, image())
			var got []string
			parameters := 0
			for _, l := range layers {
				text := l.Name
				for _, with := range l.With {
					text += ", " + with
				}
				got = append(got, fmt.Sprint(text, " ", l.Out))
				parameters += l.Parameters
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("layers\n%q, want\n%q", got, c.want)
			}
			if want := Count(c.module); parameters != want {
				t.Errorf("%d parameters, the network has %d", parameters, want)
			}
			if want := c.module.Forward(&tape, image()); !reflect.DeepEqual(out.Shape(), want.Shape()) || !reflect.DeepEqual(out.Data, want.Data) {
				t.Errorf("the result differs from the forward pass")
			}
		})
	}
}

package train

import (
	"fmt"

	"pushpull/core/nn"
	"pushpull/core/random"
	"pushpull/core/suggest"
)

// EncoderInfo describes a kind of encoder.
type EncoderInfo struct {
	Name    string   `json:"name"`
	Help    string   `json:"help"`
	AnySize bool     `json:"any_size"` // takes images of other sizes than those it was made for
	Keys    []string `json:"keys"`     // the hyperparameters that it depends on
	make    func(c Config, height, width, channels int, r *random.Stream) (nn.Encoder, error)
}

// Encoders are the kinds of encoders.
var Encoders = []EncoderInfo{
	{"convnet", "3x3 convolutions with batch-norm and ReLU, then the mean over all pixels", true, []string{"conv-channels", "conv-strides"}, makeConvNet},
	{"resnet", "residual blocks of 3x3 convolutions, then the mean over all pixels", true, []string{"resnet-depths", "resnet-width"}, makeResNet},
	{"vit", "a transformer over the image's patches", false,
		[]string{"vit-patch", "vit-dim", "vit-depth", "vit-heads", "vit-hidden", "vit-pool", "drop-path"}, makeViT},
	{"mlp", "linear layers with ReLU on the pixels as one row", false, []string{"mlp-widths"}, makeMLP},
}

func findEncoder(name string) (EncoderInfo, error) {
	var names []string
	for _, e := range Encoders {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return EncoderInfo{}, suggest.Unknown("encoder", name, names)
}

func makeMLP(c Config, height, width, channels int, r *random.Stream) (nn.Encoder, error) {
	return nn.MLP(height*width*channels, c.Ints("mlp-widths"), r), nil
}

func makeConvNet(c Config, height, width, channels int, r *random.Stream) (nn.Encoder, error) {
	strides := c.Ints("conv-strides")
	var stages []nn.Stage
	for i, n := range c.Ints("conv-channels") {
		stages = append(stages, nn.Stage{Channels: n, Stride: strides[i]})
	}
	return nn.ConvNet(channels, stages, r), nil
}

func makeResNet(c Config, height, width, channels int, r *random.Stream) (nn.Encoder, error) {
	var stages []nn.ResStage
	depths := c.Ints("resnet-depths")
	if most := 6; len(depths) > most {
		return nil, fmt.Errorf("resnet-depths names %d stages: give at most %d, since each has twice the channels of the one before", len(depths), most)
	}
	for i, blocks := range depths {
		stages = append(stages, nn.ResStage{Blocks: blocks, Channels: c.Int("resnet-width") << i, Stride: min(i+1, 2)})
	}
	return nn.ResNet(channels, stages, r), nil
}

func makeViT(c Config, height, width, channels int, r *random.Stream) (nn.Encoder, error) {
	patch, dim, heads := c.Int("vit-patch"), c.Int("vit-dim"), c.Int("vit-heads")
	if height%patch != 0 || width%patch != 0 {
		return nil, fmt.Errorf("patches of %d pixels do not fill images of %dx%d: set vit-patch to a divisor of both, such as %d", patch, height, width, divisor(height, width, patch))
	}
	if dim%heads != 0 {
		return nil, fmt.Errorf("%d attention heads cannot share %d columns: set vit-dim to a multiple of vit-heads, such as %d", heads, dim, (dim/heads+1)*heads)
	}
	s := nn.Transformer{Width: dim, Depth: c.Int("vit-depth"), Heads: heads, Hidden: c.Int("vit-hidden"), DropPath: c.Float("drop-path")}
	return nn.NewViT(height, width, channels, patch, c.Text("vit-pool") == "class", s, r), nil
}

// divisor returns the largest divisor of both a and b that is no larger than most.
func divisor(a, b, most int) int {
	d := min(most, a, b)
	for a%d != 0 || b%d != 0 {
		d--
	}
	return d
}

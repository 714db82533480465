package train

import (
	"pushpull/core/nn"
	"pushpull/core/random"
)

// EncoderInfo describes a kind of encoder.
type EncoderInfo struct {
	Name    string `json:"name"`
	Help    string `json:"help"`
	AnySize bool   `json:"any_size"` // takes images of other sizes than those it was made for
	make    func(c Config, height, width, channels int, r *random.Stream) (nn.Encoder, error)
}

// Encoders returns the kinds of encoders.
func Encoders() []EncoderInfo { return encoders }

var encoders = []EncoderInfo{
	{"convnet", "3x3 convolutions with batch-norm and ReLU, then the mean over all pixels", true, makeConvNet},
	{"mlp", "linear layers with ReLU on the pixels as one row", false, makeMLP},
}

func findEncoder(name string) (EncoderInfo, error) {
	var names []string
	for _, e := range encoders {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return EncoderInfo{}, unknown("encoder", name, names)
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

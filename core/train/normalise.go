package train

import "slices"

// usual holds the mean and deviation of red, green and blue that are in use for well-known data sets, by the choice of
// pixel-norm.
var usual = map[string][2][3]float32{
	"imagenet": {{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}},
	"cifar10":  {{0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616}},
	"mnist":    {{0.1307, 0.1307, 0.1307}, {0.3081, 0.3081, 0.3081}},
	"none":     {{0, 0, 0}, {1, 1, 1}},
}

// normalisedBy returns the input with the mean and deviation that the name stands for; any but those above is for the
// data's own. Gray images take the middle of the three channels.
func (in Input) normalisedBy(name string) Input {
	constants, ok := usual[name]
	if !ok {
		return in
	}
	channels := func(of [3]float32) []float32 {
		if in.C == 1 {
			return []float32{(of[0] + of[1] + of[2]) / 3}
		}
		return slices.Clone(of[:])
	}
	in.Mean, in.Std = channels(constants[0]), channels(constants[1])
	return in
}

package train

import "pushpull/core/augment"

// Streams of random numbers, told apart by the first part of their path.
const (
	streamInit uint64 = iota
	streamOrder
	streamViews
	streamBuild
	streamEpoch
	streamProbe
)

// strengths returns the strengths of the views that the configuration asks for.
func strengths(c Config) augment.Strengths {
	s := augment.Strengths{}
	for _, p := range Params {
		if p.Group != "views" {
			continue
		}
		switch v := c.Values[p.Key].(type) {
		case float64:
			s[p.Key] = v
		case int:
			s[p.Key] = float64(v)
		}
	}
	return s
}

// viewsOf returns the pipelines of views that the configuration asks for.
func viewsOf(c Config, local Crops) augment.Views {
	preset, ok := augment.FindPreset(c.Text("augment"))
	if !ok {
		panic("train: there are no views of the kind " + c.Text("augment"))
	}
	v := preset.Views(strengths(c))
	small := augment.Crop{Scale: [2]float32{local.Min, local.Max}, Ratio: augment.Ratio}
	v.Local = append(augment.Pipeline{{Prob: 1, Op: small}}, v.Local...)
	return v
}

// normalise makes pixels [..., c] have mean 0 and deviation 1 over the training set.
func normalise(x, mean, std []float32) {
	switch c := len(mean); c {
	case 3:
		s0, s1, s2 := 1/std[0], 1/std[1], 1/std[2]
		for i := 0; i+2 < len(x); i += 3 {
			x[i] = (x[i] - mean[0]) * s0
			x[i+1] = (x[i+1] - mean[1]) * s1
			x[i+2] = (x[i+2] - mean[2]) * s2
		}
	default:
		for i, v := range x {
			x[i] = (v - mean[i%c]) / std[i%c]
		}
	}
}

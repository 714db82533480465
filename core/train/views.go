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

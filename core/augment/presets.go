package augment

import "maps"

// Strengths of views by name. Names and units are those of the hyperparameters. A strength that is missing or 0, or a
// smallest crop of 1, leaves its step out.
type Strengths map[string]float64

// Preset is a recipe of views: which steps, in which order. Views of an image take turns: the first, the third, … get
// Steps, the others Second. Local views get Local after their small crop.
type Preset struct {
	Name      string
	Help      string
	Steps     []step
	Second    []step    // nil: as Steps
	Local     []step    // nil: as Steps
	Strengths Strengths // where they are not the general ones, and those that only some presets have
}

// Presets are recipes of papers, with the strengths of the papers except that SimCLR's views are for images of 32 pixels,
// which blur spoils and strong colours do not help; and recipes for other pictures than photographs.
var Presets = []Preset{
	{Name: "simclr", Help: "SimCLR's for small photographs (Chen et al. 2020)",
		Steps: []step{crop, mirror, rotate, jitter, gray, blur, solarize, noise, erase, hide}},

	{Name: "digits", Help: "gray digits and letters, never mirrored; turned before the crop, which can cut off black corners",
		Steps: []step{rotate, elastic, crop, mirror, jitter, gray, blur, solarize, noise, erase, hide},
		Strengths: Strengths{"crop-min": 0.6, "flip": 0, "rotate": 15, "saturation": 0, "hue": 0, "gray-prob": 0,
			"blur-prob": 0.3, "blur-sigma": 1, "elastic": 0}},

	{Name: "moco_v1", Help: "MoCo's: strong hues, no blur (He et al. 2020)",
		Steps:     []step{crop, gray, jitter, mirror, rotate, blur, solarize, noise, erase, hide},
		Strengths: Strengths{"jitter-prob": 1, "hue": 0.4}},

	{Name: "moco_v2", Help: "MoCo v2's: SimCLR's with blur (Chen et al. 2020)",
		Steps:     []step{crop, jitter, gray, blur, mirror, rotate, solarize, noise, erase, hide},
		Strengths: Strengths{"blur-prob": 0.5}},

	{Name: "byol", Help: "BYOL's pair: the first view always blurred, the second solarised at times (Grill et al. 2020)",
		Steps:  []step{crop, mirror, rotate, jitter, gray, blur, solarize, noise, erase, hide},
		Second: []step{crop, mirror, rotate, jitter, gray, secondBlur, secondSolarize, noise, erase, hide},
		Strengths: Strengths{"crop-min": 0.08, "saturation": 0.2, "blur-prob": 1, "second-blur-prob": 0.1,
			"second-solarise-prob": 0.2}},

	{Name: "swav", Help: "SwAV's multi-crop: strong colours, the same for global and local views (Caron et al. 2020)",
		Steps:     []step{crop, mirror, rotate, jitter, gray, blur, solarize, noise, erase, hide},
		Strengths: Strengths{"crop-min": 0.14, "jitter": 2, "blur-prob": 0.5}},

	{Name: "dino", Help: "DINO's multi-crop: BYOL's pair of large crops, local views of their own (Caron et al. 2021)",
		Steps:  []step{crop, mirror, rotate, jitter, gray, blur, solarize, noise, erase, hide},
		Second: []step{crop, mirror, rotate, jitter, gray, secondBlur, secondSolarize, noise, erase, hide},
		Local:  []step{mirror, rotate, jitter, gray, localBlur, noise, erase, hide},
		Strengths: Strengths{"crop-min": 0.4, "saturation": 0.2, "blur-prob": 1, "second-blur-prob": 0.1,
			"second-solarise-prob": 0.2, "local-blur-prob": 0.5}},

	{Name: "weak_strong", Help: "ReSSL's pair: the second view is only cropped and mirrored (Zheng et al. 2021)",
		Steps:     []step{crop, mirror, rotate, jitter, gray, blur, solarize, noise, erase, hide},
		Second:    []step{crop, mirror},
		Strengths: Strengths{"blur-prob": 0.5}},

	{Name: "medical", Help: "scans: shape and intensity vary, hue does not",
		Steps: []step{crop, mirror, rotate, elastic, jitter, gray, blur, solarize, noise, erase, hide},
		Strengths: Strengths{"crop-min": 0.4, "rotate": 10, "elastic": 0.04, "saturation": 0, "hue": 0, "gray-prob": 0,
			"blur-prob": 0.3, "blur-sigma": 1, "noise-strength": 0.05}},

	{Name: "remote_sensing", Help: "pictures from above: all eight right-angle symmetries, each band with a strength of its own",
		Steps: []step{crop, symmetry, mirror, rotate, bands, jitter, gray, blur, solarize, noise, erase, hide},
		Strengths: Strengths{"flip": 0, "symmetry-prob": 1, "band-jitter": 0.2, "saturation": 0, "hue": 0,
			"gray-prob": 0, "blur-prob": 0.3}},

	{Name: "randaugment", Help: "random operations of one magnitude (Cubuk et al. 2020)",
		Steps:     []step{crop, mirror, randomOps, rotate, jitter, gray, blur, solarize, noise, erase, hide},
		Strengths: Strengths{"rand-ops": 2, "rand-magnitude": 9, "jitter": 0, "gray-prob": 0}},

	{Name: "trivialaugment", Help: "one random operation of random magnitude (Müller and Hutter 2021)",
		Steps:     []step{crop, mirror, trivialOp, rotate, jitter, gray, blur, solarize, noise, erase, hide},
		Strengths: Strengths{"jitter": 0, "gray-prob": 0}},

	{Name: "none", Help: "the image as it is", Strengths: Strengths{}},
}

// weak are the steps of weak views, whatever the preset. They are gray as often as others: where colour is a shortcut, it is
// one for them, too.
var weak = []step{crop, mirror, gray}

// FindPreset returns the preset of the name.
func FindPreset(name string) (Preset, bool) {
	for _, p := range Presets {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// Views are the pipelines of a preset with its strengths.
type Views struct {
	First, Second Pipeline // of the views of an image by turns
	Weak          Pipeline // of views that are only cropped, mirrored and gray at times
	Local         Pipeline // of views that show a small part, which is to be cut out before
}

// Views returns the pipelines with the strengths, which are all that count: the preset's own are defaults for the caller.
func (p Preset) Views(s Strengths) Views {
	if p.Steps == nil {
		return Views{}
	}
	whole := maps.Clone(s)
	whole["crop-min"] = 1
	v := Views{First: pipeline(p.Steps, s), Second: pipeline(p.Second, s), Weak: pipeline(weak, s), Local: pipeline(p.Local, whole)}
	if p.Second == nil {
		v.Second = v.First
	}
	if p.Local == nil {
		v.Local = pipeline(p.Steps, whole)
	}
	return v
}

// pipeline makes the steps that can happen.
func pipeline(steps []step, s Strengths) (p Pipeline) {
	for _, make := range steps {
		if made := make(s); made.Prob > 0 {
			p = append(p, made)
		}
	}
	return p
}

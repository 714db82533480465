package augment

// step makes a step with the strengths. A Step of probability 0 never happens.
type step func(Strengths) Step

// ColourStrengths are those that change nothing about a gray image.
var ColourStrengths = []string{"saturation", "hue", "gray-prob"}

// of returns a strength.
func (s Strengths) of(name string) float32 { return float32(s[name]) }

// Ratio is the usual range of width / height of a crop.
var Ratio = [2]float32{3.0 / 4, 4.0 / 3}

func crop(s Strengths) Step {
	smallest := s.of("crop-min")
	return when(smallest < 1, Crop{[2]float32{smallest, 1}, Ratio})
}

func mirror(s Strengths) Step   { return Step{s.of("flip"), Mirror{}} }
func symmetry(s Strengths) Step { return Step{s.of("symmetry-prob"), AnySymmetry{}} }
func rotate(s Strengths) Step   { return when(s.of("rotate") > 0, Rotate{s.of("rotate")}) }
func elastic(s Strengths) Step  { return when(s.of("elastic") > 0, Elastic{s.of("elastic")}) }

func jitter(s Strengths) Step {
	k := s.of("jitter")
	j := Jitter{k * s.of("brightness"), k * s.of("contrast"), k * s.of("saturation"), k * s.of("hue")}
	if j == (Jitter{}) {
		return Step{}
	}
	return Step{s.of("jitter-prob"), j}
}

func bands(s Strengths) Step { return when(s.of("band-jitter") > 0, BandJitter{s.of("band-jitter")}) }
func gray(s Strengths) Step  { return Step{s.of("gray-prob"), ToGray{}} }

func blur(s Strengths) Step       { return blurWith(s, "blur-prob") }
func secondBlur(s Strengths) Step { return blurWith(s, "second-blur-prob") }
func localBlur(s Strengths) Step  { return blurWith(s, "local-blur-prob") }

func blurWith(s Strengths, prob string) Step {
	return Step{s.of(prob), Blur{[2]float32{0.1, s.of("blur-sigma")}}}
}

func solarize(s Strengths) Step       { return Step{s.of("solarise-prob"), Solarizing{}} }
func secondSolarize(s Strengths) Step { return Step{s.of("second-solarise-prob"), Solarizing{}} }

func noise(s Strengths) Step { return when(s.of("noise-strength") > 0, Noise{s.of("noise-strength")}) }

// erase blanks a box of the sizes that Zhong et al. 2020 blank.
func erase(s Strengths) Step {
	return Step{s.of("erase-prob"), Erasing{Area: [2]float32{0.02, 0.33}, Ratio: [2]float32{0.3, 3.3}}}
}

func hide(s Strengths) Step { return when(s.of("hide-patches") > 0, Hiding{s.of("hide-patches")}) }

func randomOps(s Strengths) Step {
	n := int(s.of("rand-ops"))
	return when(n > 0 && s.of("rand-magnitude") > 0, RandAugment{n, s.of("rand-magnitude")})
}

func trivialOp(Strengths) Step { return Step{1, TrivialAugment{}} }

// when is a step of every view, unless it would change nothing.
func when(does bool, o Op) Step {
	if !does {
		return Step{}
	}
	return Step{1, o}
}

package augment

// Options are the strengths of a preset. A strength of 0, or a smallest crop of 1, leaves its step out.
type Options struct {
	CropMin    float32    // smallest share of the area that a crop keeps, in (0, 1]
	Ratio      [2]float32 // width / height of the crop
	FlipProb   float32    // of mirroring left and right
	Rotate     float32    // largest angle, degrees
	JitterProb float32    // of a change of colour
	Jitter     float32    // scales the next four together
	Brightness float32
	Contrast   float32
	Saturation float32
	Hue        float32    // turns
	GrayProb   float32    // of a gray view
	BlurProb   float32    // of a blurred view
	BlurSigma  [2]float32 // standard deviation, pixels
}

// SimCLROptions are the strengths for photographs of 32x32 pixels (Chen et al. 2020, appendix B.9, with the milder
// colours that are usual there). Larger images want a BlurProb of 0.5 and a BlurSigma of up to 1% of their side.
func SimCLROptions() Options {
	return Options{
		CropMin: 0.2, Ratio: [2]float32{3.0 / 4, 4.0 / 3}, FlipProb: 0.5,
		JitterProb: 0.8, Jitter: 1, Brightness: 0.4, Contrast: 0.4, Saturation: 0.4, Hue: 0.1,
		GrayProb: 0.2, BlurSigma: [2]float32{0.1, 2},
	}
}

// DigitsOptions are the strengths for gray pictures of digits and letters: a mirrored or strongly turned one would be
// another one.
func DigitsOptions() Options {
	return Options{
		CropMin: 0.4, Ratio: [2]float32{3.0 / 4, 4.0 / 3}, Rotate: 15,
		JitterProb: 0.8, Jitter: 1, Brightness: 0.4, Contrast: 0.4,
		BlurProb: 0.3, BlurSigma: [2]float32{0.1, 1},
	}
}

// SimCLR is the pipeline of SimCLR for colour images.
func SimCLR(o Options) Pipeline {
	return steps(
		o.crop(),
		Step{o.FlipProb, Mirror{}},
		o.rotate(),
		o.jitter(),
		Step{o.GrayProb, ToGray{}},
		o.blur(),
	)
}

// Digits is the pipeline for gray pictures of digits: they are turned before the crop, so that it can cut off the black
// corners.
func Digits(o Options) Pipeline {
	return steps(
		o.rotate(),
		o.crop(),
		Step{o.FlipProb, Mirror{}},
		o.jitter(),
		o.blur(),
	)
}

// steps leaves out what never happens.
func steps(all ...Step) (p Pipeline) {
	for _, s := range all {
		if s.Prob > 0 {
			p = append(p, s)
		}
	}
	return p
}

func (o Options) crop() Step {
	if o.CropMin >= 1 {
		return Step{}
	}
	return Step{1, Crop{[2]float32{o.CropMin, 1}, o.Ratio}}
}

func (o Options) rotate() Step {
	if o.Rotate <= 0 {
		return Step{}
	}
	return Step{1, Rotate{o.Rotate}}
}

func (o Options) jitter() Step {
	j := Jitter{o.Jitter * o.Brightness, o.Jitter * o.Contrast, o.Jitter * o.Saturation, o.Jitter * o.Hue}
	if j == (Jitter{}) {
		return Step{}
	}
	return Step{o.JitterProb, j}
}

func (o Options) blur() Step { return Step{o.BlurProb, Blur{o.BlurSigma}} }

package session

import (
	"fmt"

	"pushpull/core/augment"
	"pushpull/core/random"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// mostSamples is how many images the page may ask views of.
const mostSamples = 16

// tellViews shows how the run's views are made.
func (s *Session) tellViews() {
	ask := s.sample
	s.sample = nil
	t := s.trainer
	set, plan := t.Data.Train, t.Plan()
	most := min(max(ask.N, 1), mostSamples, max(ask.Views/(plan.Views+plan.Local.Views), 1))
	images := train.Sample(uint64(ask.Draw), set.Len(), min(most, set.Len()))
	m := &protocol.Views{N: len(images), H: set.H, W: set.W, C: set.C, Whole: plan.Views, Local: protocol.Local{N: plan.Local.Views, H: plan.Local.H, W: plan.Local.W},
		Labels: make([]string, len(images)), Captions: make([]string, len(images)), Idle: t.Idle()}
	captioner, _ := t.Objective.(train.Captioner)
	hider, _ := t.Objective.(train.Hider)
	r := random.New(uint64(ask.Draw))
	var whole, local []uint8
	for i, image := range images {
		if set.Labels != nil {
			m.Labels[i] = set.Classes[set.Labels[image]]
		}
		if captioner != nil && set.Captions != nil {
			m.Captions[i] = captioner.Read(set.Captions[image])
		}
		source, views := t.SampleViews(int(image), ask.Draw)
		m.Pixels = appendBytes(m.Pixels, source.Pix)
		for v, view := range views {
			did := made(view, source)
			if hider != nil {
				if did.Hidden, m.Patch = hider.Hide(t.Config, &r); len(did.Hidden) > 0 {
					did.Words = append(did.Words, fmt.Sprintf("%d patches hidden from the encoder", len(did.Hidden)))
				}
			}
			m.Made = append(m.Made, did)
			if v < plan.Views {
				whole = appendBytes(whole, view.Pix)
			} else {
				local = appendBytes(local, view.Pix)
			}
		}
	}
	m.Pixels = append(append(m.Pixels, whole...), local...)
	s.Send(m)
}

// made describes what was done to an image to make a view.
func made(view train.View, source augment.Image) protocol.Made {
	r, c := view.Record, source.C
	m := protocol.Made{Corners: r.Corners(view.H, view.W), Words: []string{}}
	for i := range m.Corners {
		m.Corners[i][0] += float32(source.W) / 2
		m.Corners[i][1] += float32(source.H) / 2
	}
	say := func(does bool, format string, args ...any) {
		if does {
			m.Words = append(m.Words, fmt.Sprintf(format, args...))
		}
	}
	say(r.Symmetry != 0, "%s", symmetries[r.Symmetry])
	say(r.FlipH || r.FlipV, "mirrored")
	for _, did := range r.Random {
		sayRandom(say, did, c)
	}
	say(r.Angle != 0, "turned %.0f°", r.Angle)
	say(r.Elastic > 0, "bent")
	say(r.Bands != [3]float32{1, 1, 1}, "bands%s", factors(r.Bands[:c]))
	say(r.Brightness != 1, "brightness ×%.2f", r.Brightness)
	say(r.Contrast != 1, "contrast ×%.2f", r.Contrast)
	say(r.Saturation != 1 && !r.Gray, "saturation ×%.2f", r.Saturation)
	say(r.Hue != 0 && !r.Gray, "hue %+.0f°", 360*r.Hue)
	say(r.Gray, "gray")
	say(r.Blur > 0, "blurred by %.1f px", r.Blur)
	say(r.Solarized, "solarised")
	say(r.Noise > 0, "noise %.2f", r.Noise)
	say(r.Erased != (augment.Box{}), "a box erased")
	say(r.Hidden > 0, "%d patches hidden", r.Hidden)
	if len(m.Words) == 0 {
		whole := r.Box == augment.Box{Height: source.H, Width: source.W}
		say(whole, "as it is")
		say(!whole, "cut only")
	}
	return m
}

// symmetries names the ways to lay a square onto itself.
var symmetries = [...]string{
	augment.SwapSides:                                        "mirrored left to right",
	augment.SwapEnds:                                         "mirrored top to bottom",
	augment.SwapSides | augment.SwapEnds:                     "turned 180°",
	augment.Transpose:                                        "mirrored at a diagonal",
	augment.Transpose | augment.SwapSides:                    "turned -90°",
	augment.Transpose | augment.SwapEnds:                     "turned 90°",
	augment.Transpose | augment.SwapSides | augment.SwapEnds: "mirrored at the other diagonal",
}

// sayRandom describes an operation that was drawn from a list, unless its strength changes nothing in c channels.
func sayRandom(say func(does bool, format string, args ...any), did augment.Applied, c int) {
	x := did.Strength
	switch did.Kind {
	case augment.RandomAutoContrast:
		say(true, "full contrast")
	case augment.RandomEqualize:
		say(true, "equalised")
	case augment.RandomInvert:
		say(true, "inverted")
	case augment.RandomPosterize:
		say(x < 8, "%.0f bits a channel", x)
	case augment.RandomSolarize:
		say(x < 1, "solarised from %.2f", x)
	case augment.RandomBrightness:
		say(x != 1, "brightness ×%.2f", x)
	case augment.RandomContrast:
		say(x != 1, "contrast ×%.2f", x)
	case augment.RandomColour:
		say(x != 1 && c == 3, "saturation ×%.2f", x)
	case augment.RandomSharpness:
		say(x != 1, "sharpness ×%.2f", x)
	case augment.RandomRotate:
		say(x != 0, "turned %.0f°", x)
	case augment.RandomShearX, augment.RandomShearY:
		say(x != 0, "slanted by %.2f", x)
	case augment.RandomTranslateX, augment.RandomTranslateY:
		say(x != 0, "shifted by %.1f px", x)
	}
}

// factors lists what channels are multiplied by.
func factors(of []float32) (text string) {
	for _, f := range of {
		text += fmt.Sprintf(" ×%.2f", f)
	}
	return text
}

// appendBytes appends pixels from 0 to 1 as bytes.
func appendBytes(to []uint8, x []float32) []uint8 {
	for _, v := range x {
		to = append(to, uint8(min(max(v, 0), 1)*255+0.5))
	}
	return to
}

package session

import (
	"fmt"

	"pushpull/core/augment"
	"pushpull/core/random"
	"pushpull/wasm/protocol"
)

// mostSamples is how many images the page may ask views of.
const mostSamples = 16

// tellViews shows how the run's views are made.
func (s *Session) tellViews() {
	ask := s.sample
	s.sample = nil
	t := s.trainer
	if t == nil {
		return
	}
	set := t.Data.Train
	n, size := min(max(ask.N, 1), mostSamples, set.Len()), set.H*set.W*set.C
	m := &protocol.Views{N: n, H: set.H, W: set.W, C: set.C, Labels: make([]string, n), Made: make([]protocol.Made, 2*n), Pixels: make([]uint8, 3*n*size)}
	src, dst := make([]float32, size), make([]float32, size)
	r := random.New(uint64(ask.Draw))
	for i := range n {
		image := r.IntN(set.Len())
		if set.Labels != nil {
			m.Labels[i] = set.Classes[set.Labels[image]]
		}
		for view := range 2 {
			record := t.SampleView(dst, src, image, uint64(view), uint64(ask.Draw))
			m.Made[2*i+view] = made(record, set.H, set.W)
			toBytes(m.Pixels[(n+2*i+view)*size:][:size], dst)
		}
		toBytes(m.Pixels[i*size:][:size], src)
	}
	s.Send(m)
}

// made describes what was done to an image of h x w pixels.
func made(r augment.Record, h, w int) protocol.Made {
	m := protocol.Made{Corners: r.Corners(h, w), Words: []string{}}
	for i := range m.Corners {
		m.Corners[i][0] += float32(w) / 2
		m.Corners[i][1] += float32(h) / 2
	}
	say := func(does bool, format string, args ...any) {
		if does {
			m.Words = append(m.Words, fmt.Sprintf(format, args...))
		}
	}
	say(r.FlipH || r.FlipV, "mirrored")
	say(r.Angle != 0, "turned %.0f°", r.Angle)
	say(r.Elastic > 0, "bent")
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
	return m
}

// toBytes writes pixels from 0 to 1 as bytes.
func toBytes(to []uint8, x []float32) {
	for i, v := range x {
		to[i] = uint8(min(max(v, 0), 1)*255 + 0.5)
	}
}

package transfer

import (
	"slices"

	"pushpull/core/augment"
	"pushpull/core/data"
	"pushpull/core/random"
)

// mixed is a batch whose images are mixed with each other, and their labels with them.
type mixed struct {
	images           []float32 // [n, h, w, c]
	targets, classes []float32 // [n, classes]: shares of the classes, and those before mixing
	partner          []int32   // [n]
}

// mix sets the images and targets of a batch of views of set, with Mixup or CutMix as s has it, and returns the images.
func (m *mixed) mix(s Settings, views []float32, labels []int32, set *data.Set, r *random.Stream) []float32 {
	n, k := len(labels), len(set.Classes)
	if len(m.images) < len(views) {
		m.images = make([]float32, len(views))
	}
	m.images, m.partner = m.images[:len(views)], slices.Grow(m.partner[:0], n)[:n]
	m.targets, m.classes = slices.Grow(m.targets[:0], n*k)[:n*k], slices.Grow(m.classes[:0], n*k)[:n*k]
	clear(m.classes)
	for i, label := range labels {
		m.classes[i*k+int(label)] = 1
	}
	r.Permute(m.partner)
	cut := s.CutMix > 0 && (s.Mixup == 0 || r.Bool(0.5))
	var lambda float32
	if cut {
		box := augment.CutBox(set.H, set.W, augment.MixShare(s.CutMix, r), r)
		lambda = augment.CutMix(m.images, views, m.partner, set.H, set.W, set.C, box)
	} else {
		lambda = augment.MixShare(s.Mixup, r)
		augment.Mixup(m.images, views, m.partner, lambda)
	}
	augment.Mixup(m.targets, m.classes, m.partner, lambda)
	return m.images
}

package augment

import "testing"

// BenchmarkRecolour passes over a 32x32 image.
func BenchmarkRecolour(b *testing.B) {
	src, img := picture(32, 32, 3, 1), NewImage(32, 32, 3)
	for _, c := range []struct {
		name   string
		change Change
	}{
		{"brightness", Change{Brightness, 1.2}}, {"contrast", Change{Contrast, 1.2}},
		{"saturation", Change{Saturation, 1.2}}, {"hue", Change{Hue, 0.07}}, {"gray", Change{Kind: Gray}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				copy(img.Pix, src.Pix)
				Recolour(img, c.change)
			}
		})
	}
}

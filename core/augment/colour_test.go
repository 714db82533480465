package augment

import "testing"

// BenchmarkRecolour passes over a 32x32 image.
func BenchmarkRecolour(b *testing.B) {
	src, img := picture(32, 32, 3, 1), NewImage(32, 32, 3)
	for _, c := range []struct {
		name string
		kind Kind
	}{{"brightness", Brightness}, {"contrast", Contrast}, {"saturation", Saturation}, {"hue", Hue}, {"gray", Gray}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				copy(img.Pix, src.Pix)
				Recolour(img, Change{c.kind, 0.07})
			}
		})
	}
}

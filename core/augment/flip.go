package augment

// FlipH mirrors left and right. dst may be src.
func FlipH(dst, src Image) {
	same("FlipH", dst, src)
	h, w, c := src.H, src.W, src.C
	for i := range h {
		from, to := src.Pix[i*w*c:(i+1)*w*c], dst.Pix[i*w*c:(i+1)*w*c]
		for a, b := 0, (w-1)*c; a <= b; a, b = a+c, b-c {
			for k := range c {
				to[a+k], to[b+k] = from[b+k], from[a+k]
			}
		}
	}
}

// FlipV mirrors top and bottom. dst may be src.
func FlipV(dst, src Image) {
	same("FlipV", dst, src)
	row := src.W * src.C
	for a, b := 0, src.H-1; a <= b; a, b = a+1, b-1 {
		for k := range row {
			dst.Pix[a*row+k], dst.Pix[b*row+k] = src.Pix[b*row+k], src.Pix[a*row+k]
		}
	}
}

// Mirror mirrors left and right.
type Mirror struct{}

func (Mirror) apply(v *view) {
	img := v.edit()
	FlipH(img, img)
	v.FlipH = !v.FlipH
	v.Place = v.Place.After(Matrix{0: -1, 4: 1})
}

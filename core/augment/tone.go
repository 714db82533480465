package augment

// Invert writes 1 - x. dst may be src.
func Invert(dst, src Image) {
	same("Invert", dst, src)
	for i, v := range src.Pix {
		dst.Pix[i] = 1 - v
	}
}

// Solarize inverts what is at least the threshold. dst may be src.
func Solarize(dst, src Image, threshold float32) {
	same("Solarize", dst, src)
	for i, v := range src.Pix {
		if v >= threshold {
			v = 1 - v
		}
		dst.Pix[i] = v
	}
}

// Posterize keeps the highest bits, 0 to 8, of the 8 that a channel of an image file has. dst may be src.
func Posterize(dst, src Image, bits int) {
	same("Posterize", dst, src)
	mask := ^uint8(0) << (8 - bits)
	for i, v := range src.Pix {
		dst.Pix[i] = float32(level(v)&mask) / 255
	}
}

// Equalize spreads the 256 levels of each channel so that they are about equally frequent. dst may be src.
func Equalize(dst, src Image) {
	same("Equalize", dst, src)
	c := src.C
	for k := range c {
		var count [256]int
		last := uint8(0) // the highest level that occurs
		for i := k; i < len(src.Pix); i += c {
			v := level(src.Pix[i])
			count[v]++
			last = max(last, v)
		}
		step := (src.H*src.W - count[last]) / 255
		if step == 0 { // too few different levels to spread
			for i := k; i < len(src.Pix); i += c {
				dst.Pix[i] = src.Pix[i]
			}
			continue
		}
		var table [256]float32
		below := 0
		for v, n := range count {
			table[v] = float32(min((below+step/2)/step, 255)) / 255
			below += n
		}
		for i := k; i < len(src.Pix); i += c {
			dst.Pix[i] = table[level(src.Pix[i])]
		}
	}
}

// AutoContrast stretches each channel to reach from 0 to 1; a constant channel stays, up to the rounding of operations before,
// which is far below a level of an image file. dst may be src.
func AutoContrast(dst, src Image) {
	same("AutoContrast", dst, src)
	c := src.C
	for k := range c {
		lo, hi := float32(1), float32(0)
		for i := k; i < len(src.Pix); i += c {
			lo, hi = min(lo, src.Pix[i]), max(hi, src.Pix[i])
		}
		scale := 1 / (hi - lo)
		if hi-lo < 0.5/255 {
			lo, scale = 0, 1
		}
		for i := k; i < len(src.Pix); i += c {
			dst.Pix[i] = clamp((src.Pix[i] - lo) * scale)
		}
	}
}

// Normalize writes (x - mean) / std of each channel. dst may be src.
func Normalize(dst, src Image, mean, std []float32) {
	same("Normalize", dst, src)
	if len(mean) != src.C || len(std) != src.C {
		panic("augment.Normalize: one mean and one std for each channel")
	}
	to := dst.Pix[:len(src.Pix)]
	if src.C == 1 {
		for i, v := range src.Pix {
			to[i] = (v - mean[0]) / std[0]
		}
		return
	}
	s0, s1, s2 := 1/std[0], 1/std[1], 1/std[2]
	for i := 0; i+2 < len(to); i += 3 {
		to[i] = (src.Pix[i] - mean[0]) * s0
		to[i+1] = (src.Pix[i+1] - mean[1]) * s1
		to[i+2] = (src.Pix[i+2] - mean[2]) * s2
	}
}

// level returns the nearest of the 256 levels of an image file.
func level(x float32) uint8 { return uint8(clamp(x)*255 + 0.5) }

// Solarizing inverts what is at least half as bright as can be.
type Solarizing struct{}

func (Solarizing) apply(v *view) {
	img := v.edit()
	Solarize(img, img, 0.5)
	v.Solarized = true
}

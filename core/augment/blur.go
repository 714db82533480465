package augment

import "math"

// GaussianBlur convolves with a Gaussian of standard deviation sigma pixels, cut to a kernel of odd width and height and
// normalised. Beyond an edge the image is mirrored, the edge pixel not repeated. dst may be src.
func GaussianBlur(dst, src Image, width, height int, sigma float32, s *Scratch) {
	same("GaussianBlur", dst, src)
	if width%2 == 0 || height%2 == 0 || !(sigma > 0) {
		panic("augment.GaussianBlur: the kernel must be odd and sigma positive")
	}
	h, w, c := src.H, src.W, src.C
	row, beside := w*c, width/2*c
	memory := s.floats(len(src.Pix) + width + height + row + 2*beside)
	tmp, memory := memory[:len(src.Pix)], memory[len(src.Pix):]
	across, down, wide := memory[:width], memory[width:][:height], memory[width+height:]
	gaussian(across, sigma)
	gaussian(down, sigma)
	for i := range h {
		from, to := src.Pix[i*row:][:row], tmp[i*row:][:row]
		copy(wide[beside:], from)
		for j := range width / 2 {
			left, right := j-width/2, w+j
			copy(wide[j*c:][:c], from[fold(left, w)*c:])
			copy(wide[beside+right*c:][:c], from[fold(right, w)*c:])
		}
		clear(to)
		for t, v := range across {
			addScaled(to, wide[t*c:], v)
		}
	}
	for i := range h {
		to := dst.Pix[i*row:][:row]
		clear(to)
		for t, v := range down {
			addScaled(to, tmp[fold(i+t-height/2, h)*row:], v)
		}
	}
}

// addScaled adds v·from to to, number by number. It is four numbers a turn, as the compiler does not unroll loops.
func addScaled(to, from []float32, v float32) {
	from = from[:len(to)]
	for len(to) >= 4 {
		a, b := to[:4], from[:4]
		a[0] += v * b[0]
		a[1] += v * b[1]
		a[2] += v * b[2]
		a[3] += v * b[3]
		to, from = to[4:], from[4:]
	}
	for i, x := range from {
		to[i] += v * x
	}
}

// gaussian fills k with a Gaussian round its middle that sums to 1.
func gaussian(k []float32, sigma float32) {
	sum := 0.0
	for pass := range 2 {
		for i := range k {
			d := float64(i-len(k)/2) / float64(sigma)
			v := math.Exp(-0.5 * d * d)
			if pass == 0 {
				sum += v
			} else {
				k[i] = float32(v / sum)
			}
		}
	}
}

// fold brings index i into 0 to n-1, mirrored at the first and the last pixel as often as needed.
func fold(i, n int) int {
	for i < 0 || i >= n {
		if n == 1 {
			return 0
		}
		if i < 0 {
			i = -i
		} else {
			i = 2*(n-1) - i
		}
	}
	return i
}

// Sharpness blends with a smoothed image, factor·x + (1-factor)·smooth: 0 smooths, 1 changes nothing, 2 sharpens. The
// smoothing is 3x3, [1 1 1; 1 5 1; 1 1 1]/13; pixels at the border stay as they are. dst must not be src.
func Sharpness(dst, src Image, factor float32) {
	same("Sharpness", dst, src)
	copy(dst.Pix, src.Pix)
	row, c := src.W*src.C, src.C
	for i := 1; i < src.H-1; i++ {
		for j := i*row + c; j < (i+1)*row-c; j++ {
			p := src.Pix
			around := p[j-row-c] + p[j-row] + p[j-row+c] + p[j-c] + p[j+c] + p[j+row-c] + p[j+row] + p[j+row+c]
			dst.Pix[j] = factor*p[j] + (1-factor)*(around+5*p[j])/13
		}
	}
	for j, v := range dst.Pix {
		dst.Pix[j] = clamp(v)
	}
}

// Blur blurs with a standard deviation drawn from Sigma, in pixels.
type Blur struct{ Sigma [2]float32 }

func (o Blur) apply(v *view) {
	v.Record.Blur = v.random.Uniform(o.Sigma[0], o.Sigma[1])
	if v.Record.Blur <= 0 {
		return
	}
	size := 2*int(2*v.Record.Blur+0.99) + 1 // two deviations to either side, rounded up
	GaussianBlur(v.free, v.now, size, size, v.Record.Blur, v.scratch)
	v.next()
}

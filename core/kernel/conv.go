package kernel

// Conv is a 2-dimensional convolution (cross-correlation, as networks use it): x [n, h, w, c], kernel [kh, kw, c, out],
// y [n, OutH, OutW, out]. Pad zeros surround each image.
type Conv struct {
	N, H, W, C  int // input
	Out         int // output channels
	KH, KW      int // kernel
	Stride, Pad int
}

// OutH returns the height of the output.
func (g Conv) OutH() int { return (g.H+2*g.Pad-g.KH)/g.Stride + 1 }

// OutW returns the width of the output.
func (g Conv) OutW() int { return (g.W+2*g.Pad-g.KW)/g.Stride + 1 }

// patch returns the length of the patch of the input that one output position sees.
func (g Conv) patch() int { return g.KH * g.KW * g.C }

// pointwise reports whether patches are simply the pixels, in order.
func (g Conv) pointwise() bool { return g.KH == 1 && g.KW == 1 && g.Stride == 1 && g.Pad == 0 }

func (g Conv) check(name string, x, w, y []float32) {
	must(g.N >= 0 && g.H > 0 && g.W > 0 && g.C > 0 && g.Out > 0 && g.KH > 0 && g.KW > 0 && g.Stride > 0 && g.Pad >= 0,
		name, "a size is not positive")
	must(g.H+2*g.Pad >= g.KH && g.W+2*g.Pad >= g.KW, name, "the kernel is larger than the padded image")
	must(len(x) == g.N*g.H*g.W*g.C, name, "x is not [n, h, w, c]")
	must(len(w) == g.patch()*g.Out, name, "w is not [kh, kw, c, out]")
	must(len(y) == g.N*g.OutH()*g.OutW()*g.Out, name, "y is not [n, oh, ow, out]")
}

// task packs the geometry for a parallel loop over images.
func (g Conv) task(x, y, w []float32) Task {
	return Task{X: x, Y: y, Z: w, I: [12]int{g.N, g.H, g.W, g.C, g.Out, g.KH, g.KW, g.Stride, g.Pad}}
}

func (t *Task) conv() Conv {
	return Conv{t.I[0], t.I[1], t.I[2], t.I[3], t.I[4], t.I[5], t.I[6], t.I[7], t.I[8]}
}

// Forward computes y, overwriting it.
func (g Conv) Forward(y, x, w []float32) {
	g.check("Conv.Forward", x, w, y)
	use.forward(g, y, x, w)
}

func forward(g Conv, y, x, w []float32) {
	Split(g.N, 1, g.task(x, y, w), func(t *Task, _, lo, hi int) {
		g := t.conv()
		s := borrow()
		pixels := g.OutH() * g.OutW()
		for i := lo; i < hi; i++ {
			cols := g.columns(s, t.X, i)
			gemmRows(false, false, 0, pixels, g.Out, g.patch(), 1, cols, g.patch(), t.Z, g.Out, 0, t.Y[i*pixels*g.Out:], g.Out)
		}
		s.giveBack()
	})
}

// GradInput adds the gradient with respect to x, given that of y, to dx.
func (g Conv) GradInput(dx, dy, w []float32) {
	g.check("Conv.GradInput", dx, w, dy)
	use.gradInput(g, dx, dy, w)
}

func gradInput(g Conv, dx, dy, w []float32) {
	Split(g.N, 1, g.task(dx, dy, w), func(t *Task, _, lo, hi int) {
		g := t.conv()
		s := borrow()
		pixels, patch := g.OutH()*g.OutW(), g.patch()
		for i := lo; i < hi; i++ {
			dx, dy := g.image(t.X, i), t.Y[i*pixels*g.Out:]
			if g.pointwise() {
				gemmRows(false, true, 0, pixels, patch, g.Out, 1, dy, g.Out, t.Z, g.Out, 1, dx, patch)
				continue
			}
			cols := s.floats(0, pixels*patch)
			gemmRows(false, true, 0, pixels, patch, g.Out, 1, dy, g.Out, t.Z, g.Out, 0, cols, patch)
			g.scatter(dx, cols)
		}
		s.giveBack()
	})
}

// weightGroups is the number of groups of images whose weight gradients are summed apart, so that threads can share the
// work and the order of the sum stays the same.
const weightGroups = 8

// GradWeight adds the gradient with respect to w, given that of y, to dw.
func (g Conv) GradWeight(dw, x, dy []float32) {
	g.check("Conv.GradWeight", x, dw, dy)
	use.gradWeight(g, dw, x, dy)
}

func gradWeight(g Conv, dw, x, dy []float32) {
	all := borrow()
	t := g.task(x, dy, all.floats(0, weightGroups*len(dw)))
	Split(weightGroups, 1, t, func(t *Task, _, lo, hi int) {
		g := t.conv()
		s := borrow()
		pixels, patch := g.OutH()*g.OutW(), g.patch()
		for group := lo; group < hi; group++ {
			dw := t.Z[group*patch*g.Out:][:patch*g.Out]
			clear(dw)
			for i := group * g.N / weightGroups; i < (group+1)*g.N/weightGroups; i++ {
				cols := g.columns(s, t.X, i)
				gemmRows(true, false, 0, patch, g.Out, pixels, 1, cols, patch, t.Y[i*pixels*g.Out:], g.Out, 1, dw, g.Out)
			}
		}
		s.giveBack()
	})
	for group := range weightGroups {
		for i, v := range t.Z[group*len(dw):][:len(dw)] {
			dw[i] += v
		}
	}
	all.giveBack()
}

// image returns image i of x.
func (g Conv) image(x []float32, i int) []float32 {
	size := g.H * g.W * g.C
	return x[i*size:][:size]
}

// columns returns the patches of image i, [OutH OutW, KH KW C].
func (g Conv) columns(s *scratch, x []float32, i int) []float32 {
	image := g.image(x, i)
	if g.pointwise() {
		return image
	}
	cols := s.floats(0, g.OutH()*g.OutW()*g.patch())
	at := 0
	for oy := range g.OutH() {
		for ox := range g.OutW() {
			for ky := range g.KH {
				iy := oy*g.Stride - g.Pad + ky
				for kx := range g.KW {
					ix := ox*g.Stride - g.Pad + kx
					to := cols[at:][:g.C]
					at += g.C
					if iy < 0 || iy >= g.H || ix < 0 || ix >= g.W {
						clear(to)
					} else {
						copy(to, image[(iy*g.W+ix)*g.C:])
					}
				}
			}
		}
	}
	return cols
}

// scatter adds patches to the image they were seen in: the transpose of columns.
func (g Conv) scatter(image, cols []float32) {
	at := 0
	for oy := range g.OutH() {
		for ox := range g.OutW() {
			for ky := range g.KH {
				iy := oy*g.Stride - g.Pad + ky
				for kx := range g.KW {
					ix := ox*g.Stride - g.Pad + kx
					if iy >= 0 && iy < g.H && ix >= 0 && ix < g.W {
						to := image[(iy*g.W+ix)*g.C:][:g.C]
						for c, v := range cols[at:][:g.C] {
							to[c] += v
						}
					}
					at += g.C
				}
			}
		}
	}
}

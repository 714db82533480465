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

func (g Conv) check(name string, x, w, y []float32) {
	must(g.N >= 0 && g.H > 0 && g.W > 0 && g.C > 0 && g.Out > 0 && g.KH > 0 && g.KW > 0 && g.Stride > 0 && g.Pad >= 0,
		name, "a size is not positive")
	must(g.H+2*g.Pad >= g.KH && g.W+2*g.Pad >= g.KW, name, "the kernel is larger than the padded image")
	must(len(x) == g.N*g.H*g.W*g.C, name, "x is not [n, h, w, c]")
	must(len(w) == g.patch()*g.Out, name, "w is not [kh, kw, c, out]")
	must(len(y) == g.N*g.OutH()*g.OutW()*g.Out, name, "y is not [n, oh, ow, out]")
}

// Forward computes y, overwriting it.
func (g Conv) Forward(y, x, w []float32) {
	g.check("Conv.Forward", x, w, y)
	if g.N > 0 {
		use.forward(g, y, x, w, nil)
	}
}

// ForwardStats is Forward that computes the mean and biased variance of each channel of y, as BatchNormStats does, from
// parts of y that a cache still holds.
func (g Conv) ForwardStats(mean, variance, y, x, w []float32) {
	const name = "Conv.ForwardStats"
	g.check(name, x, w, y)
	must(len(mean) == g.Out && len(variance) == g.Out, name, "mean and variance are not [out]")
	if g.N == 0 {
		clear(mean)
		clear(variance)
		return
	}
	s := borrow()
	rows := g.N * g.OutH() * g.OutW()
	m := &s.moments
	*m = moments{rows, s.floats(0, blocksOf(rows)*g.Out), s.floats(1, blocksOf(rows)*g.Out)}
	if use.forward(g, y, x, w, m) {
		m.combine(mean, variance, s)
	} else {
		BatchNormStats(mean, variance, y)
	}
	*m = moments{}
	s.giveBack()
}

// GradInput adds the gradient with respect to x, given that of y, to dx.
func (g Conv) GradInput(dx, dy, w []float32) {
	g.check("Conv.GradInput", dx, w, dy)
	if g.N > 0 {
		use.gradInput(g, dx, dy, w, true)
	}
}

// GradInputInto is GradInput that overwrites dx, which saves clearing and reading it.
func (g Conv) GradInputInto(dx, dy, w []float32) {
	g.check("Conv.GradInputInto", dx, w, dy)
	if g.N > 0 {
		use.gradInput(g, dx, dy, w, false)
	}
}

// GradWeight adds the gradient with respect to w, given that of y, to dw.
func (g Conv) GradWeight(dw, x, dy []float32) {
	g.check("Conv.GradWeight", x, dw, dy)
	if g.N > 0 {
		use.gradWeight(g, dw, x, dy)
	}
}

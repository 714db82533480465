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
		use.forward(g, y, x, w)
	}
}

// GradInput adds the gradient with respect to x, given that of y, to dx.
func (g Conv) GradInput(dx, dy, w []float32) {
	g.check("Conv.GradInput", dx, w, dy)
	if g.N > 0 {
		use.gradInput(g, dx, dy, w)
	}
}

// GradWeight adds the gradient with respect to w, given that of y, to dw.
func (g Conv) GradWeight(dw, x, dy []float32) {
	g.check("Conv.GradWeight", x, dw, dy)
	if g.N > 0 {
		use.gradWeight(g, dw, x, dy)
	}
}

// The convolutions below are products whose matrix of patches is never written down: micro-kernels read the patches in
// the images. In an image with its border of zeros, a patch is KH runs of KW C numbers, a fixed distance apart.

// convolution is the job that the ranges of a convolution share.
type convolution struct {
	Conv
	x, w, y    []float32 // or their gradients
	per        int       // images at a time
	b          []panels
	aRow, cRow []int32 // where the rows of A and C begin, for the images of a full range
	classes    []class // of input pixels, for the gradient of the input
	frame      frame   // of dy, for the same
}

// imagesPer returns how many images to take at a time: enough work, and enough rows to fill tiles well.
func (g Conv) imagesPer(pixels int) int {
	return min(g.N, max(1, work/(pixels*g.patch()*g.Out), 256/pixels))
}

// grain returns the number of images in a range: several times per, where that leaves enough ranges to share.
func (j *convolution) grain() int { return j.per * max(1, min(8, j.N/(16*j.per))) }

// frame is a border of zeros: how many rows and columns on each side.
type frame struct{ top, bottom, left, right int }

// padded copies images [h, w, c] to dst with a border.
func padded(dst, x []float32, h, w, c int, f frame) {
	width := (f.left + w + f.right) * c
	for len(x) > 0 {
		clear(dst[:f.top*width])
		dst = dst[f.top*width:]
		for range h {
			clear(dst[:f.left*c])
			copy(dst[f.left*c:], x[:w*c])
			clear(dst[(f.left+w)*c : width])
			x, dst = x[w*c:], dst[width:]
		}
		clear(dst[:f.bottom*width])
		dst = dst[f.bottom*width:]
	}
}

// rowsFrom sets the mr rows of A from i on, out of all. A tile that begins near the end repeats the last.
func (t *tile) rowsFrom(all []int32, i int, s *scratch, mr int) {
	t.count = min(mr, len(all)-i)
	if t.count == mr {
		t.aRow = all[i:]
		return
	}
	t.aRow = s.aRow[:]
	for r := range mr {
		t.aRow[r] = all[min(i+r, len(all)-1)]
	}
}

package kernel

// tiledForward is Forward by micro-kernels: a correlation of x with the weights as they are. It fills in m, unless that is
// nil or the ranges of images are no whole blocks of rows, and tells whether it did.
func tiledForward(g Conv, y, x, w []float32, m *moments) bool {
	s := borrow()
	j := &s.correlation
	oh, ow := g.OutH(), g.OutW()
	j.source, j.sourceImage, j.line, j.channels = x, g.H*g.W*g.C, g.W*g.C, g.C
	j.target, j.targetImage, j.targetLine, j.columns = y, oh*ow*g.Out, ow*g.Out, g.Out
	j.images, j.per = g.N, imagesPer(g.N, j.sourceImage, oh*ow, oh*ow*g.patch()*g.Out)
	j.b = append(j.b, panels{k: g.patch(), n: g.Out, b: w, ld: g.Out})
	if b := &j.b[0]; !b.inPlace(use.tiling) || g.Out > use.tiling.widths[0] {
		b.packed = s.floats(0, b.size(use.tiling))
		b.pack(use.tiling)
	}
	j.place(track{places: oh, origin: -g.Pad, step: g.Stride, taps: g.KH, size: g.H, stride: 1},
		track{places: ow, origin: -g.Pad, step: g.Stride, taps: g.KW, size: g.W, stride: 1}, 0)
	if j.per*oh*ow%blockRows != 0 && j.per < g.N {
		m = nil
	}
	j.moments = m
	j.run()
	j.release()
	s.giveBack()
	return m != nil
}

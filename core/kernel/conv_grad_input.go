package kernel

// The gradient of an input pixel is the sum over the taps (ky, kx) of the kernel that reach it from an output pixel:
// oy = (y + Pad - ky)/Stride must be whole. So the pixels whose y + Pad leaves the same remainder by Stride use the same
// taps, every Stride-th one, and see consecutive oy. The same holds for x. For each pair of remainders, the gradient is
// a correlation of dy with these taps' weights [taps of y, taps of x, out, c], in reverse order.

// phase is what input pixels with the same remainder along an axis have in common.
type phase struct {
	track
	tap int // the first tap they use
}

// phases returns the pair of the remainders along y and x.
func (g Conv) phases(ry, rx int) (y, x phase) {
	return newPhase(ry, g.H, g.OutH(), g.KH, g.Stride, g.Pad), newPhase(rx, g.W, g.OutW(), g.KW, g.Stride, g.Pad)
}

// newPhase returns the phase of a remainder, for an axis with so many inputs, outputs and taps.
func newPhase(remainder, inputs, outputs, kernel, stride, pad int) phase {
	first := ((remainder-pad)%stride + stride) % stride // pixel
	n := taps(remainder, kernel, stride)
	return phase{track{places: taps(first, inputs, stride), origin: (first+pad-remainder)/stride - (n - 1), step: 1,
		taps: n, size: outputs, target: first, stride: stride}, remainder}
}

// taps returns the number of the taps k, k+stride, … below n.
func taps(k, n, stride int) int { return max(0, (n-k+stride-1)/stride) }

// tiledGradInput is GradInput by micro-kernels, or without add GradInputInto.
func tiledGradInput(g Conv, dx, dy, w []float32, add bool) {
	s := borrow()
	j := &s.correlation
	oh, ow := g.OutH(), g.OutW()
	j.source, j.sourceImage, j.line, j.channels = dy, oh*ow*g.Out, ow*g.Out, g.Out
	j.target, j.targetImage, j.targetLine, j.columns, j.add = dx, g.H*g.W*g.C, g.W*g.C, g.C, add
	j.images, j.per = g.N, imagesPer(g.N, j.targetImage, g.H*g.W, oh*ow*g.patch()*g.Out)
	packed := s.floats(0, g.Stride*g.Stride*(&panels{k: g.patch() / g.C * g.Out, n: g.C}).size(use.tiling))
	for ry := range g.Stride {
		for rx := range g.Stride {
			y, x := g.phases(ry, rx)
			b := panels{k: y.taps * x.taps * g.Out, n: g.C, packed: packed}
			if b.k > 0 {
				packed = packed[b.size(use.tiling):]
				g.packTaps(use.tiling, &b, w, &y, &x)
			}
			j.b = append(j.b, b)
			j.place(y.track, x.track, len(j.b)-1)
		}
	}
	j.run()
	j.release()
	s.giveBack()
}

// packTaps packs the weights of a pair of phases, transposed, in reverse order of taps.
func (g Conv) packTaps(t *tiling, b *panels, w []float32, y, x *phase) {
	for i := range t.panels(g.C) {
		to, n, width := b.panel(t, i)
		if n < width {
			clear(to)
		}
		for ty := y.taps - 1; ty >= 0; ty-- {
			for tx := x.taps - 1; tx >= 0; tx-- {
				tap := (y.tap+ty*g.Stride)*g.KW + x.tap + tx*g.Stride
				t.transpose(to, width, w[(tap*g.C+i*t.widths[0])*g.Out:], g.Out, n, g.Out)
				to = to[g.Out*width:]
			}
		}
	}
}

package kernel

// tiledForward is Forward by micro-kernels: A [pixels, patch] is the patches, B [patch, out] the weights.
func tiledForward(g Conv, y, x, w []float32) {
	s := borrow()
	j := &s.convolution
	pixels := g.OutH() * g.OutW()
	j.Conv, j.x, j.w, j.y, j.per = g, x, w, y, g.imagesPer(pixels)
	j.b = append(j.b[:0], panels{k: g.patch(), n: g.Out, b: w, ld: g.Out})
	if b := &j.b[0]; !b.inPlace(use.tiling) || g.Out > use.tiling.widths[0] {
		b.packed = s.floats(0, b.size(use.tiling))
		b.pack(use.tiling)
	}
	h, width := g.H+2*g.Pad, g.W+2*g.Pad
	j.aRow = j.aRow[:0]
	for i := range j.per {
		for oy := range g.OutH() {
			for ox := range g.OutW() {
				j.aRow = append(j.aRow, int32(((i*h+oy*g.Stride)*width+ox*g.Stride)*g.C))
			}
		}
	}
	Split(g.N, j.grain(), Task{Obj: j}, func(t *Task, _, lo, hi int) {
		t.Obj.(*convolution).forward(use.tiling, lo, hi)
	})
	j.release()
	s.giveBack()
}

// forward computes the outputs of images [lo, hi).
func (j *convolution) forward(g *tiling, lo, hi int) {
	s := borrow()
	pixels, h, w := j.OutH()*j.OutW(), j.H+2*j.Pad, j.W+2*j.Pad
	t := &s.tile
	*t = tile{runs: j.KH, run: j.KW * j.C, skip: (w - j.KW) * j.C, alpha: 1, cRow: s.cRow[:]}
	for r := range g.mr {
		t.cRow[r] = int32(r * j.Out)
	}
	image := j.H * j.W * j.C
	for ; lo < hi; lo += j.per {
		n := min(j.per, hi-lo)
		t.a = j.x[lo*image:][:n*image]
		if j.Pad > 0 {
			to := s.floats(1, j.per*h*w*j.C)
			padded(to, t.a, j.H, j.W, j.C, frame{j.Pad, j.Pad, j.Pad, j.Pad})
			t.a = to
		}
		rows := j.aRow[:n*pixels]
		t.next = j.x[(lo+n)*image:]
		for i := 0; i < len(rows); i += g.mr {
			t.rowsFrom(rows, i, s, g.mr)
			j.b[0].multiply(g, t, &g.rows, j.y[(lo*pixels+i)*j.Out:], 0, g.panels(j.Out))
		}
	}
	s.tile = tile{}
	s.giveBack()
}

// release forgets the slices of the caller, and keeps the memory that was grown.
func (j *convolution) release() {
	clear(j.b)
	*j = convolution{b: j.b[:0], aRow: j.aRow[:0], cRow: j.cRow[:0], classes: j.classes[:0]}
}

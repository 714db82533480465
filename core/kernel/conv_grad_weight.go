package kernel

// The gradient of the weights is a product whose depth is all output pixels of all images. The images are divided into
// groups, each with a sum of its own, so that threads can share the work; the sums are then added in order.

// weightGroups returns the number of groups, which the geometry alone decides: their sums should not need much memory.
func (g Conv) weightGroups() int {
	return min(g.N, max(4, min(16, 1<<20/(g.patch()*g.Out))))
}

// weights is the job that the groups share.
type weights struct {
	Conv
	groups    int
	dw, x, dy []float32 // dw of each group
}

// tiledGradWeight is GradWeight by micro-kernels: A [patch, pixels] is the patches, transposed, B [pixels, out] is dy.
func tiledGradWeight(g Conv, dw, x, dy []float32) {
	s := borrow()
	j := &s.weights
	groups := g.weightGroups()
	*j = weights{g, groups, s.floats(0, groups*len(dw)), x, dy}
	Split(groups, 1, Task{Obj: j}, func(t *Task, _, lo, hi int) {
		j := t.Obj.(*weights)
		for group := lo; group < hi; group++ {
			j.gradWeight(use.tiling, group)
		}
	})
	Split(len(dw), grain/groups, Task{X: dw, Y: j.dw, I: [12]int{groups}}, func(t *Task, _, lo, hi int) {
		for group := range t.I[0] {
			use.axpy(1, t.Y[group*len(t.X):][lo:hi], t.X[lo:hi])
		}
	})
	*j = weights{}
	s.giveBack()
}

// gradWeight computes the gradient that the images of a group give.
func (j *weights) gradWeight(g *tiling, group int) {
	s := borrow()
	oh, ow := j.OutH(), j.OutW()
	dw := j.dw[group*j.patch()*j.Out:][:j.patch()*j.Out]
	// A tile reads mr numbers of a run, even where less are left: then the images need some room behind.
	pad := j.Pad > 0 || j.KW*j.C%g.mr != 0
	h, w := j.H+2*j.Pad, j.W+2*j.Pad
	// B in place, or filled up to whole panels.
	ldb := (j.Out + g.widths[1] - 1) / g.widths[1] * g.widths[1]
	b := panels{n: j.Out, ld: ldb}
	rows := max(1, 128/ow) // of outputs at a time, so that their part of dy stays in the cache
	t := &s.tile
	*t = tile{run: ow, step: j.Stride * j.C, skip: (w - ow) * j.Stride * j.C, alpha: 1, cRow: s.cRow[:]}
	for r := range g.mr {
		t.cRow[r] = int32(r * j.Out)
	}
	for i := group * j.N / j.groups; i < (group+1)*j.N/j.groups; i++ {
		x, dy := j.x[i*j.H*j.W*j.C:][:j.H*j.W*j.C], j.dy[i*oh*ow*j.Out:][:oh*ow*j.Out]
		if pad {
			to := s.floats(0, h*w*j.C+g.mr)
			padded(to, x, j.H, j.W, j.C, j.Pad)
			x = to
		}
		t.next = j.x[(i+1)*j.H*j.W*j.C:]
		if ldb != j.Out {
			to := s.floats(1, oh*ow*ldb)
			clear(to)
			for q := range oh * ow {
				copy(to[q*ldb:], dy[q*j.Out:][:j.Out])
			}
			dy = to
		}
		for oy := 0; oy < oh; oy += rows {
			t.runs = min(rows, oh-oy)
			b.b = dy[oy*ow*ldb:]
			for ky := range j.KH {
				for c := 0; c < j.KW*j.C; c += g.mr {
					t.a, t.count = x[(oy*j.Stride+ky)*w*j.C+c:], min(g.mr, j.KW*j.C-c)
					b.multiply(g, t, &g.columns, dw[(ky*j.KW*j.C+c)*j.Out:], 0, 0, g.panels(j.Out))
				}
			}
			t.add = true
		}
	}
	s.tile = tile{}
	s.giveBack()
}

// padded copies images [h, w, c] to dst with a border of pad zeros all round.
func padded(dst, x []float32, h, w, c, pad int) {
	width := (w + 2*pad) * c
	clear(dst[:pad*width])
	dst = dst[pad*width:]
	for range h {
		clear(dst[:pad*c])
		copy(dst[pad*c:], x[:w*c])
		clear(dst[(pad+w)*c : width])
		x, dst = x[w*c:], dst[width:]
	}
	clear(dst[:pad*width])
}

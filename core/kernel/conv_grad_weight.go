package kernel

// The gradient of the weights is a product whose depth is all output pixels of all images. The images are divided into
// groups, each with a sum of its own, so that threads can share the work; the sums are then added in order.

// groups returns how many there are. The geometry alone decides, and their sums should not need much memory.
func (g Conv) groups() int { return min(g.N, max(4, min(16, 1<<20/(g.patch()*g.Out)))) }

// weights is the job that the groups share.
type weights struct {
	Conv
	groups    int
	dw, x, dy []float32 // dw of each group, with one more row to throw numbers away
}

// tiledGradWeight is GradWeight by micro-kernels: A [patch, pixels] is the patches, transposed, B [pixels, out] is dy.
func tiledGradWeight(g Conv, dw, x, dy []float32) {
	s := borrow()
	j := &s.weights
	groups := g.groups()
	*j = weights{g, groups, s.floats(0, groups*(len(dw)+g.Out)), x, dy}
	Split(groups, 1, Task{Obj: j}, func(t *Task, _, lo, hi int) {
		j := t.Obj.(*weights)
		s := borrow()
		for group := lo; group < hi; group++ {
			j.group(use.tiling, s, group)
		}
		s.giveBack()
	})
	Split(len(dw), grain/groups, Task{X: dw, Y: j.dw, I: [12]int{groups}}, func(t *Task, _, lo, hi int) {
		for group := range t.I[0] {
			use.axpy(1, t.Y[group*(len(t.Y)/t.I[0]):][lo:hi], t.X[lo:hi])
		}
	})
	*j = weights{}
	s.giveBack()
}

// block is the part of a group that is summed up at a time, rows [lo, hi) of the outputs of some images: so many that
// their part of dy is still in the cache when the next tile needs it.
type block struct {
	*weights
	dw, x, dy []float32
	w, pad    int // width of x, and the zeros that are missing left and right
	ld        int // numbers between pixels of dy
	images    int
	lo, hi    int
}

// padRows reports whether x is copied with zeros left and right of each row. That saves summing up apart what narrow
// borders see, which only pays if they are a good part of the image.
func (j *weights) padRows() bool { return j.Pad > 0 && (j.OutW() > 8 || j.Stride > 1) }

// group computes the gradient that the images of a group give.
func (j *weights) group(g *tiling, s *scratch, group int) {
	pixels := 512
	if j.padRows() {
		pixels = 1 << 12 / min(j.Out, 32)
	}
	rows := max(1, pixels/j.OutW())
	images := max(1, rows/j.OutH())
	b := block{weights: j, dw: j.dw[group*(len(j.dw)/j.groups):][:len(j.dw)/j.groups]}
	clear(b.dw)
	last := (group + 1) * j.N / j.groups
	for i := group * j.N / j.groups; i < last; i += images {
		b.images = min(images, last-i)
		b.source(g, s, i)
		s.tile = tile{alpha: 1, add: true, next: j.x[len(j.x)/j.N*(i+b.images):]}
		if len(j.dy) > len(j.x) {
			s.tile.next = j.dy[len(j.dy)/j.N*(i+b.images):]
		}
		for b.lo = 0; b.lo < j.OutH(); b.lo += rows {
			b.hi = min(b.lo+rows, j.OutH())
			b.sum(g, s)
		}
	}
	s.tile = tile{}
}

// source sets x and dy to those of the images from i on. Tiles may read some numbers behind those of fewer channels than
// they have rows, and panels those behind an odd number of outputs; then x and dy are copies with room behind.
func (b *block) source(g *tiling, s *scratch, i int) {
	size, places := b.H*b.W*b.C, b.OutH()*b.OutW()
	b.x, b.dy, b.ld = b.weights.x[i*size:][:b.images*size], b.weights.dy[i*places*b.Out:][:b.images*places*b.Out], b.Out
	b.w, b.pad = b.W, b.Pad
	if pad := b.padRows(); pad || b.C < g.mr {
		if pad {
			b.w, b.pad = b.W+2*b.Pad, 0
		}
		to := s.floats(1, b.images*b.H*b.w*b.C+g.mr)
		padRows(to, b.x, b.W*b.C, (b.Pad-b.pad)*b.C)
		b.x = to
	}
	if odd := b.Out % g.widths[1]; odd != 0 {
		b.ld += g.widths[1] - odd
		to := s.floats(2, b.images*places*b.ld)
		clear(to)
		for p := range b.images * places {
			copy(to[p*b.ld:], b.dy[p*b.Out:][:b.Out])
		}
		b.dy = to
	}
}

// sum adds what the block gives. For each row of the kernel the outputs whose window has that row in the image, and for
// these the parts of their rows that see the same taps, are summed up by themselves.
func (b *block) sum(g *tiling, s *scratch) {
	x := track{places: b.OutW(), origin: -b.pad, step: b.Stride, taps: b.KW, size: b.w}
	for ky := range b.KH {
		lo := max(b.lo, (b.Pad-ky+b.Stride-1)/b.Stride)
		hi := min(b.hi, (b.H+b.Pad-ky+b.Stride-1)/b.Stride)
		if lo >= hi {
			continue
		}
		for h := (part{}); h.hi < x.places; {
			h = x.next(h.hi)
			if h.from < h.to {
				b.sumPart(g, s, ky, lo, hi, h)
			}
		}
	}
}

// sumPart adds what row ky of the kernel sees from the outputs in rows [lo, hi) and part h.
func (b *block) sumPart(g *tiling, s *scratch, ky, lo, hi int, h part) {
	t := &s.tile
	across, down := b.Stride*b.C, b.Stride*b.w*b.C // from pixel to pixel in x
	p := panels{n: b.Out, ld: b.ld}
	places := 1
	if n := h.hi - h.lo; n >= hi-lo {
		t.run, t.step, t.skip, t.skipB = n, across, down-n*across, b.OutW()-n
		t.runs, t.times = hi-lo, b.images
		t.jump, t.jumpB = b.H*b.w*b.C-(hi-lo)*down, (b.OutH()-(hi-lo))*b.OutW()
	} else { // down one column of outputs after the other
		places = n
		p.ld *= b.OutW()
		t.run, t.step, t.skip, t.skipB = hi-lo, down, b.H*b.w*b.C-(hi-lo)*down, b.OutH()-(hi-lo)
		t.runs, t.times, t.jump, t.jumpB = b.images, 1, 0, 0
	}
	first := (ky*b.KW + h.from) * b.C // row of dw
	n := (h.to - h.from) * b.C
	t.cRow, t.count = s.cRow[:], min(g.mr, n)
	for r := range g.mr {
		t.cRow[r] = int32(r * b.Out)
	}
	for c := 0; c < n; c += g.mr {
		// The last tile begins early, so that it is full, and throws away what was computed already.
		begin := max(0, min(c, n-g.mr))
		for r := range c - begin {
			t.cRow[r] = int32(len(b.dw) - (first+begin+1)*b.Out)
		}
		for ox := h.lo; ox < h.lo+places; ox++ {
			t.a = b.x[((lo*b.Stride-b.Pad+ky)*b.w+ox*b.Stride-b.pad+h.from)*b.C+begin:]
			p.b = b.dy[(lo*b.OutW()+ox)*b.ld:]
			p.multiply(g, t, &g.columns, b.dw[(first+begin)*b.Out:], 0, 0, g.panels(b.Out))
		}
	}
}

// padRows copies rows of so many numbers to dst, with pad zeros before and behind each.
func padRows(dst, x []float32, numbers, pad int) {
	for ; len(x) > 0; x = x[numbers:] {
		clear(dst[:pad])
		copy(dst[pad:], x[:numbers])
		clear(dst[pad+numbers : 2*pad+numbers])
		dst = dst[2*pad+numbers:]
	}
}

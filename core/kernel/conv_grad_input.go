package kernel

// The gradient of an input pixel is the sum over the taps (ky, kx) of the kernel that reach it from an output pixel:
// oy = (y + Pad - ky)/Stride must be whole. So the pixels whose y and x leave the same
// remainders by Stride, a class, use the same taps, every Stride-th one, and see a patch of dy with consecutive oy and
// ox: again a convolution, with weights [taps of y, taps of x, out, c], in reverse order, as its B.

// class is a class of input pixels.
type class struct {
	y, x       int // its first pixel; the others follow Stride apart
	ky, kx     int // its first tap; the others follow Stride apart
	tapsY      int
	tapsX      int
	oy, ox     int // the output pixel that reaches the first pixel through the first tap
	rows, cols int // pixels of the class, down and across
	from, to   int // its part of aRow and cRow for one image
}

// taps returns the number of the taps k, k+stride, … below n.
func taps(k, n, stride int) int { return max(0, (n-k+stride-1)/stride) }

// tiledGradInput is GradInput by micro-kernels: for each class A is the patches of dy, C its pixels of dx.
func tiledGradInput(g Conv, dx, dy, w []float32) {
	s := borrow()
	j := &s.convolution
	j.Conv, j.x, j.w, j.y, j.per = g, dx, w, dy, g.imagesPer(g.H*g.W)
	j.findClasses()
	j.packClasses(use.tiling, s)
	j.findRows()
	Split(g.N, j.grain(), Task{Obj: j}, func(t *Task, _, lo, hi int) {
		t.Obj.(*convolution).gradInput(use.tiling, lo, hi)
	})
	j.release()
	s.giveBack()
}

// findClasses lists the classes that have taps, and the border of dy that their patches need.
func (j *convolution) findClasses() {
	j.classes, j.frame = j.classes[:0], frame{}
	for y := range min(j.Stride, j.H) {
		for x := range min(j.Stride, j.W) {
			ky, kx := (y+j.Pad)%j.Stride, (x+j.Pad)%j.Stride
			c := class{y: y, x: x, ky: ky, kx: kx, tapsY: taps(ky, j.KH, j.Stride), tapsX: taps(kx, j.KW, j.Stride),
				oy: (y + j.Pad) / j.Stride, ox: (x + j.Pad) / j.Stride, rows: taps(y, j.H, j.Stride), cols: taps(x, j.W, j.Stride)}
			if c.tapsY == 0 || c.tapsX == 0 {
				continue
			}
			j.classes = append(j.classes, c)
			f := &j.frame
			f.top, f.left = max(f.top, c.tapsY-1-c.oy), max(f.left, c.tapsX-1-c.ox)
			f.bottom, f.right = max(f.bottom, c.oy+c.rows-j.OutH()), max(f.right, c.ox+c.cols-j.OutW())
		}
	}
}

// packClasses packs the weights of each class.
func (j *convolution) packClasses(g *tiling, s *scratch) {
	j.b = j.b[:0]
	size := 0
	for _, c := range j.classes {
		b := panels{k: c.tapsY * c.tapsX * j.Out, n: j.C}
		size += b.size(g)
		j.b = append(j.b, b)
	}
	buf := s.floats(0, size)
	for i := range j.b {
		b := &j.b[i]
		b.packed, buf = buf[:b.size(g)], buf[b.size(g):]
	}
	Split(len(j.classes)*g.panels(j.C), 1, Task{Obj: j}, func(t *Task, _, lo, hi int) {
		j, g := t.Obj.(*convolution), use.tiling
		for i := lo; i < hi; i++ {
			j.packClass(g, i/g.panels(j.C), i%g.panels(j.C))
		}
	})
}

func (j *convolution) packClass(g *tiling, class, panel int) {
	c := &j.classes[class]
	to, n, width := j.b[class].panel(g, panel)
	if n < width {
		clear(to)
	}
	for ty := c.tapsY - 1; ty >= 0; ty-- {
		for tx := c.tapsX - 1; tx >= 0; tx-- {
			tap := (c.ky+ty*j.Stride)*j.KW + c.kx + tx*j.Stride
			g.transpose(to, width, j.w[(tap*j.C+panel*g.widths[0])*j.Out:], j.Out, n, j.Out)
			to = to[j.Out*width:]
		}
	}
}

// findRows lists where the rows of A and C begin, class after class, each for the images of a full range.
func (j *convolution) findRows() {
	h, w := j.frame.top+j.OutH()+j.frame.bottom, j.frame.left+j.OutW()+j.frame.right
	j.aRow, j.cRow = j.aRow[:0], j.cRow[:0]
	for k := range j.classes {
		c := &j.classes[k]
		c.from = len(j.aRow)
		for i := range j.per {
			for a := range c.rows {
				oy := c.oy + a - (c.tapsY - 1) + j.frame.top
				for b := range c.cols {
					ox := c.ox + b - (c.tapsX - 1) + j.frame.left
					j.aRow = append(j.aRow, int32(((i*h+oy)*w+ox)*j.Out))
					j.cRow = append(j.cRow, int32(((i*j.H+c.y+a*j.Stride)*j.W+c.x+b*j.Stride)*j.C))
				}
			}
		}
	}
	j.cRow = append(j.cRow, make([]int32, 16)...) // micro-kernels read a tile's worth, even where rows are missing
}

// gradInput adds to the gradients of images [lo, hi).
func (j *convolution) gradInput(g *tiling, lo, hi int) {
	s := borrow()
	oh, ow := j.OutH(), j.OutW()
	h, w := j.frame.top+oh+j.frame.bottom, j.frame.left+ow+j.frame.right
	t := &s.tile
	*t = tile{alpha: 1, add: true}
	image := oh * ow * j.Out
	for ; lo < hi; lo += j.per {
		n := min(j.per, hi-lo)
		t.a, t.next = j.y[lo*image:][:n*image], j.y[(lo+n)*image:]
		if (j.frame != frame{}) {
			to := s.floats(1, j.per*h*w*j.Out)
			padded(to, t.a, oh, ow, j.Out, j.frame)
			t.a = to
		}
		dx := j.x[lo*j.H*j.W*j.C:]
		for k := range j.classes {
			c := &j.classes[k]
			t.runs, t.run, t.skip = c.tapsY, c.tapsX*j.Out, (w-c.tapsX)*j.Out
			rows := j.aRow[c.from:][:n*c.rows*c.cols]
			for i := 0; i < len(rows); i += g.mr {
				t.rowsFrom(rows, i, s, g.mr)
				t.cRow = j.cRow[c.from+i:]
				j.b[k].multiply(g, t, &g.rows, dx, 0, g.panels(j.C))
			}
		}
	}
	s.tile = tile{}
	s.giveBack()
}

package kernel

// panels is the matrix B [k, n] of a product, as micro-kernels read it: panels of columns, the last one perhaps narrow.
// A packed panel is [k, width], so that it is read straight through, and filled up with zeros.
type panels struct {
	k, n   int
	b      []float32 // B in place, [k, n], or [n, k] if trans
	ld     int
	trans  bool
	packed []float32 // nil: b is read in place
}

// inPlace reports whether micro-kernels can read B in place.
func (p *panels) inPlace(g *tiling) bool { return !p.trans && p.n%g.widths[1] == 0 }

// size returns the number of elements of B when packed.
func (p *panels) size(g *tiling) int { return g.panels(p.n) * g.widths[0] * p.k }

// pack fills p.packed, which has the right size, on all threads. p is not on a stack.
func (p *panels) pack(g *tiling) {
	Split(g.panels(p.n), max(1, grain/(g.widths[0]*p.k)), Task{Obj: p}, func(t *Task, _, lo, hi int) {
		p, g := t.Obj.(*panels), use.tiling
		for i := lo; i < hi; i++ {
			to, n, width := p.panel(g, i)
			first := i * g.widths[0]
			if p.trans {
				if n < width {
					clear(to)
				}
				g.transpose(to, width, p.b[first*p.ld:], p.ld, n, p.k)
				continue
			}
			g.copyRows(to, width, p.b[first:], p.ld, n, p.k)
		}
	})
}

// panel returns packed panel i, the number of its columns and its width.
func (p *panels) panel(g *tiling, i int) (to []float32, n, width int) {
	n = min(g.widths[0], p.n-i*g.widths[0])
	width = g.width(n)
	return p.packed[i*g.widths[0]*p.k:][:width*p.k], n, width
}

// multiply runs the micro-kernels for the panels from lo up to, not including, hi, on t's tile of A. c begins at the
// tile's first element in C. row is the row of B to begin with.
func (p *panels) multiply(g *tiling, t *tile, kernels *[2]func(t *tile), c []float32, row, lo, hi int) {
	for i := lo; i < hi; i++ {
		first := i * g.widths[0]
		t.cols = min(g.widths[0], p.n-first)
		if p.packed != nil {
			t.ldb = g.width(t.cols)
			t.b = p.packed[first*p.k+row*t.ldb:]
		} else {
			t.ldb = p.ld
			t.b = p.b[row*t.ldb+first:]
		}
		t.c = c[first:]
		if len(t.next) == 0 {
			t.next = t.b // a hint that costs nothing
		}
		kernels[g.narrow(t.cols)](t)
		t.next = t.next[min(len(t.next), t.runs*(t.run/4)*16):]
	}
}

package kernel

// Gemm computes C = alpha op(A) op(B) + beta C, where op(A) is [m, k], op(B) is [k, n] and C [m, n]. A is stored [m, k],
// or [k, m] if transA; B is stored [k, n], or [n, k] if transB. lda, ldb and ldc are the distances between their rows.
// With beta 0 the old content of C does not matter, even if it is NaN.
func Gemm(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	must(m >= 0 && n >= 0 && k >= 0, "Gemm", "a size is negative")
	if m == 0 || n == 0 {
		return
	}
	if transA {
		must(fits(a, k, m, lda), "Gemm", "A is shorter than [k, m]")
	} else {
		must(fits(a, m, k, lda), "Gemm", "A is shorter than [m, k]")
	}
	if transB {
		must(fits(b, n, k, ldb), "Gemm", "B is shorter than [n, k]")
	} else {
		must(fits(b, k, n, ldb), "Gemm", "B is shorter than [k, n]")
	}
	must(fits(c, m, n, ldc), "Gemm", "C is shorter than [m, n]")
	if beta != 1 && (beta != 0 || k == 0) {
		scaleRows(beta, c, m, n, ldc)
	}
	if k > 0 {
		use.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta != 0, c, ldc)
	}
}

// scaleRows computes c *= beta for the m rows of n numbers; beta 0 clears even NaN.
func scaleRows(beta float32, c []float32, m, n, ldc int) {
	for i := range m {
		row := c[i*ldc:][:n]
		if beta == 0 {
			clear(row)
		} else {
			use.scale(beta, row)
		}
	}
}

// fits reports whether x can hold rows of cols numbers, ld apart.
func fits(x []float32, rows, cols, ld int) bool {
	return rows == 0 || cols == 0 || ld >= cols && len(x) >= (rows-1)*ld+cols
}

// The product is computed in blocks, so that what is used again is still in a cache. For each block of up to blockN
// columns and blockK of the depth, B is packed: panel after panel, each depth rows of nr columns, so that a micro-kernel
// reads it straight through. Ranges of the rows (and of the panels, when there are few rows) are then shared among the
// threads. A tile of A is read mr rows at a time, by all panels in turn; it is copied first where that pays.
//
// An element of C is the sum of its blocks of the depth, in order, and each of them was summed in order; that does not
// depend on where tiles or ranges begin.
const (
	blockK = 384
	blockN = 1024
	work   = 1 << 19 // multiplications in a range, about: 10 µs
)

// product is one block of a matrix product, C [m, b.n] = alpha op(A) [m, b.k] B, or C +=.
type product struct {
	m      int
	alpha  float32
	a      []float32
	lda    int
	transA bool
	b      panels
	c      []float32
	ldc    int
	add    bool

	rowsPer, panelsPer int // in a range
	across             int // ranges side by side
}

// tiledGemm is Gemm by micro-kernels.
func tiledGemm(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	s := borrow()
	p := &s.product
	*p = product{m: m, alpha: alpha, lda: lda, transA: transA, ldc: ldc}
	for j := 0; j < n; j += blockN {
		blocks := (k + blockK - 1) / blockK
		for q := range blocks {
			lo, hi := q*k/blocks, (q+1)*k/blocks
			p.a, p.c, p.add = a[at(transA, 0, lo, lda):], c[j:], add || q > 0
			p.b = panels{k: hi - lo, n: min(n-j, blockN), b: b[at(transB, lo, j, ldb):], ld: ldb, trans: transB}
			p.run(s)
		}
	}
	s.product = product{}
	s.giveBack()
}

// at returns the index of element (i, j) of a matrix, stored transposed or not.
func at(trans bool, i, j, ld int) int {
	if trans {
		i, j = j, i
	}
	return i*ld + j
}

func (p *product) run(s *scratch) {
	g, b := use.tiling, &p.b
	// B is read in place if it lies like panels already, or is used too few times for packing to pay.
	if !b.inPlace(g) || p.m > 2*g.mr && (b.n > g.widths[0] || b.ld > 2*b.n) {
		b.packed = s.floats(0, b.size(g))
		b.pack(g)
	}
	all := g.panels(b.n)
	p.rowsPer = min(p.m, max(g.mr, work/(b.k*b.n)/g.mr*g.mr))
	p.panelsPer = all
	down := (p.m + p.rowsPer - 1) / p.rowsPer
	if down < 4 {
		p.panelsPer = min(all, max(1, work/(b.k*p.rowsPer*g.widths[0])))
	}
	p.across = (all + p.panelsPer - 1) / p.panelsPer
	Split(down*p.across, 1, Task{Obj: p}, func(t *Task, _, lo, hi int) {
		p := t.Obj.(*product)
		s := borrow()
		for i := lo; i < hi; i++ {
			p.multiply(use.tiling, s, i/p.across*p.rowsPer, i%p.across*p.panelsPer)
		}
		s.giveBack()
	})
}

// multiply computes the range of C that begins at row and panel.
func (p *product) multiply(g *tiling, s *scratch, row, panel int) {
	t := &s.tile
	rowEnd := min(p.m, row+p.rowsPer)
	panelEnd := min(g.panels(p.b.n), panel+p.panelsPer)
	*t = tile{times: 1, runs: 1, run: p.b.k, alpha: p.alpha, add: p.add, aRow: s.aRow[:], cRow: s.cRow[:]}
	for i := range g.mr {
		t.cRow[i] = int32(i * p.ldc)
	}
	for i := row; i < rowEnd; i += g.mr {
		t.count = min(g.mr, rowEnd-i)
		kernels := &g.rows
		if p.transA {
			kernels = &g.columns
			p.tileColumns(g, s, i)
		} else {
			p.tileRows(g, s, i, panelEnd-panel)
		}
		p.b.multiply(g, t, kernels, p.c[i*p.ldc:], 0, panel, panelEnd)
	}
	s.tile = tile{}
}

// tileRows points the micro-kernel to the rows of A from i on, or to a copy when many panels are to read them: rows
// that lie a power of two apart would push each other out of the cache.
func (p *product) tileRows(g *tiling, s *scratch, i, panels int) {
	t := &s.tile
	t.a = p.a[i*p.lda:]
	for r := range g.mr {
		t.aRow[r] = int32(min(r, t.count-1) * p.lda)
	}
	if end := (i + g.mr) * p.lda; p.lda == p.b.k && end < len(p.a) {
		t.next = p.a[end:]
	}
	if panels < 2 {
		return
	}
	ld := p.b.k + 16
	to := s.floats(1, g.mr*ld)
	for r := range g.mr {
		copy(to[r*ld:][:p.b.k], t.a[t.aRow[r]:])
		t.aRow[r] = int32(r * ld)
	}
	t.a = to
}

// tileColumns points the micro-kernel to a copy of the columns of A from i on: in A itself, a full tile would read beyond
// the end of the last row, and the distance between rows is often bad for the cache.
func (p *product) tileColumns(g *tiling, s *scratch, i int) {
	t := &s.tile
	to := s.floats(1, g.mr*p.b.k+16) // some room for the zeros of copyRows
	g.copyRows(to, g.mr, p.a[i:], p.lda, t.count, p.b.k)
	t.a, t.step = to, g.mr
}

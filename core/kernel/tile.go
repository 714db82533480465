package kernel

// tile is the job of a micro-kernel: the product of a tile of A and a panel of B, kept in registers while it is summed
// up, and then put into C.
//
//	for q in [0, times), r in [0, runs), p in [0, run), in this order:
//	  sum[i][j] += A(i, q, r, p) b[(q (runs (run + skipB) + jumpB) + r (run + skipB) + p) ldb + j]
//	c[cRow[i] + j] = alpha sum[i][j]  (+= if add)  for i in [0, count), j in [0, cols)
//
// where A(i, q, r, p) is
//
//	a[aRow[i] + r (run + skip) + p]                                           if its A has rows; times is 1
//	a[i + q (runs (run step + skip) + jump) + r (run step + skip) + p step]   if its A has columns
//
// Rows from count on are computed too, so all of A must be there to be read, as must b in full width. next is a hint:
// what a later job reads, to be fetched from memory meanwhile, 16 elements for every 4 steps of the depth. Assembly knows
// the order and size of the fields.
type tile struct {
	a, b, c                  []float32
	aRow, cRow               []int32
	next                     []float32
	run, skip, skipB         int
	runs, jump, jumpB, times int
	step, ldb                int
	count, cols              int
	alpha                    float32
	add                      bool
}

// tiling is what an instruction set offers for products: micro-kernels for tiles of mr rows and a wide or narrow panel.
type tiling struct {
	mr            int
	widths        [2]int           // of panels: wide, narrow
	rows, columns [2]func(t *tile) // of micro-kernels: wide, narrow

	// copyRows copies rows of n numbers, ld apart, to rows width apart. n is at most the wide width. Up to that width, or
	// up to the narrow one if n fits, it may write zeros behind each row; the next row may overwrite them.
	copyRows func(dst []float32, width int, src []float32, ld, n, rows int)

	// transpose copies x [rows, cols], rows ldx apart, to y [cols, rows], rows ldy apart.
	transpose func(y []float32, ldy int, x []float32, ldx, rows, cols int)
}

// width returns the width of the panel that n columns need.
func (g *tiling) width(n int) int { return g.widths[g.narrow(n)] }

// narrow returns 1 if a narrow panel holds n columns, else 0.
func (g *tiling) narrow(n int) int {
	if n <= g.widths[1] {
		return 1
	}
	return 0
}

// panels returns the number of panels of n columns: wide ones, and a narrow last one if that is enough.
func (g *tiling) panels(n int) int { return (n + g.widths[0] - 1) / g.widths[0] }

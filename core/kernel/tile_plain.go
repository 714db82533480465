package kernel

// plainTiling is the tiling in plain Go, which every machine can use.
var plainTiling = tiling{
	mr:      4,
	widths:  [2]int{4, 4},
	rows:    [2]func(t *tile){plainRows, plainRows},
	columns: [2]func(t *tile){plainColumns, plainColumns},

	copyRows: func(dst []float32, width int, src []float32, ld, n, rows int) {
		for i := range rows {
			to := dst[i*width:][:width]
			copy(to, src[i*ld:][:n])
			clear(to[n:])
		}
	},
	transpose: transpose,
}

func plainRows(t *tile) { plainTile(t, [4]int32(t.aRow), 1) }

func plainColumns(t *tile) { plainTile(t, [4]int32{0, 1, 2, 3}, t.step) }

// plainTile computes a tile of 4 x 4, whose rows of A begin at row, with step from number to number.
func plainTile(t *tile, row [4]int32, step int) {
	var s [4][4]float32
	{
		var s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33 float32
		b := t.b
		at := 0
		for range t.times {
			for range t.runs {
				a0, a1, a2, a3 := t.a[int(row[0])+at:], t.a[int(row[1])+at:], t.a[int(row[2])+at:], t.a[int(row[3])+at:]
				for p := 0; p < t.run*step; p += step {
					x0, x1, x2, x3 := a0[p], a1[p], a2[p], a3[p]
					b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
					s00 += x0 * b0
					s01 += x0 * b1
					s02 += x0 * b2
					s03 += x0 * b3
					s10 += x1 * b0
					s11 += x1 * b1
					s12 += x1 * b2
					s13 += x1 * b3
					s20 += x2 * b0
					s21 += x2 * b1
					s22 += x2 * b2
					s23 += x2 * b3
					s30 += x3 * b0
					s31 += x3 * b1
					s32 += x3 * b2
					s33 += x3 * b3
					b = b[min(t.ldb, len(b)):]
				}
				b = b[min(t.skipB*t.ldb, len(b)):]
				at += t.run*step + t.skip
			}
			b = b[min(t.jumpB*t.ldb, len(b)):]
			at += t.jump
		}
		s = [4][4]float32{{s00, s01, s02, s03}, {s10, s11, s12, s13}, {s20, s21, s22, s23}, {s30, s31, s32, s33}}
	}
	for i := range t.count {
		c := t.c[t.cRow[i]:][:t.cols]
		for j := range c {
			if t.add {
				c[j] += t.alpha * s[i][j]
			} else {
				c[j] = t.alpha * s[i][j]
			}
		}
	}
}

func transpose(y []float32, ldy int, x []float32, ldx, rows, cols int) {
	for i := range rows {
		for j, v := range x[i*ldx:][:cols] {
			y[j*ldy+i] = v
		}
	}
}

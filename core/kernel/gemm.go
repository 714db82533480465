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
	use.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// fits reports whether x can hold rows of cols numbers, ld apart.
func fits(x []float32, rows, cols, ld int) bool {
	return rows == 0 || cols == 0 || ld >= cols && len(x) >= (rows-1)*ld+cols
}

// gemm is Gemm in plain Go.
func gemm(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	t := Task{X: a, Y: b, Z: c, I: [12]int{n, k, lda, ldb, ldc}, F: [6]float32{alpha, beta}}
	if transA {
		t.I[5] = 1
	}
	if transB {
		t.I[6] = 1
	}
	Split(m, max(1, 1<<16/(n*max(k, 1))), t, func(t *Task, _, lo, hi int) {
		gemmRows(t.I[5] == 1, t.I[6] == 1, lo, hi, t.I[0], t.I[1], t.F[0], t.X, t.I[2], t.Y, t.I[3], t.F[1], t.Z, t.I[4])
	})
}

// gemmRows computes rows [lo, hi) of Gemm's C on the calling goroutine.
func gemmRows(transA, transB bool, lo, hi, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	for i := lo; i < hi; i++ {
		row := c[i*ldc:][:n]
		switch beta {
		case 0:
			clear(row)
		case 1:
		default:
			for j := range row {
				row[j] *= beta
			}
		}
		ai, step := i*lda, 1
		if transA {
			ai, step = i, lda
		}
		if transB {
			for j := range row {
				var s float32
				for p, v := range b[j*ldb:][:k] {
					s += a[ai+p*step] * v
				}
				row[j] += alpha * s
			}
			continue
		}
		for p := range k {
			s := alpha * a[ai+p*step]
			for j, v := range b[p*ldb:][:n] {
				row[j] += s * v
			}
		}
	}
}

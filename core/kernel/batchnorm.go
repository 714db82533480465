package kernel

import "math"

// BatchNormStats computes the mean and the biased variance of each column of x [rows, c], where c = len(mean). It takes
// the statistics of blocks of rows, around each block's own mean, and combines them in float64 (Chan, Golub and LeVeque
// 1979), so a mean far from zero costs no accuracy. Without rows both are 0.
func BatchNormStats(mean, variance, x []float32) {
	c := len(mean)
	rows := rowsOf("BatchNormStats", x, c)
	must(len(variance) == c, "BatchNormStats", "lengths of mean and variance differ")
	blocks := blocksOf(rows)
	s := borrow()
	total := s.zeros64(2 * c)
	m, m2 := total[:c], total[c:]
	t := Task{X: x, Y: s.floats(0, blocks*c), Z: s.floats(1, blocks*c), I: [12]int{c}}
	each(blocks, blockGrain(c), t, func(t *Task, _, lo, hi int) {
		c := t.I[0]
		use.columnMoments(t.Y[lo*c:hi*c], t.Z[lo*c:hi*c], blockRange(t.X, lo, hi, c), c)
	})
	for i := range blocks {
		before := i * blockRows
		n := min(blockRows, rows-before)
		fresh := float64(n) / float64(before+n)
		blockM2 := t.Z[i*c:][:c]
		for j, v := range t.Y[i*c:][:c] {
			delta := float64(v) - m[j]
			m[j] += delta * fresh
			m2[j] += float64(blockM2[j]) + delta*delta*fresh*float64(before)
		}
	}
	for j := range mean {
		mean[j], variance[j] = float32(m[j]), float32(m2[j]/float64(max(rows, 1)))
	}
	s.giveBack()
}

func columnMoments(mean, m2, x []float32, c int) {
	clear(mean)
	clear(m2)
	for ; len(x) > 0; mean, m2 = mean[c:], m2[c:] {
		block := x[:min(blockRows*c, len(x))]
		x = x[len(block):]
		mean, m2, first := mean[:c], m2[:c], block[:c]
		for at := c; at < len(block); at += c { // relative to the first row, since a large sum would lose digits
			for j, v := range block[at:][:c] {
				mean[j] += v - first[j]
			}
		}
		inv := float32(c) / float32(len(block))
		for j, v := range first {
			mean[j] = v + mean[j]*inv
		}
		for ; len(block) > 0; block = block[c:] {
			for j, v := range block[:c] {
				d := v - mean[j]
				m2[j] += d * d
			}
		}
	}
}

// BatchNormApply computes y = gamma (x - mean)/sqrt(variance + eps) + beta for each row of x [rows, c]. gamma nil means
// 1, beta nil means 0. y may be x.
func BatchNormApply(y, x, mean, variance, gamma, beta []float32, eps float32) {
	c := len(mean)
	rows := rowsOf("BatchNormApply", x, c)
	must(len(y) == len(x) && len(variance) == c && (gamma == nil || len(gamma) == c) && (beta == nil || len(beta) == c),
		"BatchNormApply", "lengths differ")
	s := borrow()
	scale, shift := s.floats(0, c), s.floats(1, c)
	for j, v := range variance {
		scale[j] = float32(1 / math.Sqrt(float64(v)+float64(eps)))
		if gamma != nil {
			scale[j] *= gamma[j]
		}
		shift[j] = 0
		if beta != nil {
			shift[j] = beta[j]
		}
	}
	t := Task{X: x, Y: y, Z: scale, W: shift, Obj: s}
	s.bufs[2] = append(s.bufs[2][:0], mean...)
	each(rows, rowGrain(c), t, func(t *Task, _, lo, hi int) {
		c := len(t.Z)
		use.affine(t.Y[lo*c:hi*c], t.X[lo*c:hi*c], t.Obj.(*scratch).bufs[2][:c], t.Z, t.W)
	})
	s.giveBack()
}

func affine(y, x, mean, scale, shift []float32) {
	c := len(mean)
	for at := 0; at < len(x); at += c {
		y := y[at:][:c]
		for j, v := range x[at:][:c] {
			y[j] = (v-mean[j])*scale[j] + shift[j]
		}
	}
}

// BatchNormGrad adds the gradients of y = gamma x̂ + beta, x̂ = (x - mean)/sqrt(variance + eps), where mean and variance
// are those of x [rows, c] itself, given dy:
//
//	dbeta += Σ dy, dgamma += Σ dy x̂, dx += gamma/sqrt(variance + eps) (dy - Σ dy/rows - x̂ Σ(dy x̂)/rows)
//
// dx, dgamma and dbeta may be nil, when they are not wanted; gamma nil means 1.
func BatchNormGrad(dx, dgamma, dbeta, x, dy, mean, variance, gamma []float32, eps float32) {
	c := len(mean)
	rows := rowsOf("BatchNormGrad", x, c)
	must(len(dy) == len(x) && (dx == nil || len(dx) == len(x)) && len(variance) == c && (gamma == nil || len(gamma) == c) &&
		(dgamma == nil || len(dgamma) == c) && (dbeta == nil || len(dbeta) == c), "BatchNormGrad", "lengths differ")
	if rows == 0 {
		return
	}
	blocks := blocksOf(rows)
	s := borrow()
	total := s.zeros64(2 * c)
	sum, sumX := total[:c], total[c:] // Σ dy, Σ dy x̂
	part, partX := s.floats(0, blocks*c), s.floats(1, blocks*c)
	t := Task{X: x, Y: dy, Z: part, W: partX, Obj: s}
	s.bufs[2] = append(s.bufs[2][:0], mean...)
	each(blocks, blockGrain(c), t, func(t *Task, _, lo, hi int) {
		mean := t.Obj.(*scratch).bufs[2]
		c := len(mean)
		use.gradSums(t.Z[lo*c:hi*c], t.W[lo*c:hi*c], blockRange(t.X, lo, hi, c), blockRange(t.Y, lo, hi, c), mean)
	})
	for i := range blocks {
		partX := partX[i*c:][:c]
		for j, v := range part[i*c:][:c] {
			sum[j] += float64(v)
			sumX[j] += float64(partX[j])
		}
	}
	inv := s.floats(2, c)
	for j, v := range variance {
		inv[j] = float32(1 / math.Sqrt(float64(v)+float64(eps)))
		sumX[j] *= float64(inv[j])
	}
	for j := range dgamma {
		dgamma[j] += float32(sumX[j])
	}
	for j := range dbeta {
		dbeta[j] += float32(sum[j])
	}
	if dx == nil {
		s.giveBack()
		return
	}
	// dx += scale dy + slope (x - mean) + offset
	scale, slope, offset := inv, s.floats(0, c), s.floats(1, c)
	for j, v := range inv {
		g := float64(v)
		if gamma != nil {
			g *= float64(gamma[j])
		}
		slope[j] = float32(-g * float64(v) * sumX[j] / float64(rows))
		offset[j] = float32(-g * sum[j] / float64(rows))
		scale[j] = float32(g)
	}
	each(rows, rowGrain(c), Task{X: x, Y: dy, Z: dx, W: mean, Obj: s}, func(t *Task, _, lo, hi int) {
		mean, s := t.W, t.Obj.(*scratch)
		c := len(mean)
		use.gradAffine(t.Z[lo*c:hi*c], t.X[lo*c:hi*c], t.Y[lo*c:hi*c], mean, s.bufs[2][:c], s.bufs[0][:c], s.bufs[1][:c])
	})
	s.giveBack()
}

func gradSums(sum, sumX, x, dy, mean []float32) {
	c := len(mean)
	clear(sum)
	clear(sumX)
	for i := 0; len(x) > 0; i++ {
		at := i / blockRows * c
		sum, sumX, x0 := sum[at:][:c], sumX[at:][:c], x[:c]
		for j, g := range dy[:c] {
			sum[j] += g
			sumX[j] += g * (x0[j] - mean[j])
		}
		x, dy = x[c:], dy[c:]
	}
}

func gradAffine(dx, x, dy, mean, scale, slope, offset []float32) {
	c := len(mean)
	for at := 0; at < len(x); at += c {
		x, dx := x[at:][:c], dx[at:][:c]
		for j, g := range dy[at:][:c] {
			dx[j] += scale[j]*g + slope[j]*(x[j]-mean[j]) + offset[j]
		}
	}
}

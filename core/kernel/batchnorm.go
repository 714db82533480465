package kernel

import "math"

// normBlock is the number of rows whose statistics are taken together; the blocks are then combined in order.
const normBlock = 64

// BatchNormStats computes the mean and the biased variance of each column of x [rows, c], where c = len(mean). It takes
// the statistics of blocks of rows, around each block's own mean, and combines them in float64 (Chan, Golub and LeVeque
// 1979), so a mean far from zero costs no accuracy. Without rows both are 0.
func BatchNormStats(mean, variance, x []float32) {
	c := len(mean)
	rows := rowsOf("BatchNormStats", x, c)
	must(len(variance) == c, "BatchNormStats", "lengths of mean and variance differ")
	s := borrow()
	total := s.zeros64(2 * c)
	m, m2 := total[:c], total[c:]
	blockMean, blockM2 := s.floats(0, c), s.floats(1, c)
	for lo := 0; lo < rows; lo += normBlock {
		n := min(normBlock, rows-lo)
		block := x[lo*c : (lo+n)*c]
		use.columnMoments(blockMean, blockM2, block)
		fresh := float64(n) / float64(lo+n)
		for j, v := range blockMean {
			delta := float64(v) - m[j]
			m[j] += delta * fresh
			m2[j] += float64(blockM2[j]) + delta*delta*fresh*float64(lo)
		}
	}
	for j := range mean {
		mean[j], variance[j] = float32(m[j]), float32(m2[j]/float64(max(rows, 1)))
	}
	s.giveBack()
}

// columnMoments computes the mean of each column of x and the sum of squared distances from it.
func columnMoments(mean, m2, x []float32) {
	c := len(mean)
	clear(mean)
	clear(m2)
	for at := 0; at < len(x); at += c {
		for j, v := range x[at:][:c] {
			mean[j] += v
		}
	}
	inv := float32(c) / float32(len(x))
	for j := range mean {
		mean[j] *= inv
	}
	for at := 0; at < len(x); at += c {
		for j, v := range x[at:][:c] {
			d := v - mean[j]
			m2[j] += d * d
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
	Split(rows, rowGrain(c), t, func(t *Task, _, lo, hi int) {
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
	s := borrow()
	total := s.zeros64(2 * c)
	sum, sumX := total[:c], total[c:] // Σ dy, Σ dy x̂
	inv, part, partX := s.floats(0, c), s.floats(1, c), s.floats(2, c)
	for j, v := range variance {
		inv[j] = float32(1 / math.Sqrt(float64(v)+float64(eps)))
	}
	for lo := 0; lo < rows; lo += normBlock {
		clear(part)
		clear(partX)
		hi := min(lo+normBlock, rows)
		use.gradSums(part, partX, x[lo*c:hi*c], dy[lo*c:hi*c], mean)
		for j, v := range part {
			sum[j] += float64(v)
			sumX[j] += float64(partX[j]) * float64(inv[j])
		}
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
	scale, slope, offset := inv, part, partX
	for j, v := range inv {
		g := float64(v)
		if gamma != nil {
			g *= float64(gamma[j])
		}
		slope[j] = float32(-g * float64(v) * sumX[j] / float64(rows))
		offset[j] = float32(-g * sum[j] / float64(rows))
		scale[j] = float32(g)
	}
	Split(rows, rowGrain(c), Task{X: x, Y: dy, Z: dx, W: mean, Obj: s}, func(t *Task, _, lo, hi int) {
		mean, s := t.W, t.Obj.(*scratch)
		c := len(mean)
		use.gradAffine(t.Z[lo*c:hi*c], t.X[lo*c:hi*c], t.Y[lo*c:hi*c], mean, s.bufs[0][:c], s.bufs[1][:c], s.bufs[2][:c])
	})
	s.giveBack()
}

func gradSums(sum, sumX, x, dy, mean []float32) {
	c := len(mean)
	for at := 0; at < len(x); at += c {
		x := x[at:][:c]
		for j, g := range dy[at:][:c] {
			sum[j] += g
			sumX[j] += g * (x[j] - mean[j])
		}
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

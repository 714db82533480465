package kernel

import "math"

// BatchNormStats computes the mean and the biased variance of each column of x [rows, c], where c = len(mean). It takes
// the statistics of blocks of rows, around each block's own mean, and combines them in float64 (Chan, Golub and LeVeque
// 1979), so a mean far from zero costs no accuracy. Without rows both are 0.
func BatchNormStats(mean, variance, x []float32) {
	c := len(mean)
	rows := rowsOf("BatchNormStats", x, c)
	must(len(variance) == c, "BatchNormStats", "lengths of mean and variance differ")
	s := borrow()
	m := moments{rows: rows, mean: s.floats(0, blocksOf(rows)*c), m2: s.floats(1, blocksOf(rows)*c)}
	each(blocksOf(rows), blockGrain(c), Task{X: x, Y: m.mean, Z: m.m2, I: [12]int{c}}, func(t *Task, _, lo, hi int) {
		c := t.I[0]
		use.columnMoments(t.Y[lo*c:hi*c], t.Z[lo*c:hi*c], blockRange(t.X, lo, hi, c), c)
	})
	m.combine(mean, variance, s)
	s.giveBack()
}

// moments are what columnMoments computes of each block of the rows of an array [rows, c].
type moments struct {
	rows     int
	mean, m2 []float32
}

// combine computes the mean and variance of all rows.
func (p *moments) combine(mean, variance []float32, s *scratch) {
	c, rows := len(mean), p.rows
	total := s.zeros64(2 * c)
	m, m2 := total[:c], total[c:]
	for i := range blocksOf(rows) {
		before := i * blockRows
		n := min(blockRows, rows-before)
		fresh := float64(n) / float64(before+n)
		blockM2 := p.m2[i*c:][:c]
		for j, v := range p.mean[i*c:][:c] {
			delta := float64(v) - m[j]
			m[j] += delta * fresh
			m2[j] += float64(blockM2[j]) + delta*delta*fresh*float64(before)
		}
	}
	for j := range mean {
		mean[j], variance[j] = float32(m[j]), float32(m2[j]/float64(max(rows, 1)))
	}
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

// BatchNorm is the normalisation of x [rows, c] by each column's mean and variance:
//
//	y = Gamma x̂ + Beta + Skip,  x̂ = (x - Mean)/sqrt(Variance + Eps),  then max(y, 0) if ReLU
type BatchNorm struct {
	Mean, Variance []float32 // [c]
	Gamma, Beta    []float32 // [c], or nil: 1 and 0
	Skip           []float32 // [rows, c], or nil: 0
	Eps            float32
	ReLU           bool
}

// normalisation is the job that the ranges of a BatchNorm share.
type normalisation struct {
	BatchNorm
	x, y, dx, dy []float32
	add          bool
	scale, shift []float32 // y = (x - Mean) scale + shift
	part, partX  []float32 // Σ dy and Σ dy (x - Mean) of blocks of rows

	slope, offset []float32 // dx = scale dy + slope (x - Mean) + offset
}

func (n BatchNorm) check(name string, x []float32) (rows int) {
	c := len(n.Mean)
	must(len(n.Variance) == c && (n.Gamma == nil || len(n.Gamma) == c) && (n.Beta == nil || len(n.Beta) == c) &&
		(n.Skip == nil || len(n.Skip) == len(x)), name, "lengths differ")
	return rowsOf(name, x, c)
}

// set begins a job in s, whose first two buffers it takes.
func (j *normalisation) set(n BatchNorm, s *scratch) {
	c := len(n.Mean)
	*j = normalisation{BatchNorm: n, scale: s.floats(0, c), shift: s.floats(1, c)}
	for i, v := range n.Variance {
		j.scale[i] = float32(1 / math.Sqrt(float64(v)+float64(n.Eps)))
		if n.Gamma != nil {
			j.scale[i] *= n.Gamma[i]
		}
	}
	clear(j.shift)
	copy(j.shift, n.Beta)
}

// Apply computes y [rows, c], which may be x.
func (n BatchNorm) Apply(y, x []float32) {
	rows := n.check("BatchNorm.Apply", x)
	must(len(y) == len(x), "BatchNorm.Apply", "lengths of y and x differ")
	s := borrow()
	j := &s.normalisation
	j.set(n, s)
	j.x, j.y = x, y
	c := len(n.Mean)
	each(rows, rowGrain(c), Task{Obj: j}, func(t *Task, _, lo, hi int) {
		j := t.Obj.(*normalisation)
		c := len(j.Mean)
		j.apply(lo*c, hi*c)
	})
	*j = normalisation{}
	s.giveBack()
}

// apply computes elements [lo, hi) of y, some rows that a cache holds.
func (j *normalisation) apply(lo, hi int) {
	y, x, floor := j.y[lo:hi], j.x[lo:hi], float32(math.Inf(-1))
	if j.ReLU && j.Skip == nil {
		floor = 0
	}
	use.affine(y, x, j.Mean, j.scale, j.shift, floor)
	if j.Skip != nil {
		use.axpy(1, j.Skip[lo:hi], y)
		if j.ReLU {
			use.relu(y, y)
		}
	}
}

func affine(y, x, mean, scale, shift []float32, floor float32) {
	c := len(mean)
	for at := 0; at < len(x); at += c {
		y := y[at:][:c]
		for j, v := range x[at:][:c] {
			v = (v-mean[j])*scale[j] + shift[j]
			if v < floor { // so a NaN stays one
				v = floor
			}
			y[j] = v
		}
	}
}

func affineMask(dy, x, mean, scale, shift []float32) {
	c := len(mean)
	for at := 0; at < len(x); at += c {
		dy := dy[at:][:c]
		for j, v := range x[at:][:c] {
			if !((v-mean[j])*scale[j]+shift[j] > 0) {
				dy[j] = 0
			}
		}
	}
}

// Grad computes the gradients, where Mean and Variance are those of x itself, given dy:
//
//	dbeta += Σ dy,  dgamma += Σ dy x̂,  dx = Gamma/sqrt(Variance + Eps) (dy - Σ dy/rows - x̂ Σ(dy x̂)/rows)
//
// and adds to dx if add, or else overwrites it. dx, dgamma and dbeta may be nil, when they are not wanted. With ReLU, dy
// first becomes 0 where the ReLU cut; y, what Apply computed, is read for it where there is a Skip, whose gradient dy then
// is.
func (n BatchNorm) Grad(dx, dgamma, dbeta, y, x, dy []float32, add bool) {
	const name = "BatchNorm.Grad"
	c := len(n.Mean)
	rows := n.check(name, x)
	must(len(dy) == len(x) && (n.Skip == nil || len(y) == len(x)) && (dx == nil || len(dx) == len(x)) && (dgamma == nil || len(dgamma) == c) && (dbeta == nil || len(dbeta) == c),
		name, "lengths differ")
	if rows == 0 {
		return
	}
	s := borrow()
	j := &s.normalisation
	j.set(n, s)
	j.y, j.x, j.dy, j.dx, j.add = y, x, dy, dx, add
	sum, sumX := j.sums(s, rows)
	for i := range dgamma {
		dgamma[i] += float32(sumX[i])
	}
	for i := range dbeta {
		dbeta[i] += float32(sum[i])
	}
	if dx != nil {
		j.slope, j.offset = j.part[:c], j.partX[:c] // no longer needed
		for i, g := range j.scale {
			inv := 1 / math.Sqrt(float64(n.Variance[i])+float64(n.Eps))
			j.slope[i] = float32(-float64(g) * inv * sumX[i] / float64(rows))
			j.offset[i] = float32(-float64(g) * sum[i] / float64(rows))
		}
		each(rows, rowGrain(c), Task{Obj: j}, func(t *Task, _, lo, hi int) {
			j := t.Obj.(*normalisation)
			c := len(j.Mean)
			dx, x, dy := j.dx[lo*c:hi*c], j.x[lo*c:hi*c], j.dy[lo*c:hi*c]
			if !j.add {
				use.gradAffine(dx, x, dy, j.Mean, j.scale, j.slope, j.offset)
				return
			}
			s := borrow()
			more := s.floats(0, len(dx))
			use.gradAffine(more, x, dy, j.Mean, j.scale, j.slope, j.offset)
			use.axpy(1, more, dx)
			s.giveBack()
		})
	}
	*j = normalisation{}
	s.giveBack()
}

// sums returns Σ dy and Σ dy x̂ of each column. With ReLU it cuts dy.
func (j *normalisation) sums(s *scratch, rows int) (sum, sumX []float64) {
	c, blocks := len(j.Mean), blocksOf(rows)
	total := s.zeros64(2 * c)
	sum, sumX = total[:c], total[c:]
	parts := s.floats(2, 2*blocks*c)
	j.part, j.partX = parts[:blocks*c], parts[blocks*c:]
	each(blocks, blockGrain(c), Task{Obj: j}, func(t *Task, _, lo, hi int) {
		j := t.Obj.(*normalisation)
		c := len(j.Mean)
		step := 1 // block at a time, so that a cache holds it
		if use.threads != nil {
			step = hi - lo // all there are, to be shared
		}
		for at := lo; at < hi; at += step {
			x, dy := blockRange(j.x, at, at+step, c), blockRange(j.dy, at, at+step, c)
			switch {
			case j.ReLU && j.Skip != nil:
				use.reluMask(dy, blockRange(j.y, at, at+step, c))
			case j.ReLU:
				use.affineMask(dy, x, j.Mean, j.scale, j.shift)
			}
			use.gradSums(j.part[at*c:(at+step)*c], j.partX[at*c:(at+step)*c], x, dy, j.Mean)
		}
	})
	for b := range blocks {
		partX := j.partX[b*c:][:c]
		for i, v := range j.part[b*c:][:c] {
			sum[i] += float64(v)
			sumX[i] += float64(partX[i])
		}
	}
	for i, v := range j.Variance {
		sumX[i] /= math.Sqrt(float64(v) + float64(j.Eps))
	}
	return sum, sumX
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
			dx[j] = scale[j]*g + slope[j]*(x[j]-mean[j]) + offset[j]
		}
	}
}

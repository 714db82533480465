package kernel

import "math"

// rowsOf returns the number of rows of x [rows, d].
func rowsOf(name string, x []float32, d int) int {
	must(d > 0 && len(x)%d == 0, name, "the length is not a whole number of rows")
	return len(x) / d
}

// rowGrain is the number of rows d long in a range of a parallel loop.
func rowGrain(d int) int { return max(1, grain/4/d) }

// AddBias adds b to each row of y [rows, len(b)].
func AddBias(y, b []float32) {
	d := len(b)
	each(rowsOf("AddBias", y, d), rowGrain(d), Task{X: y, Y: b}, func(t *Task, _, lo, hi int) {
		use.addBias(t.X[lo*len(t.Y):hi*len(t.Y)], t.Y)
	})
}

func addBias(y, b []float32) {
	for ; len(y) > 0; y = y[len(b):] {
		for j, v := range b {
			y[j] += v
		}
	}
}

// blockRows is the number of rows that are summed up in float32 at a time. The blocks' sums are then combined in order, in
// float64.
const blockRows = 256

// blocksOf returns the number of blocks of rows.
func blocksOf(rows int) int { return (rows + blockRows - 1) / blockRows }

// blockGrain is the number of blocks of rows d long in a range of a parallel loop.
func blockGrain(d int) int { return max(1, grain/blockRows/d) }

// SumRows adds the sum over the rows of x [rows, len(dst)] to dst.
func SumRows(dst, x []float32) {
	d := len(dst)
	blocks := blocksOf(rowsOf("SumRows", x, d))
	s := borrow()
	total, part := s.zeros64(d), s.floats(0, blocks*d)
	each(blocks, blockGrain(d), Task{X: x, Y: part, I: [12]int{d}}, func(t *Task, _, lo, hi int) {
		d := t.I[0]
		use.sumRows(t.Y[lo*d:hi*d], blockRange(t.X, lo, hi, d), d)
	})
	for ; len(part) > 0; part = part[d:] {
		for j, v := range part[:d] {
			total[j] += float64(v)
		}
	}
	for j, v := range total {
		dst[j] += float32(v)
	}
	s.giveBack()
}

// blockRange returns the blocks [lo, hi) of the rows of x [rows, d].
func blockRange(x []float32, lo, hi, d int) []float32 {
	return x[lo*blockRows*d : min(hi*blockRows*d, len(x))]
}

func sumRows(part, x []float32, c int) {
	clear(part)
	for i := 0; len(x) > 0; i++ {
		part := part[i/blockRows*c:][:c]
		for j, v := range x[:c] {
			part[j] += v
		}
		x = x[c:]
	}
}

// NormalizeRows scales each row of x [rows, d] to length 1: y = x/max(|x|, eps). norms [rows] gets the divisors. y may
// be x.
func NormalizeRows(y, norms, x []float32, d int, eps float32) {
	rows := rowsOf("NormalizeRows", x, d)
	must(len(y) == len(x) && len(norms) == rows, "NormalizeRows", "lengths differ")
	t := Task{X: x, Y: y, Z: norms, I: [12]int{d}, F: [6]float32{eps}}
	each(rows, rowGrain(d), t, func(t *Task, _, lo, hi int) {
		d := t.I[0]
		for r := lo; r < hi; r++ {
			x, y := t.X[r*d:][:d], t.Y[r*d:][:d]
			length := max(norm(x), t.F[0])
			t.Z[r] = length
			copy(y, x)
			use.scale(1/length, y)
		}
	})
}

// NormalizeRowsGrad adds the gradient with respect to x of y = x/|x|, given y, the norms and dy, to dx:
// dx += (dy - y (y·dy))/norm. (Rows shorter than eps, whose divisor is constant, are treated alike.)
func NormalizeRowsGrad(dx, y, norms, dy []float32, d int) {
	rows := rowsOf("NormalizeRowsGrad", y, d)
	must(len(dx) == len(y) && len(dy) == len(y) && len(norms) == rows, "NormalizeRowsGrad", "lengths differ")
	t := Task{X: dx, Y: y, Z: dy, W: norms, I: [12]int{d}}
	each(rows, rowGrain(d), t, func(t *Task, _, lo, hi int) {
		d := t.I[0]
		for r := lo; r < hi; r++ {
			dx, y, dy := t.X[r*d:][:d], t.Y[r*d:][:d], t.Z[r*d:][:d]
			inner, inv := float32(use.dot(y, dy)), 1/t.W[r]
			use.axpy(inv, dy, dx)
			use.axpy(-inner*inv, y, dx)
		}
	})
}

// SoftmaxRows computes y = e^(x-max) / Σ e^(x-max) for each row of x [rows, d]. y may be x.
func SoftmaxRows(y, x []float32, d int) {
	rows := rowsOf("SoftmaxRows", x, d)
	must(len(y) == len(x), "SoftmaxRows", "lengths differ")
	each(rows, rowGrain(4*d), Task{X: x, Y: y, I: [12]int{d}}, func(t *Task, _, lo, hi int) {
		d := t.I[0]
		use.softmax(t.Y[lo*d:hi*d], t.X[lo*d:hi*d], d)
	})
}

func softmax(y, x []float32, d int) {
	for ; len(x) > 0; y, x = y[d:], x[d:] {
		total := use.expSum(y[:d], x[:d], use.max(x[:d]))
		use.scale(float32(1/total), y[:d])
	}
}

// SoftmaxGradRows computes the gradient of SoftmaxRows, dx = y (dy - Σ y dy) for each row of y [rows, d]. dx may be dy.
func SoftmaxGradRows(dx, y, dy []float32, d int) {
	rows := rowsOf("SoftmaxGradRows", y, d)
	must(len(dx) == len(y) && len(dy) == len(y), "SoftmaxGradRows", "lengths differ")
	each(rows, rowGrain(2*d), Task{X: dx, Y: y, Z: dy, I: [12]int{d}}, func(t *Task, _, lo, hi int) {
		d := t.I[0]
		use.softmaxGrad(t.X[lo*d:hi*d], t.Y[lo*d:hi*d], t.Z[lo*d:hi*d], d)
	})
}

func softmaxGrad(dx, y, dy []float32, d int) {
	for ; len(y) > 0; dx, y, dy = dx[d:], y[d:], dy[d:] {
		dx, y, dy := dx[:d], y[:d], dy[:d]
		along := float32(use.dot(y, dy))
		for i, v := range y {
			dx[i] = v * (dy[i] - along)
		}
	}
}

// LogSumExpRows computes dst = log Σ e^x for each row of x [rows, d]. A row of -Inf gives -Inf.
func LogSumExpRows(dst, x []float32, d int) {
	rows := rowsOf("LogSumExpRows", x, d)
	must(len(dst) == rows, "LogSumExpRows", "dst is not [rows]")
	each(rows, rowGrain(4*d), Task{X: x, Y: dst, I: [12]int{d}}, func(t *Task, _, lo, hi int) {
		d := t.I[0]
		s := borrow()
		for r := lo; r < hi; r++ {
			x := t.X[r*d:][:d]
			top := use.max(x)
			if math.IsInf(float64(top), 0) {
				t.Y[r] = top
				continue
			}
			t.Y[r] = top + float32(math.Log(use.expSum(s.floats(0, d), x, top)))
		}
		s.giveBack()
	})
}

// LogSoftmaxRows computes y = x - max - log Σ e^(x-max) for each row of x [rows, d]. Taking the maximum off before the
// logarithm keeps log-probabilities near 0 accurate where x is large. y may be x.
func LogSoftmaxRows(y, x []float32, d int) {
	rows := rowsOf("LogSoftmaxRows", x, d)
	must(len(y) == len(x), "LogSoftmaxRows", "lengths differ")
	each(rows, rowGrain(4*d), Task{X: x, Y: y, I: [12]int{d}}, func(t *Task, _, lo, hi int) {
		d := t.I[0]
		s := borrow()
		for r := lo; r < hi; r++ {
			x, y := t.X[r*d:][:d], t.Y[r*d:][:d]
			top := use.max(x)
			total := float32(math.Log(use.expSum(s.floats(0, d), x, top)))
			for j, v := range x {
				y[j] = (v - top) - total
			}
		}
		s.giveBack()
	})
}

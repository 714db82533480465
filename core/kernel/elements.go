package kernel

// grain is the number of elements in a range of a parallel loop over elements: some microseconds of work.
const grain = 1 << 14

// Copy copies x to dst.
func Copy(dst, x []float32) {
	must(len(dst) == len(x), "Copy", "lengths differ")
	each(len(x), grain, Task{X: x, Y: dst}, func(t *Task, _, lo, hi int) { copy(t.Y[lo:hi], t.X[lo:hi]) })
}

// Scale computes x *= alpha.
func Scale(alpha float32, x []float32) {
	each(len(x), grain, Task{X: x, F: [6]float32{alpha}}, func(t *Task, _, lo, hi int) {
		use.scale(t.F[0], t.X[lo:hi])
	})
}

func scale(alpha float32, x []float32) {
	for i := range x {
		x[i] *= alpha
	}
}

// Axpy computes y += alpha x.
func Axpy(alpha float32, x, y []float32) {
	must(len(x) == len(y), "Axpy", "lengths differ")
	each(len(x), grain, Task{X: x, Y: y, F: [6]float32{alpha}}, func(t *Task, _, lo, hi int) {
		use.axpy(t.F[0], t.X[lo:hi], t.Y[lo:hi])
	})
}

func axpy(alpha float32, x, y []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += alpha * v
	}
}

// Add computes dst = x + y, element by element. dst may be x.
func Add(dst, x, y []float32) {
	must(len(dst) == len(x) && len(x) == len(y), "Add", "lengths differ")
	each(len(x), grain/4, Task{X: x, Y: y, Z: dst}, func(t *Task, _, lo, hi int) {
		copy(t.Z[lo:hi], t.X[lo:hi])
		use.axpy(1, t.Y[lo:hi], t.Z[lo:hi]) // while the copy is in the cache
	})
}

// Mul computes dst = x y, element by element. dst may be x or y.
func Mul(dst, x, y []float32) {
	must(len(dst) == len(x) && len(x) == len(y), "Mul", "lengths differ")
	each(len(x), grain, Task{X: x, Y: y, Z: dst}, func(t *Task, _, lo, hi int) {
		use.mul(t.Z[lo:hi], t.X[lo:hi], t.Y[lo:hi])
	})
}

func mul(dst, x, y []float32) {
	y, dst = y[:len(x)], dst[:len(x)]
	for i, v := range x {
		dst[i] = v * y[i]
	}
}

// MulAdd computes dst += x y, element by element.
func MulAdd(dst, x, y []float32) {
	must(len(dst) == len(x) && len(x) == len(y), "MulAdd", "lengths differ")
	each(len(x), grain, Task{X: x, Y: y, Z: dst}, func(t *Task, _, lo, hi int) {
		use.mulAdd(t.Z[lo:hi], t.X[lo:hi], t.Y[lo:hi])
	})
}

func mulAdd(dst, x, y []float32) {
	y, dst = y[:len(x)], dst[:len(x)]
	for i, v := range x {
		dst[i] += v * y[i]
	}
}

// Lerp computes dst = m dst + (1-m) src: a moving average with momentum m.
func Lerp(dst, src []float32, m float32) {
	must(len(dst) == len(src), "Lerp", "lengths differ")
	each(len(src), grain, Task{X: src, Y: dst, F: [6]float32{m, 1 - m}}, func(t *Task, _, lo, hi int) {
		use.lerp(t.Y[lo:hi], t.X[lo:hi], t.F[0], t.F[1])
	})
}

func lerp(dst, src []float32, m, rest float32) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = m*dst[i] + rest*v
	}
}

// ReLU computes y = max(x, 0). NaN stays NaN. y may be x.
func ReLU(y, x []float32) {
	must(len(x) == len(y), "ReLU", "lengths differ")
	each(len(x), grain, Task{X: x, Y: y}, func(t *Task, _, lo, hi int) {
		use.relu(t.Y[lo:hi], t.X[lo:hi])
	})
}

func relu(y, x []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = max(v, 0)
	}
}

// ReLUGrad computes dx += dy where y > 0.
func ReLUGrad(dx, y, dy []float32) {
	must(len(dx) == len(y) && len(y) == len(dy), "ReLUGrad", "lengths differ")
	each(len(y), grain, Task{X: dx, Y: y, Z: dy}, func(t *Task, _, lo, hi int) {
		use.reluGrad(t.X[lo:hi], t.Y[lo:hi], t.Z[lo:hi])
	})
}

func reluGrad(dx, y, dy []float32) {
	dx, dy = dx[:len(y)], dy[:len(y)]
	for i, v := range y {
		if v > 0 {
			dx[i] += dy[i]
		}
	}
}

// ReLUMask computes dy = dy where y > 0, else 0: the gradient of a ReLU that overwrote its input.
func ReLUMask(dy, y []float32) {
	must(len(dy) == len(y), "ReLUMask", "lengths differ")
	each(len(y), grain, Task{X: y, Y: dy}, func(t *Task, _, lo, hi int) {
		use.reluMask(t.Y[lo:hi], t.X[lo:hi])
	})
}

func reluMask(dy, y []float32) {
	dy = dy[:len(y)]
	for i, v := range y {
		if !(v > 0) {
			dy[i] = 0
		}
	}
}

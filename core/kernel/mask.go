package kernel

// ReLUMask computes dy = dy where y > 0, else 0: the gradient of a ReLU that overwrote its input.
func ReLUMask(dy, y []float32) {
	must(len(dy) == len(y), "ReLUMask: lengths differ")
	Split(len(y), grain, Task{X: y, Y: dy}, func(t *Task, _, lo, hi int) {
		y, dy := t.X[lo:hi], t.Y[lo:hi]
		for i, v := range y {
			if !(v > 0) {
				dy[i] = 0
			}
		}
	})
}

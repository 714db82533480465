package kernel

// AvgPoolGlobal computes the mean y [n, c] of each image's pixels, x [n, hw, c].
func AvgPoolGlobal(y, x []float32, n, hw, c int) {
	must(len(y) == n*c && len(x) == n*hw*c, "AvgPoolGlobal", "lengths differ")
	Split(n, 1, Task{X: x, Y: y, I: [12]int{hw, c}}, func(t *Task, _, lo, hi int) {
		hw, c := t.I[0], t.I[1]
		for i := lo; i < hi; i++ {
			x, y := t.X[i*hw*c:][:hw*c], t.Y[i*c:][:c]
			clear(y)
			for p := range hw {
				for j, v := range x[p*c:][:c] {
					y[j] += v
				}
			}
			for j := range y {
				y[j] *= 1 / float32(hw)
			}
		}
	})
}

// AvgPoolGlobalGrad adds the gradient with respect to x [n, hw, c], given that of y [n, c], to dx.
func AvgPoolGlobalGrad(dx, dy []float32, n, hw, c int) {
	must(len(dy) == n*c && len(dx) == n*hw*c, "AvgPoolGlobalGrad", "lengths differ")
	Split(n, 1, Task{X: dx, Y: dy, I: [12]int{hw, c}}, func(t *Task, _, lo, hi int) {
		hw, c := t.I[0], t.I[1]
		inv := 1 / float32(hw)
		for i := lo; i < hi; i++ {
			dx, dy := t.X[i*hw*c:][:hw*c], t.Y[i*c:][:c]
			for p := range hw {
				dx := dx[p*c:][:c]
				for j, v := range dy {
					dx[j] += v * inv
				}
			}
		}
	})
}

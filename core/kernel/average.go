package kernel

// AvgPoolGlobal computes the mean y [n, c] of each image's pixels, x [n, hw, c].
func AvgPoolGlobal(y, x []float32, n, hw, c int) {
	must(len(y) == n*c && len(x) == n*hw*c, "AvgPoolGlobal", "lengths differ")
	Split(n, 1, Task{X: x, Y: y, I: [12]int{hw, c}}, func(t *Task, _, lo, hi int) {
		hw, c := t.I[0], t.I[1]
		s := borrow()
		sums := s.floats(0, blocksOf(hw)*c)
		for i := lo; i < hi; i++ {
			y := t.Y[i*c:][:c]
			use.sumRows(sums, t.X[i*hw*c:][:hw*c], c)
			clear(y)
			for at := 0; at < len(sums); at += c {
				use.axpy(1, sums[at:][:c], y)
			}
			use.scale(1/float32(hw), y)
		}
		s.giveBack()
	})
}

// AvgPoolGlobalGrad adds the gradient with respect to x [n, hw, c], given that of y [n, c], to dx.
func AvgPoolGlobalGrad(dx, dy []float32, n, hw, c int) {
	must(len(dy) == n*c && len(dx) == n*hw*c, "AvgPoolGlobalGrad", "lengths differ")
	Split(n, 1, Task{X: dx, Y: dy, I: [12]int{hw, c}}, func(t *Task, _, lo, hi int) {
		hw, c := t.I[0], t.I[1]
		s := borrow()
		share := s.floats(0, c)
		for i := lo; i < hi; i++ {
			copy(share, t.Y[i*c:])
			use.scale(1/float32(hw), share)
			use.addBias(t.X[i*hw*c:][:hw*c], share)
		}
		s.giveBack()
	})
}

package kernel

import "math"

// AdamStep updates weights w and the moving averages m and v of the gradient g and its square (Kingma and Ba 2015):
//
//	g' = g + l2 w;  w *= 1 - lr decoupled;  m = beta1 m + (1-beta1) g';  v = beta2 v + (1-beta2) g'²
//	w -= lr (m/correction1) / (sqrt(v/correction2) + eps)
//
// correction1 is 1 - beta1^t and correction2 is 1 - beta2^t at step t = 1, 2, …
func AdamStep(w, g, m, v []float32, lr, beta1, beta2, eps, correction1, correction2, l2, decoupled float32) {
	must(len(w) == len(g) && len(g) == len(m) && len(m) == len(v), "AdamStep", "lengths differ")
	f := adam{beta1, 1 - beta1, beta2, 1 - beta2, l2, 1 - lr*decoupled, lr / correction1, float32(1 / math.Sqrt(float64(correction2))), eps}
	s := borrow()
	consts := append(s.bufs[0][:0], f[:]...)
	s.bufs[0] = consts
	each(len(w), grain/4, Task{X: w, Y: g, Z: m, W: v, Obj: s}, func(t *Task, _, lo, hi int) {
		use.adam(t.X[lo:hi], t.Y[lo:hi], t.Z[lo:hi], t.W[lo:hi], (*adam)(t.Obj.(*scratch).bufs[0]))
	})
	s.giveBack()
}

func adamStep(w, g, m, v []float32, f *adam) {
	for i, x := range w {
		d := g[i] + f[4]*x
		m[i] = f[0]*m[i] + f[1]*d
		v[i] = f[2]*v[i] + f[3]*d*d
		root := float32(math.Sqrt(float64(v[i])))
		w[i] = f[5]*x - f[6]*m[i]/(root*f[7]+f[8])
	}
}

// adam holds beta1, 1-beta1, beta2, 1-beta2, l2, the factor of w, lr/correction1, 1/sqrt(correction2) and eps.
type adam [9]float32

// SGDStep updates weights w by gradient g with momentum kept in buf:
//
//	g' = g + l2 w;  buf = momentum buf + g', or g' the first time;  w -= lr buf, or lr (g' + momentum buf) with nesterov
//
// Without momentum buf may be nil; else it is kept, too, so that momentum may come back.
func SGDStep(w, g, buf []float32, lr, momentum, l2 float32, nesterov, first bool) {
	must(len(w) == len(g) && (momentum == 0 && buf == nil || len(buf) == len(w)), "SGDStep", "lengths differ")
	t := Task{X: w, Y: g, Z: buf, F: [6]float32{lr, momentum, l2}}
	if nesterov {
		t.I[0] = 1
	}
	if first {
		t.I[1] = 1
	}
	each(len(w), grain, t, func(t *Task, _, lo, hi int) {
		var buf []float32
		if t.Z != nil {
			buf = t.Z[lo:hi]
		}
		sgdStep(t.X[lo:hi], t.Y[lo:hi], buf, t.F[0], t.F[1], t.F[2], t.I[0] == 1, t.I[1] == 1)
	})
}

func sgdStep(w, g, buf []float32, lr, momentum, l2 float32, nesterov, first bool) {
	if buf != nil {
		if first || momentum == 0 {
			copy(buf, g)
		} else {
			use.scale(momentum, buf)
			use.axpy(1, g, buf)
		}
		use.axpy(l2, w, buf)
		if momentum != 0 && !nesterov {
			use.axpy(-lr, buf, w)
			return
		}
	}
	use.scale(1-lr*l2, w)
	use.axpy(-lr, g, w)
	if momentum != 0 {
		use.axpy(-lr*momentum, buf, w)
	}
}

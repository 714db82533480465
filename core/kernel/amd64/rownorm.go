package main

import (
	. "github.com/mmcloughlin/avo/build"
)

// rowNorm emits what a layer norm does to one row; its sums are of float64.
func (s set) rowNorm() {
	v := s.vecs
	mean, inv := v[14], v[13]
	sums := v[8:12]
	zero := func() {
		for _, sum := range sums {
			s.zero(sum)
		}
	}

	p, n := s.function("rowSquares", "func(x []float32, mean float32) float64", "x")
	argument("mean", mean)
	zero()
	s.each("", p, n, temp, 2, func(u int, l lane) {
		x, lo, hi := v[u], v[2+u], v[4+u]
		l.load(l.mem(p[0]), x)
		VSUBPS(mean, x, x)
		l.clip(x)
		s.widen(x, lo, hi)
		VFMADD231PD(lo, lo, sums[2*u])
		VFMADD231PD(hi, hi, sums[2*u+1])
	})
	s.gather(sums, v[0])
	Store(sums[0].AsX(), ReturnIndex(0))
	end()

	p, n = s.function("rowApply", "func(y, x, gamma, beta []float32, mean, inv float32)", "y", "x", "gamma", "beta")
	argument("mean", mean)
	argument("inv", inv)
	s.each("", p, n, temp, 2, func(u int, l lane) {
		x, gamma, beta := v[u], v[2+u], v[4+u]
		l.load(l.mem(p[1]), x)
		l.load(l.mem(p[2]), gamma)
		l.load(l.mem(p[3]), beta)
		VSUBPS(mean, x, x)
		VMULPS(inv, x, x)
		VFMADD213PS(beta, gamma, x)
		l.store(x, l.mem(p[0]))
	})
	end()

	// One vector at a time: it needs four sums.
	p, n = s.function("rowSums", "func(x, dy, gamma []float32, mean float32) (sum, along float64)", "x", "dy", "gamma")
	argument("mean", mean)
	zero()
	s.each("", p, n, temp, 1, func(_ int, l lane) {
		x, e, gamma := v[0], v[1], v[2]
		l.load(l.mem(p[0]), x)
		l.load(l.mem(p[1]), e)
		l.load(l.mem(p[2]), gamma)
		VMULPS(gamma, e, e)
		l.clip(e)
		VSUBPS(mean, x, x)
		s.widen(e, v[3], v[4])
		s.widen(x, v[5], v[6])
		VADDPD(v[3], sums[0], sums[0])
		VADDPD(v[4], sums[1], sums[1])
		VFMADD231PD(v[3], v[5], sums[2])
		VFMADD231PD(v[4], v[6], sums[3])
	})
	for i, name := range []string{"sum", "along"} {
		VADDPD(sums[2*i+1], sums[2*i], sums[2*i])
		s.sum64(sums[2*i], v[0])
		Store(sums[2*i].AsX(), Return(name))
	}
	end()

	p, n = s.function("rowGrad", "func(dx, x, dy, gamma []float32, mean, inv, offset, slope float32)", "dx", "x", "dy", "gamma")
	offset, slope := v[12], v[11]
	argument("mean", mean)
	argument("inv", inv)
	argument("offset", offset)
	argument("slope", slope)
	s.each("", p, n, temp, 2, func(u int, l lane) {
		x, dy, gamma, dx := v[u], v[2+u], v[4+u], v[6+u]
		l.load(l.mem(p[0]), dx)
		l.load(l.mem(p[1]), x)
		l.load(l.mem(p[2]), dy)
		l.load(l.mem(p[3]), gamma)
		VMULPS(gamma, dy, dy)
		VSUBPS(mean, x, x)
		VFMADD213PS(offset, slope, x)
		VFMADD231PS(inv, dy, x)
		VADDPS(x, dx, dx)
		l.store(dx, l.mem(p[0]))
	})
	end()

	p, n = s.function("rowHat", "func(dhat, x, dy []float32, mean, inv float32)", "dhat", "x", "dy")
	argument("mean", mean)
	argument("inv", inv)
	s.each("", p, n, temp, 2, func(u int, l lane) {
		x, dy := v[u], v[2+u]
		l.load(l.mem(p[1]), x)
		l.load(l.mem(p[2]), dy)
		VSUBPS(mean, x, x)
		VMULPS(inv, x, x)
		VMULPS(dy, x, x)
		l.store(x, l.mem(p[0]))
	})
	end()
}

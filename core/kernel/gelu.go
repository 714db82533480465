package kernel

import "math"

// GELU computes y = x Φ(x), element by element, Φ being the normal distribution function (Hendrycks and Gimpel 2016), and what
// its gradient needs: density = e^(-x²/2) and phi = Φ(x). Φ is within 1e-7 of exact (Abramowitz and Stegun 1964, formula
// 7.1.26). None may be another.
func GELU(y, density, phi, x []float32) {
	must(len(y) == len(x) && len(density) == len(x) && len(phi) == len(x), "GELU", "lengths differ")
	Mul(density, x, x)
	Scale(-0.5, density)
	Exp(density, density)
	each(len(x), grain/4, Task{X: x, Y: y, Z: density, W: phi}, func(t *Task, _, lo, hi int) {
		use.gelu(t.Y[lo:hi], t.Z[lo:hi], t.W[lo:hi], t.X[lo:hi])
	})
}

// gelu computes y and phi, given the density. Φ is the tail where x < 0, else 1 less the tail.
func gelu(y, density, phi, x []float32) {
	y, density, phi = y[:len(x)], density[:len(x)], phi[:len(x)]
	for i, x := range x {
		bits := math.Float32bits(x)
		u := 1 / (1 + 0.3275911/math.Sqrt2*math.Float32frombits(bits&^signBit))
		tail := u * (0.5*0.254829592 + u*(-0.5*0.284496736+u*(0.5*1.421413741+u*(-0.5*1.453152027+u*0.5*1.061405429)))) * density[i]
		p := 0.5 + math.Float32frombits(math.Float32bits(0.5-tail)^bits&signBit)
		phi[i], y[i] = p, x*p
	}
}

const signBit = 1 << 31

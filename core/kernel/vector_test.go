package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pushpull/core/random"
)

func TestExp(t *testing.T) { eachImplementation(t, testExp) }

func testExp(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	var x []float32
	for v := float32(-87.2); v < 88.7; v += 0.0137 {
		x = append(x, v)
	}
	y := make([]float32, len(x))
	Exp(y, x)
	worst := 0.0
	for i, v := range x {
		want := math.Exp(float64(v))
		worst = max(worst, math.Abs(float64(y[i])/want-1))
	}
	if !(worst <= 2e-7) {
		t.Errorf("relative error %.3g", worst)
	}
	special := []float32{0, -inf, inf, nan, -200, 200, float32(math.Copysign(0, -1))}
	want := []float64{1, 0, math.Inf(1), math.NaN(), 0, math.Inf(1), 1}
	Exp(special, special)
	near(t, "special values", special, want, 0)
}

// Φ and what is made of it are within 1e-7 of exact everywhere.
func TestGELU(t *testing.T) { eachImplementation(t, testGELU) }

func testGELU(t *testing.T) {
	var x []float32
	for v := -12.0; v <= 12; v += 1.0 / 512 {
		x = append(x, float32(v))
	}
	y, density, phi := make([]float32, len(x)), make([]float32, len(x)), make([]float32, len(x))
	GELU(y, density, phi, x)
	wantY, wantDensity, wantPhi := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	for i, v := range wide(x) {
		wantPhi[i] = 0.5 * math.Erfc(-v/math.Sqrt2)
		wantY[i], wantDensity[i] = v*wantPhi[i], math.Exp(-v*v/2)
	}
	near(t, "Φ", phi, wantPhi, 2e-7)
	near(t, "density", density, wantDensity, 2e-7)
	near(t, "GELU", y, wantY, 5e-7)
}

func TestRows(t *testing.T) { eachImplementation(t, testRows) }

func testRows(t *testing.T) {
	r := random.New(4)
	for _, d := range []int{1, 3, 8, 17, 100} {
		for _, rows := range []int{0, 1, 5, 129} {
			x := normal(&r, rows*d)
			y, lse := make([]float32, len(x)), make([]float32, rows)
			want := make([]float64, len(x))
			softmaxRef(want, wide(x), d)
			SoftmaxRows(y, x, d)
			near(t, "SoftmaxRows", y, want, 1e-6)
			dy, dx := normal(&r, rows*d), make([]float32, len(x))
			SoftmaxGradRows(dx, y, dy, d)
			wantGrad := make([]float64, len(x))
			for i := range wantGrad {
				along := 0.0
				for j := i / d * d; j < i/d*d+d; j++ {
					along += want[j] * float64(dy[j])
				}
				wantGrad[i] = want[i] * (float64(dy[i]) - along)
			}
			near(t, "SoftmaxGradRows", dx, wantGrad, 2e-6)
			SoftmaxGradRows(dy, y, dy, d)
			near(t, "SoftmaxGradRows in place", dy, wide(dx), 0)
			LogSumExpRows(lse, x, d)
			for i := range rows {
				near(t, "LogSumExpRows", lse[i:i+1], []float64{logSumExpRef(wide(x[i*d:][:d]))}, 1e-6)
			}
			for i := range x {
				x[i] = 1000 + 3*x[i] // where the logarithm of the sum has lost four digits
			}
			LogSoftmaxRows(y, x, d)
			for i := range want {
				want[i] = float64(x[i]) - logSumExpRef(wide(x[i/d*d:][:d]))
			}
			near(t, "LogSoftmaxRows", y, want, 1e-5)
			sum, b := make([]float32, d), normal(&r, d)
			wantSum := make([]float64, d)
			SumRows(sum, x)
			copy(y, x)
			AddBias(y, b)
			for i, v := range wide(x) {
				wantSum[i%d] += v
				want[i] = v + float64(b[i%d])
			}
			near(t, "SumRows", sum, wantSum, 1e-5)
			near(t, "AddBias", y, want, 1e-6)
		}
	}
}

func TestNormalizeRows(t *testing.T) { eachImplementation(t, testNormalizeRows) }

func testNormalizeRows(t *testing.T) {
	r := random.New(5)
	const rows, d = 7, 5
	x, dy := normal(&r, rows*d), normal(&r, rows*d)
	y, dx, norms := make([]float32, rows*d), normal(&r, rows*d), make([]float32, rows)
	wantY, wantX := make([]float64, rows*d), wide(dx)
	for i := range rows {
		x, dy := wide(x[i*d:][:d]), wide(dy[i*d:][:d])
		square, inner := 0.0, 0.0
		for j, v := range x {
			square += v * v
			inner += v * dy[j]
		}
		length := math.Sqrt(square)
		for j, v := range x {
			wantY[i*d+j] = v / length
			wantX[i*d+j] += dy[j]/length - v*inner/(length*square)
		}
	}
	NormalizeRows(y, norms, x, d, 1e-12)
	near(t, "y", y, wantY, 1e-6)
	NormalizeRowsGrad(dx, y, norms, dy, d)
	near(t, "dx", dx, wantX, 1e-5)
	zero := make([]float32, d)
	NormalizeRows(zero, norms[:1], zero, d, 1e-12)
	near(t, "a zero row", zero, make([]float64, d), 0)
}

func TestBatchNorm(t *testing.T) { eachImplementation(t, testBatchNorm) }

func testBatchNorm(t *testing.T) {
	r := random.New(6)
	for _, c := range []int{1, 5, 32, 67} {
		for _, rows := range []int{1, 2, 64, 300} {
			x, dy, gamma, beta := normal(&r, rows*c), normal(&r, rows*c), normal(&r, c), normal(&r, c)
			for i := range x {
				x[i] += 100 // a mean far from zero
			}
			mean, variance, hat := batchNormRef(wide(x), c, 1e-5)
			m, v, y := make([]float32, c), make([]float32, c), make([]float32, len(x))
			sameForAllThreads(t, func() []float32 { BatchNormStats(m, v, x); return append(m, v...) })
			near(t, "mean", m, mean, 1e-6)
			near(t, "variance", v, variance, 1e-5)
			if rows == 1 {
				continue // 1/sqrt(eps) times the rounding of the mean: nothing to compare
			}
			norm := BatchNorm{Mean: m, Variance: v, Gamma: gamma, Beta: beta, Eps: 1e-5}
			norm.Apply(y, x)
			for i := range hat {
				hat[i] = hat[i]*float64(gamma[i%c]) + float64(beta[i%c])
			}
			near(t, "y", y, hat, 1e-2) // two rows may lie close together
			dx, dgamma, dbeta := normal(&r, len(x)), normal(&r, c), normal(&r, c)
			wantX, wantG, wantB := wide(dx), wide(dgamma), wide(dbeta)
			batchNormGradRef(wantX, wantG, wantB, wide(x), wide(dy), wide(gamma), c, 1e-5)
			norm.Grad(dx, dgamma, dbeta, nil, x, dy, true)
			if rows > 2 {
				near(t, "dx", dx, wantX, 1e-4)
				near(t, "dgamma", dgamma, wantG, 1e-3)
			}
			near(t, "dbeta", dbeta, wantB, 1e-5)
		}
	}
}

// A batch normalisation with a skip and ReLU is that without, the sum, and the ReLU; its gradient may overwrite.
func TestBatchNormReLU(t *testing.T) { eachImplementation(t, testBatchNormReLU) }

func testBatchNormReLU(t *testing.T) {
	r := random.New(7)
	for _, s := range []struct {
		c    int
		skip bool
	}{{1, false}, {5, true}, {32, false}, {67, false}, {67, true}} {
		const rows = 700
		c := s.c
		x, dy, skip := normal(&r, rows*c), normal(&r, rows*c), make([]float32, rows*c)
		n := BatchNorm{Mean: make([]float32, c), Variance: make([]float32, c), Gamma: normal(&r, c), Beta: normal(&r, c), Eps: 1e-5}
		BatchNormStats(n.Mean, n.Variance, x)
		want, cut := make([]float32, len(x)), slices.Clone(dy)
		n.Apply(want, x)
		if s.skip {
			skip = normal(&r, rows*c)
			Axpy(1, skip, want)
		}
		ReLU(want, want)
		ReLUMask(cut, want)
		wantX, wantG, wantB := make([]float32, len(x)), make([]float32, c), make([]float32, c)
		n.Grad(wantX, wantG, wantB, nil, x, cut, true)
		n.ReLU = true
		if s.skip {
			n.Skip = skip
		}
		got := sameForAllThreads(t, func() []float32 {
			y, checkY := guarded(t, len(x), 3)
			dx, checkX := guarded(t, len(x), 1)
			dy := slices.Clone(dy)
			dgamma, dbeta := make([]float32, c), make([]float32, c)
			n.Apply(y, x)
			n.Grad(dx, dgamma, dbeta, y, x, dy, false)
			checkY()
			checkX()
			return slices.Concat(y, dx, dgamma, dbeta, dy)
		})
		near(t, "y, dx, dgamma, dbeta, dy", got, wide(slices.Concat(want, wantX, wantG, wantB, cut)), 0)
	}
}

func TestLayerNorm(t *testing.T) { eachImplementation(t, testLayerNorm) }

func testLayerNorm(t *testing.T) {
	r := random.New(8)
	for _, d := range []int{1, 2, 3, 8, 19, 96, 131} {
		const rows, eps = 37, 1e-3
		x, dy, gamma, beta, dx0 := normal(&r, rows*d), normal(&r, rows*d), normal(&r, d), normal(&r, d), normal(&r, rows*d)
		for i := range x {
			x[i] += 10 // a mean far from zero
		}
		wantY, wantHat, wantX := make([]float64, len(x)), make([]float64, len(x)), wide(dx0)
		for row := 0; row < len(x); row += d {
			var mean, variance, sum, along float64
			for _, v := range x[row:][:d] {
				mean += float64(v) / float64(d)
			}
			for _, v := range x[row:][:d] {
				variance += (float64(v) - mean) * (float64(v) - mean) / float64(d)
			}
			inv := 1 / math.Sqrt(variance+eps)
			for i := range d {
				hat, e := (float64(x[row+i])-mean)*inv, float64(dy[row+i])*float64(gamma[i])
				wantY[row+i] = hat*float64(gamma[i]) + float64(beta[i])
				wantHat[row+i] = hat * float64(dy[row+i])
				sum += e / float64(d)
				along += e * hat / float64(d)
			}
			for i := range d {
				hat := (float64(x[row+i]) - mean) * inv
				wantX[row+i] += (float64(dy[row+i])*float64(gamma[i]) - sum - hat*along) * inv
			}
		}
		stats := make([]float32, 2*rows)
		got := sameForAllThreads(t, func() []float32 {
			y, checkY := guarded(t, len(x), 1)
			hat, checkHat := guarded(t, len(x), 2)
			dx, checkX := guarded(t, len(x), 3)
			copy(dx, dx0)
			LayerNorm(y, stats, x, gamma, beta, eps)
			LayerNormGrad(dx, hat, x, dy, stats, gamma)
			only := make([]float32, len(x))
			LayerNormGrad(nil, only, x, dy, stats, gamma)
			checkY()
			checkHat()
			checkX()
			return slices.Concat(y, hat, dx, only)
		})
		near(t, fmt.Sprintf("d %d: y, dhat, dx, dhat", d), got, slices.Concat(wantY, wantHat, wantX, wantHat), 1e-4)
	}
}

func TestReLU(t *testing.T) { eachImplementation(t, testReLU) }

func testReLU(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	x := []float32{-1, 0, 2, inf, -inf, nan, -3, 4, 5}
	y := make([]float32, len(x))
	ReLU(y, x)
	near(t, "ReLU", y, []float64{0, 0, 2, math.Inf(1), 0, math.NaN(), 0, 4, 5}, 0)
	dx, dy := []float32{1, 1, 1, 1, 1, 1, 1, 1, 1}, []float32{5, nan, 7, 8, nan, nan, nan, 1, 2}
	ReLUGrad(dx, y, dy)
	near(t, "ReLUGrad", dx, []float64{1, 1, 8, 9, 1, 1, 1, 2, 3}, 0)
}

func TestReductions(t *testing.T) { eachImplementation(t, testReductions) }

func testReductions(t *testing.T) {
	for _, n := range []int{0, 1, 3, 4, 5, 1003, 1 << 20} {
		r := random.New(7)
		x, y := normal(&r, n), normal(&r, n)
		sum, dot, squares := 0.0, 0.0, 0.0
		for i, v := range wide(x) {
			sum += v
			dot += v * float64(y[i])
			squares += v * v
		}
		near(t, "Sum, Dot, SumSquares", []float32{Sum(x), Dot(x, y), SumSquares(x)}, []float64{sum, dot, squares}, 1e-6)
	}
}

func TestMax(t *testing.T) { eachImplementation(t, testMax) }

func testMax(t *testing.T) {
	r := random.New(15)
	for n := 1; n < 40; n++ {
		x := normal(&r, n)
		near(t, "max", []float32{use.max(x)}, []float64{slices.Max(wide(x))}, 0)
		x[r.IntN(n)] = float32(math.NaN())
		near(t, "max with a NaN", []float32{use.max(x)}, []float64{math.NaN()}, 0)
	}
}

func TestAdamStep(t *testing.T) { eachImplementation(t, testAdamStep) }

func testAdamStep(t *testing.T) {
	r := random.New(8)
	const n = 37
	w, g, m, v := normal(&r, n), normal(&r, n), make([]float32, n), make([]float32, n)
	want, m64, v64 := wide(w), make([]float64, n), make([]float64, n)
	for step := 1; step <= 3; step++ {
		c1, c2 := 1-math.Pow(0.9, float64(step)), 1-math.Pow(0.999, float64(step))
		AdamStep(w, g, m, v, 0.01, 0.9, 0.999, 1e-8, float32(c1), float32(c2), 0.1, 0.2)
		for i, x := range want {
			d := float64(g[i]) + 0.1*x
			x *= 1 - 0.01*0.2
			m64[i] = 0.9*m64[i] + 0.1*d
			v64[i] = 0.999*v64[i] + 0.001*d*d
			want[i] = x - 0.01*(m64[i]/c1)/(math.Sqrt(v64[i]/c2)+1e-8)
		}
	}
	near(t, "w", w, want, 1e-5)
}

func TestSGDStep(t *testing.T) { eachImplementation(t, testSGDStep) }

func testSGDStep(t *testing.T) {
	r := random.New(9)
	const n = 37
	for _, momentum := range []float64{0, 0.9} {
		for _, nesterov := range []bool{false, momentum != 0} {
			w, g, buf := normal(&r, n), normal(&r, n), normal(&r, n)
			want, buf64 := wide(w), make([]float64, n)
			for step := range 3 {
				SGDStep(w, g, buf, 0.1, float32(momentum), 0.01, nesterov, step == 0)
				for i, x := range want {
					d := float64(g[i]) + 0.01*x
					buf64[i] = momentum*buf64[i] + d
					if nesterov {
						d += momentum * buf64[i]
					} else {
						d = buf64[i]
					}
					want[i] = x - 0.1*d
				}
			}
			near(t, "w", w, want, 1e-5)
		}
	}
}

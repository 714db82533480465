package ad_test

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// nuclear64 is the sum of the singular values of x [m, n], by Jacobi's one-sided rotations: they make the columns
// orthogonal, and the singular values are the columns' lengths.
func nuclear64(x []float64, m, n int) float64 {
	if m < n { // as many columns as there are singular values
		t := make([]float64, m*n)
		for i := range m {
			for j := range n {
				t[j*m+i] = x[i*n+j]
			}
		}
		return nuclear64(t, n, m)
	}
	a := append([]float64(nil), x...)
	dot := func(p, q int) (s float64) {
		for i := range m {
			s += a[i*n+p] * a[i*n+q]
		}
		return s
	}
	for range 60 {
		for p := range n {
			for q := p + 1; q < n; q++ {
				cross := dot(p, q)
				if cross == 0 {
					continue
				}
				sin, cos := math.Sincos(0.5 * math.Atan2(2*cross, dot(p, p)-dot(q, q)))
				for i := range m {
					u, v := a[i*n+p], a[i*n+q]
					a[i*n+p], a[i*n+q] = cos*u+sin*v, cos*v-sin*u
				}
			}
		}
	}
	total := 0.0
	for p := range n {
		total += math.Sqrt(dot(p, p))
	}
	return total
}

func nuclearOps() (ops []operation) {
	for _, s := range [][]int{{1, 1}, {5, 3}, {3, 5}, {4, 4}, {3, 2, 5}, {2, 4, 3}} {
		in := ins(adtest.Random(11, s...))
		ops = append(ops, operation{"NuclearNorm", name(in), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.NuclearNorm(x[0]) },
			func(x [][]float64) (y []float64) {
				m, n := s[len(s)-2], s[len(s)-1]
				for i := 0; i < len(x[0]); i += m * n {
					y = append(y, nuclear64(x[0][i:i+m*n], m, n))
				}
				return y
			}})
	}
	return ops
}

// A collapsed batch has one singular value; the directions it does not use give no gradient, and none that is not finite.
func TestNuclearNormOfEqualRows(t *testing.T) {
	tape := &ad.Tape{Training: true}
	x := tape.Variable([]float32{3, 4, 3, 4, 3, 4}, 3, 2)
	y := tape.NuclearNorm(x)
	if want := 5 * math.Sqrt(3); math.Abs(float64(y.Scalar())-want) > 1e-5 {
		t.Errorf("%v, want %v", y.Scalar(), want)
	}
	tape.Backward(y)
	for i, g := range x.Grad {
		if want := []float64{0.6, 0.8}[i%2] / math.Sqrt(3); math.Abs(float64(g)-want) > 1e-5 {
			t.Errorf("gradient %d is %v, want %v", i, g, want)
		}
	}
}

// The same of u·vᵀ, whose other singular values rounding leaves near 0, and of zeros, which have none.
func TestNuclearNormOfRankOne(t *testing.T) {
	const m, n = 6, 5
	for _, scale := range []float64{0, 1e-3, 1, 1e3} {
		u, v := adtest.Random(1, m).Data, adtest.Random(2, n).Data
		x, want := make([]float32, m*n), make([]float64, m*n)
		length := math.Sqrt(dot(u, u) * dot(v, v))
		for i := range x {
			outer := float64(u[i/n]) * float64(v[i%n])
			x[i] = float32(scale * outer)
			if scale > 0 {
				want[i] = outer / length
			}
		}
		for _, shape := range [][]int{{m, n}, {n, m}} { // as it lies, and across
			if shape[0] == n {
				x, want = across(x, m, n), across(want, m, n)
			}
			tape := &ad.Tape{Training: true}
			in := tape.Variable(x, shape...)
			y := tape.NuclearNorm(in)
			if got := float64(y.Scalar()); !(math.Abs(got-scale*length) <= 1e-5*scale*length) {
				t.Errorf("scale %v: %v, want %v", scale, got, scale*length)
			}
			tape.Backward(y)
			for i, g := range in.Grad {
				if !(math.Abs(float64(g)-want[i]) < 1e-4) {
					t.Fatalf("scale %v, %v: gradient %d is %v, want %v", scale, shape, i, g, want[i])
				}
			}
		}
	}
}

// across returns the transpose of x [m, n].
func across[T any](x []T, m, n int) []T {
	y := make([]T, m*n)
	for i, v := range x {
		y[i%n*m+i/n] = v
	}
	return y
}

func dot(a, b []float32) (s float64) {
	for i, v := range a {
		s += float64(v) * float64(b[i])
	}
	return s
}

func TestNuclearNormOfWhatIsNotFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		tape := &ad.Tape{}
		x := tape.Variable([]float32{1, float32(bad), 0, 2}, 2, 2)
		y := tape.NuclearNorm(x)
		tape.Backward(y)
		for _, v := range append(x.Grad, y.Scalar()) {
			if v == v {
				t.Errorf("%v gives %v and the gradient %v, want NaN alone", bad, y.Scalar(), x.Grad)
			}
		}
	}
}

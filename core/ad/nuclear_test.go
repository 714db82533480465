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

func TestNuclearNormOfWhatIsNotFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		tape := &ad.Tape{}
		if y := tape.NuclearNorm(tape.Input([]float32{1, float32(bad), 0, 2}, 2, 2)).Scalar(); y == y {
			t.Errorf("%v gives %v, want NaN", bad, y)
		}
	}
}

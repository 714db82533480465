package probe

import (
	"math"
	"testing"
)

func TestStd(t *testing.T) {
	z := []float32{3, 4, -5, 0, 0, 2} // normalised: (.6, .8), (-1, 0), (0, 1)
	want := make([]float64, 2)
	for j, column := range [][]float64{{.6, -1, 0}, {.8, 0, 1}} {
		mean := (column[0] + column[1] + column[2]) / 3
		for _, v := range column {
			want[j] += (v - mean) * (v - mean) / 2
		}
		want[j] = math.Sqrt(want[j])
	}
	nearAll(t, "Std", Std(z, 2), want, 1e-7)
	near(t, "NormalizedStd", NormalizedStd(z, 2), math.Sqrt2*(want[0]+want[1])/2, 1e-7)
	near(t, "NormalizedStd of a sphere", NormalizedStd(normal(1, 4000, 32), 32), 1, 0.01)
}

func TestAlignmentAndUniformityAgainstPlainLoops(t *testing.T) {
	const n, d = 290, 6
	a, b := normal(1, n, d), normal(2, n, d)
	row := func(x []float32, i int) []float32 { return x[i*d:][:d] }
	gap := func(x, y []float32) float64 { return 2 - 2*plainCosine(x, y) } // squared distance of unit rows
	var align, pairs float64
	for i := range n {
		align += math.Pow(math.Sqrt(gap(row(a, i), row(b, i))), 3) / n
		for j := range i {
			pairs += math.Exp(-1.5 * gap(row(a, i), row(a, j)))
		}
	}
	near(t, "Alignment", Alignment(a, b, d, 3), align, 1e-5)
	near(t, "Uniformity", Uniformity(a, d, 1.5), math.Log(pairs/(n*(n-1)/2)), 1e-5)

	q, p := rotation(3, d), permutation(4, n)
	near(t, "Alignment rotated", Alignment(times(a, q, d), times(b, q, d), d, 3), align, 1e-5)
	near(t, "Uniformity permuted", Uniformity(permuted(a, p, d), d, 1.5), Uniformity(a, d, 1.5), 1e-5)
	near(t, "Alignment of equal views", Alignment(a, a, d, 2), 0, 0)
}

func TestUniformityOfOppositePoints(t *testing.T) {
	near(t, "Uniformity", Uniformity([]float32{1, 0, -1, 0}, 2, 2), -8, 1e-6)
}

func TestCKA(t *testing.T) {
	const n, d = 50, 6
	x, y := normal(1, n, d), normal(2, n, d)
	gram := func(x []float32) []float64 { // centred
		mean := columnMeans(x, d)
		g := make([]float64, n*n)
		for i := range n {
			for j := range n {
				for k := range d {
					g[i*n+j] += (float64(x[i*d+k]) - mean[k]) * (float64(x[j*d+k]) - mean[k])
				}
			}
		}
		return g
	}
	dot := func(a, b []float64) (s float64) {
		for i := range a {
			s += a[i] * b[i]
		}
		return s
	}
	k, l := gram(x), gram(y)
	near(t, "CKA", CKA(x, d, y, d), dot(k, l)/math.Sqrt(dot(k, k)*dot(l, l)), 1e-6)

	moved := times(x, rotation(3, d), d)
	for i := range moved {
		moved[i] = 7*moved[i] + 2
	}
	near(t, "CKA with its own rotation, scaling and shift", CKA(x, d, moved, d), 1, 1e-6)
	near(t, "CKA of constant rows", CKA(x, d, make([]float32, n*2), 2), 0, 0)
}

package probe

import (
	"math"
	"testing"
)

func TestSingularValues(t *testing.T) {
	for _, tc := range []struct{ n, d int }{{1, 1}, {30, 7}, {7, 30}, {600, 5}} {
		z := normal(1, tc.n, tc.d)
		values := SingularValues(z, tc.d)
		if len(values) != min(tc.n, tc.d) {
			t.Fatalf("%v: %d singular values", tc, len(values))
		}
		var squares, norm float64
		for i, s := range values {
			squares += s * s
			if i > 0 && s > values[i-1] {
				t.Errorf("%v: values %v do not fall", tc, values)
			}
		}
		for _, v := range z {
			norm += float64(v) * float64(v)
		}
		near(t, "the sum of their squares over the squared Frobenius norm", squares/norm, 1, 1e-9)
	}
	nearAll(t, "values of a diagonal", SingularValues([]float32{0, 3, 0, -5, 0, 0, 0, 0, 2, 0, 0, 0}, 3), []float64{5, 3, 2}, 1e-12)
}

// plainRank is the definition of both effective ranks on known singular values.
func plainRank(singular ...float64) float64 {
	var sum, h float64
	for _, s := range singular {
		sum += s
	}
	for _, s := range singular {
		p := s/sum + 1e-7
		h -= p * math.Log(p)
	}
	return math.Exp(h)
}

func TestRanksOfKnownSpectra(t *testing.T) {
	const n, d = 64, 4
	u := normal(1, d+1, n) // orthonormal columns of length n, the first constant, so that the others are centred
	for j := range n {
		u[j] = 1
	}
	orthonormalize(u, n)
	for _, sigma := range [][]float64{{1, 1, 1, 1}, {8, 4, 2, 1}, {5, 5, 1e-3, 1e-3}, {3, 0, 0, 0}} {
		z := make([]float32, n*d)
		var trace, squares float64
		for j, s := range sigma {
			for i := range n {
				z[i*d+j] = float32(s) * u[(j+1)*n+i]
			}
			trace += s * s
			squares += s * s * s * s
		}
		q := times(z, rotation(2, d), d)
		for _, x := range [][]float32{z, q} {
			near(t, "RankMe", RankMe(x, d), plainRank(sigma...), 1e-4)
			near(t, "EffectiveRank", EffectiveRank(x, d), plainRank(sigma...), 1e-4)
			near(t, "ParticipationRatio", ParticipationRatio(x, d), trace*trace/squares, 1e-4)
		}
		for i := range q {
			q[i] += 10
		}
		near(t, "EffectiveRank of shifted rows", EffectiveRank(q, d), plainRank(sigma...), 1e-3)
		near(t, "ParticipationRatio of shifted rows", ParticipationRatio(q, d), trace*trace/squares, 1e-3)
		if RankMe(q, d) > 2 {
			t.Errorf("RankMe of rows with a large common offset is %v; it should be nearly 1", RankMe(q, d))
		}
	}
}

func TestCollapseShowsInEveryMeasure(t *testing.T) {
	const n, d = 100, 16
	z := repeat(normal(1, 1, d), n)
	near(t, "NormalizedStd", NormalizedStd(z, d), 0, 1e-6)
	near(t, "RankMe", RankMe(z, d), 1, 1e-4)
	near(t, "EffectiveRank", EffectiveRank(z, d), 0, 0)
	near(t, "ParticipationRatio", ParticipationRatio(z, d), 0, 0)
	near(t, "Uniformity", Uniformity(z, d, 2), 0, 1e-5)
}

func BenchmarkRank(b *testing.B) {
	z := normal(1, 2000, 128)
	b.ReportAllocs()
	for b.Loop() {
		EffectiveRank(z, 128)
	}
}

func TestSpectrum(t *testing.T) {
	// Two axes, one twice as wide as the other, at any length of the rows: variances 0.8 and 0.2 of directions.
	var z []float32
	for i := range 100 {
		a := float32(1 + i%7)
		z = append(z, 2*a, a, 0, -2*a, -a, 0, 2*a, -a, 0, -2*a, a, 0)
	}
	got := Spectrum(z, 3)
	for i, want := range []float64{0.8, 0.2, 0} {
		if !(math.Abs(got[i]-want) < 0.003) {
			t.Errorf("spectrum %v, want about 0.8, 0.2, 0", got)
			break
		}
	}
	if s := Spectrum([]float32{1, 2}, 2); s[0] != 0 || s[1] != 0 {
		t.Errorf("one row has spectrum %v", s)
	}
	if s := Spectrum([]float32{1, 2, 2, 4, 3, 6}, 2); !(s[0] < 1e-12) {
		t.Errorf("collapsed rows have spectrum %v", s)
	}
}

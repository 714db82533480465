package probe

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// plainKL is the divergence of a layout in float64 from the definition.
func plainKL(joint []float32, layout []float64, dims int) float64 {
	n := len(layout) / dims
	q, sum := make([]float64, n*n), 0.0
	for i := range n {
		for j := range n {
			if i != j {
				near := 1.0
				for c := range dims {
					near += math.Pow(layout[i*dims+c]-layout[j*dims+c], 2)
				}
				q[i*n+j] = 1 / near
				sum += 1 / near
			}
		}
	}
	var kl float64
	for i, p := range joint {
		if p > 0 {
			kl += float64(p) * math.Log(float64(p)*sum/q[i])
		}
	}
	return kl
}

func TestTSNEGradientIsTheSlopeOfKL(t *testing.T) {
	const n, d = 24, 6
	p, _, err := Affinities(normal(1, n, d), d, 6)
	if err != nil {
		t.Fatal(err)
	}
	joint := Joint(p, n)
	for _, dims := range []int{1, 2, 3} {
		layout := normal(2, n, dims)
		wide := make([]float64, len(layout))
		for i, v := range layout {
			wide[i] = float64(v)
		}
		near(t, "KL", KL(joint, layout, dims), plainKL(joint, wide, dims), 1e-6)
		gradient := make([]float32, n*dims)
		TSNEGradient(gradient, joint, layout, dims)
		for i := range wide {
			const h = 1e-5
			v := wide[i]
			wide[i] = v + h
			up := plainKL(joint, wide, dims)
			wide[i] = v - h
			down := plainKL(joint, wide, dims)
			wide[i] = v
			near(t, "gradient", float64(gradient[i]), (up-down)/(2*h), 1e-6)
		}
	}
}

func TestAffinitiesHaveTheWantedEntropy(t *testing.T) {
	const n, d = 300, 9
	for _, scale := range []float32{1e-6, 1, 1e6} {
		x := normal(1, n, d)
		for i := range x {
			x[i] = (x[i] + 3) * scale
		}
		for _, perplexity := range []float64{1.5, 30, 290} {
			p, _, err := Affinities(x, d, perplexity)
			if err != nil {
				t.Fatal(err)
			}
			for i := range n {
				var sum, entropy float64
				for _, v := range p[i*n:][:n] {
					sum += float64(v)
					if v > 0 {
						entropy -= float64(v) * math.Log(float64(v))
					}
				}
				near(t, "sum of a row", sum, 1, 1e-5)
				near(t, "entropy of a row", entropy, math.Log(perplexity), 1e-4)
				if p[i*n+i] != 0 {
					t.Errorf("p(%d|%d) is %v", i, i, p[i*n+i])
				}
			}
			joint := Joint(p, n)
			var sum float64
			for i := range n {
				for j := range n {
					sum += float64(joint[i*n+j])
					if joint[i*n+j] != joint[j*n+i] {
						t.Fatal("joint is not symmetric")
					}
				}
			}
			near(t, "sum of joint", sum, 1, 1e-4)
		}
	}
}

func TestAffinitiesOfEqualRows(t *testing.T) {
	for _, x := range [][]float32{make([]float32, 40), append(make([]float32, 30), normal(1, 5, 2)...)} {
		p, precision, err := Affinities(x, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range p {
			if !(v >= 0 && v <= 1) || math.IsNaN(precision[i/20]) || math.IsInf(precision[i/20], 0) {
				t.Fatalf("p[%d] is %v, precision %v", i, v, precision[i/20])
			}
		}
	}
}

func TestAffinitiesRefuse(t *testing.T) {
	for _, perplexity := range []float64{1, 9, 50, -1, math.NaN()} {
		if _, _, err := Affinities(normal(1, 10, 2), 2, perplexity); err == nil || !strings.Contains(err.Error(), "above 1 and below 9") {
			t.Errorf("perplexity %v of 10 rows: error %v", perplexity, err)
		}
	}
	for _, n := range []int{0, 1, 2} {
		if _, err := NewTSNE(normal(1, n, 2), 2, 2, 5); err == nil {
			t.Errorf("t-SNE of %d rows gives no error", n)
		}
	}
	if _, err := NewTSNE(normal(1, 10, 1), 1, 2, 5); err == nil || !strings.Contains(err.Error(), "PCA") {
		t.Errorf("t-SNE of one column in two dimensions: error %v", err)
	}
}

func TestTSNESeparatesBlobs(t *testing.T) {
	const n, d = 150, 10
	x, labels := blobs(1, n, d, 3, 3)
	for _, dims := range []int{2, 3} {
		s, err := NewTSNE(x, d, dims, 15)
		if err != nil {
			t.Fatal(err)
		}
		start := s.KL()
		for range 400 {
			s.Step()
		}
		if end := s.KL(); !(end < start/2) {
			t.Errorf("%d dimensions: KL goes from %.3f to %.3f", dims, start, end)
		}
		index, labelsOfNext := make([]int32, n), 0
		squaredDistances(s.Layout, dims, func(lo, hi int, row []float32) {
			for i := lo; i < hi; i++ {
				best := -1
				for j, v := range row[(i-lo)*n:][:n] {
					if j != i && (best < 0 || v < row[(i-lo)*n+best]) {
						best = j
					}
				}
				index[i] = int32(best)
			}
		})
		for i, j := range index {
			if labels[i] == labels[j] {
				labelsOfNext++
			}
		}
		if labelsOfNext < n*95/100 {
			t.Errorf("%d dimensions: %d of %d rows lie next to one of their own blob", dims, labelsOfNext, n)
		}
		if err := s.Follow(times(x, rotation(5, d), d), d, 15); err != nil { // rotated: the same distances
			t.Fatal(err)
		}
		before := s.KL()
		s.Step()
		near(t, "KL after following a rotation", s.KL(), before, 0.02)
		if err := s.Follow(slices.Concat(x[d:], x[:d]), d, 15); err != nil { // each row among those of another blob
			t.Fatal(err)
		}
		if after := s.KL(); !(after > 2*before) {
			t.Errorf("%d dimensions: KL goes from %.3f to %.3f as rows change their places", dims, before, after)
		}
	}
}

// The steps around the end of the exaggeration, with the rule written out.
func TestTSNEStep(t *testing.T) {
	const n, dims = 30, 2
	s, err := NewTSNE(normal(1, n, 4), 4, dims, 5)
	if err != nil {
		t.Fatal(err)
	}
	joint := s.forces.joint
	layout := append([]float32(nil), s.Layout...)
	velocity, gains := make([]float64, n*dims), make([]float64, n*dims)
	for i := range gains {
		gains[i] = 1
	}
	s.Iteration = tsneEarly - 3
	for step := range 6 {
		momentum, rate, exaggeration := 0.5, n/48., float32(12)
		if step >= 3 {
			momentum, rate, exaggeration = 0.8, 50, 1
		}
		p, g := append([]float32(nil), joint...), make([]float32, n*dims)
		for i := range p {
			p[i] *= exaggeration
		}
		TSNEGradient(g, p, layout, dims)
		for i := range g {
			if float64(g[i])*velocity[i] < 0 { // the gradient points on in the direction of movement
				gains[i] += 0.2
			} else {
				gains[i] = math.Max(0.01, 0.8*gains[i])
			}
			velocity[i] = momentum*velocity[i] - rate*gains[i]*float64(g[i])
			layout[i] += float32(velocity[i])
		}
		s.Step()
		nearAll(t, "layout", s.Layout, layout, 1e-4)
		copy(layout, s.Layout)
	}
}

func BenchmarkTSNE(b *testing.B) {
	x, _ := blobs(1, 2000, 128, 10, 0.5)
	b.Run("affinities", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := Affinities(x, 128, 30); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("step", func(b *testing.B) {
		s, err := NewTSNE(x, 128, 2, 30)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			s.Step()
		}
	})
}

// Few rows, each a neighbour of most others, are pulled together at first: they must come apart again.
func TestTSNEOfFewRows(t *testing.T) {
	layout, err := NewTSNE(normal(1, 24, 6), 6, 2, 6)
	if err != nil {
		t.Fatal(err)
	}
	for range 400 {
		layout.Step()
	}
	if trust, err := Trustworthiness(normal(1, 24, 6), 6, layout.Layout, 2, 4); err != nil || trust < 0.75 {
		t.Errorf("trustworthiness %.2f, %v", trust, err)
	}
}

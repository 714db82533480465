package probe

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pushpull/core/kernel"
)

// plainGradient returns the greatest element of the gradient of the probe's objective at m, and the objective, as plain
// loops.
func plainGradient(m *Linear, x []float32, labels []int32, d, classes int, l2 float64) (worst, objective float64) {
	n := len(labels)
	g, gb := make([]float64, classes*d), make([]float64, classes)
	for i, label := range labels {
		p, sum := make([]float64, classes), 0.0
		for c := range p {
			s := float64(m.Bias[c])
			for j := range d {
				s += float64(m.Weight[c*d+j]) * float64(x[i*d+j])
			}
			p[c] = math.Exp(s)
			sum += p[c]
		}
		objective -= math.Log(p[label]/sum) / float64(n)
		for c := range p {
			e := p[c] / sum
			if c == int(label) {
				e--
			}
			gb[c] += e / float64(n)
			for j := range d {
				g[c*d+j] += e * float64(x[i*d+j]) / float64(n)
			}
		}
	}
	for i := range g {
		g[i] += l2 * float64(m.Weight[i])
		objective += l2 / 2 * float64(m.Weight[i]) * float64(m.Weight[i])
	}
	for _, v := range append(g, gb...) {
		worst = max(worst, math.Abs(v))
	}
	return worst, objective
}

// The objective is convex, so a gradient of nearly 0 tells that the minimum is found.
func TestLinearProbeReachesTheMinimum(t *testing.T) {
	for _, tc := range []struct {
		n, d, classes int
		l2, offset    float64
	}{
		{45, 5, 3, 0.01, 0}, {30, 12, 2, 1, 0}, {1500, 8, 10, 1e-3, 0}, {200, 5, 3, 1e-4, 20}, {60, 4, 3, 0, 0},
		{2100, 64, 8, 0.1, 0}, // so many that it takes float32
	} {
		t.Run(fmt.Sprint(tc), func(t *testing.T) {
			x, labels := blobs(1, tc.n, tc.d, tc.classes, 0.4)
			for i := range x {
				x[i] += float32(tc.offset)
			}
			m, err := LinearProbe{L2: tc.l2}.Fit(x, labels, tc.d, tc.classes)
			if err != nil {
				t.Fatal(err)
			}
			worst, objective := plainGradient(m, x, labels, tc.d, tc.classes, tc.l2)
			near(t, "objective", m.Objective, objective, 1e-5)
			near(t, "greatest element of the gradient", worst, 0, 2e-5*(1+tc.offset))
			var sum float64
			for _, b := range m.Bias {
				sum += float64(b)
			}
			near(t, "sum of the biases", sum, 0, 1e-4)
		})
	}
}

// Each column is scaled by its deviation over all rows; one that is constant is left as it is.
func TestScaling(t *testing.T) {
	mean, inverse := scaling([]float32{
		1, 7, 1e4,
		3, 7, 1e4,
		1, 7, 1e4,
		3, 7, 1e4 + 1e-3,
	}, 3)
	for j, want := range [][2]float64{{2, 1}, {7, 1}, {1e4, 1}} {
		near(t, "mean", mean[j], want[0], 1e-3)
		near(t, "inverse deviation", inverse[j], want[1], 1e-6)
	}
	_, inverse = scaling([]float32{0, 10, 20, 30}, 1)
	near(t, "inverse deviation", inverse[0], 1/math.Sqrt(125), 1e-9)
}

// The two precisions agree on value and gradient at any point, over several blocks of rows.
func TestCrossEntropyInBothPrecisions(t *testing.T) {
	const n, d, classes = 1100, 6, 4
	x, labels := blobs(1, n, d, classes, 0.6)
	mean, inverse := scaling(x, d)
	narrow := newCrossEntropy(x, mean, inverse, labels, classes, 0.1, kernel.Gemm)
	wide := newCrossEntropy(x, mean, inverse, labels, classes, 0.1, gemm64)
	theta := make([]float64, classes*(d+1))
	for i, v := range normal(2, classes, d+1) {
		theta[i] = float64(v)
	}
	near(t, "value", narrow.value(theta), wide.value(theta), 1e-6)
	a, b := make([]float64, len(theta)), make([]float64, len(theta))
	narrow.grad(a, theta)
	wide.grad(b, theta)
	nearAll(t, "gradient", a, b, 1e-6)
	for i := range theta { // and the gradient is the slope of the value
		const h = 1e-5
		v := theta[i]
		theta[i] = v + h
		up := wide.value(theta)
		theta[i] = v - h
		down := wide.value(theta)
		theta[i] = v
		near(t, "gradient in float64", b[i], (up-down)/(2*h), 1e-8)
	}
}

func TestLinearProbeStandardizes(t *testing.T) {
	const n, d, classes = 300, 6, 4
	x, labels := blobs(1, n, d, classes, 0.6)
	m, err := LinearProbe{L2: 0.1, Standardize: true}.Fit(x, labels, d, classes)
	if err != nil {
		t.Fatal(err)
	}
	// Scaled and shifted columns, one of them constant, give the same predictions.
	y := make([]float32, n*(d+1))
	for i := range n {
		for j := range d {
			y[i*(d+1)+j] = x[i*d+j]*float32(math.Pow(10, float64(j-3))) + float32(j)
		}
		y[i*(d+1)+d] = 0.1
	}
	scaled, err := LinearProbe{L2: 0.1, Standardize: true}.Fit(y, labels, d+1, classes)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "objective", scaled.Objective, m.Objective, 1e-5)
	nearAll(t, "logits", scaled.Logits(y), m.Logits(x), 5e-3)
}

func TestLinearProbeGeneralizes(t *testing.T) {
	x, labels := blobs(1, 600, 10, 3, 1)
	m, err := LinearProbe{L2: 1e-3, Standardize: true}.Fit(x[:300*10], labels[:300], 10, 3)
	if err != nil {
		t.Fatal(err)
	}
	if acc := Accuracy(m.Predict(x[300*10:]), labels[300:]); acc < 0.9 {
		t.Errorf("accuracy on held-out rows is %.2f", acc)
	}
}

func TestLinearProbeExtremes(t *testing.T) {
	x := normal(1, 10, 3)
	one, err := LinearProbe{L2: 0.1}.Fit(x, make([]int32, 10), 3, 1) // a single class
	if err != nil || Accuracy(one.Predict(x), make([]int32, 10)) != 1 {
		t.Errorf("a single class: %v, %v", one, err)
	}
	absent, err := LinearProbe{L2: 0.1}.Fit(x, make([]int32, 10), 3, 4) // classes that no row has
	if err != nil || Accuracy(absent.Predict(x), make([]int32, 10)) != 1 {
		t.Errorf("three absent classes: %v, %v", absent, err)
	}
	if got := one.Predict(nil); len(got) != 0 {
		t.Errorf("predictions %v of no rows", got)
	}
	for _, tc := range []struct {
		probe  LinearProbe
		x      []float32
		labels []int32
		want   string
	}{
		{LinearProbe{}, nil, nil, "no training rows"},
		{LinearProbe{}, x, nil, "no labels"},
		{LinearProbe{}, x, []int32{0, 1, 0, 5, 0, 0, 0, 0, 0, 0}, "label 5 of row 3"},
		{LinearProbe{L2: -1}, x, make([]int32, 10), "L2 is -1"},
	} {
		if _, err := tc.probe.Fit(tc.x, tc.labels, 3, 2); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: error %v, want one with %q", tc, err, tc.want)
		}
	}
}

func BenchmarkLinearProbe(b *testing.B) {
	x, labels := blobs(1, 20000, 128, 10, 0.15)
	for b.Loop() {
		m, err := LinearProbe{L2: 1e-3, Standardize: true}.Fit(x, labels, 128, 10)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(m.Iterations), "iterations")
	}
}

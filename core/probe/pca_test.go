package probe

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/kernel"
)

// stretched returns n rows whose principal directions are the axes with the given deviations, after a random rotation.
func stretched(seed uint64, n int, deviations ...float32) []float32 {
	d := len(deviations)
	x := normal(seed, n, d)
	for i := range x {
		x[i] *= deviations[i%d]
	}
	return times(x, rotation(seed+1, d), d)
}

func TestPCA(t *testing.T) {
	const n, d, k = 400, 6, 3
	x := stretched(1, n, 5, 3, 2, 1, 0.5, 0.1)
	for i := range x {
		x[i] += float32(i % d)
	}
	p, err := FitPCA(x, d, k)
	if err != nil {
		t.Fatal(err)
	}
	for i := range k {
		for j := range i + 1 {
			var dot float64
			for c := range d {
				dot += float64(p.Components[i*d+c]) * float64(p.Components[j*d+c])
			}
			want := 0.0
			if i == j {
				want = 1
			}
			near(t, "inner product of components", dot, want, 1e-6)
		}
		row := p.Components[i*d:][:d]
		if most := slices.MaxFunc(row, func(a, b float32) int { return int(1e6 * (math.Abs(float64(a)) - math.Abs(float64(b)))) }); most < 0 {
			t.Errorf("component %v: its greatest entry is negative", row)
		}
	}
	y := p.Project(x)
	for i := range k {
		var mean, variance float64
		for r := range n {
			mean += float64(y[r*k+i]) / n
		}
		for r := range n {
			variance += math.Pow(float64(y[r*k+i])-mean, 2) / (n - 1)
		}
		near(t, "mean of a coordinate", mean, 0, 1e-5)
		near(t, "variance of a coordinate", variance, p.Variance[i], 1e-3)
	}
	full, err := FitPCA(x, d, d)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "sum of all ratios", total(full.Ratio), 1, 1e-9)
	back := make([]float32, n*d) // all components lose nothing
	coordinates := full.Project(x)
	for r := range n {
		for c := range d {
			back[r*d+c] = full.Mean[c]
			for i := range d {
				back[r*d+c] += coordinates[r*d+i] * full.Components[i*d+c]
			}
		}
	}
	nearAll(t, "rows put together again", back, x, 1e-4)
}

func TestPCARefuses(t *testing.T) {
	for _, tc := range []struct {
		n, k int
		want string
	}{{0, 1, "0 rows"}, {1, 1, "1 rows"}, {5, 0, "from 1 to 4"}, {5, 5, "from 1 to 4"}, {3, 4, "from 1 to 3"}} {
		if _, err := FitPCA(normal(1, tc.n, 4), 4, tc.k); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%d rows, %d components: error %v, want one with %q", tc.n, tc.k, err, tc.want)
		}
	}
	flat, err := FitPCA(repeat([]float32{1, 2, 3, 4}, 5), 4, 2)
	if err != nil || flat.Ratio[0] != 0 {
		t.Errorf("equal rows: ratios %v, %v; want zeros", flat.Ratio, err)
	}
}

func TestViewShowsThePrincipalComponents(t *testing.T) {
	const n, d = 500, 20
	deviations := make([]float32, d)
	for j := range deviations {
		deviations[j] = 1 / float32(1+j)
	}
	x := stretched(1, n, deviations...)
	p, err := FitPCA(x, d, 3)
	if err != nil {
		t.Fatal(err)
	}
	got, want := make([]float32, n*3), p.Project(x)
	new(View).Project(got, x, d)
	for i := range n {
		nearAll(t, "coordinates", got[i*3:][:3], want[i*3:][:3], 5e-3)
	}
}

// roughness is the mean squared movement of points between two frames, over their mean square.
func roughness(a, b []float32) float64 {
	var moved, size float64
	for i := range a {
		moved += float64(a[i]-b[i]) * float64(a[i]-b[i])
		size += float64(a[i]) * float64(a[i])
	}
	return moved / size
}

// The two leading directions swap their order of variance on the way, and the cloud turns a little at each frame: a
// plain PCA would flip and swap axes.
func TestViewMovesSmoothly(t *testing.T) {
	const n, d, frames = 300, 12, 40
	for _, sphere := range []bool{false, true} {
		base := normal(1, n, d)
		v := &View{Sphere: sphere}
		last, worst := []float32(nil), 0.0
		for f := range frames {
			s := float32(f) / (frames - 1)
			x := slices.Clone(base)
			sin, cos := math.Sincos(0.05 * float64(f))
			for i := 0; i < len(x); i += d {
				x[i] *= 3 - s
				x[i+1] *= 2 + s
				x[i+2] *= 1.8
				for j := 3; j < d; j++ {
					x[i+j] *= 0.3
				}
				a, b := x[i], x[i+5]
				x[i], x[i+5] = float32(cos)*a-float32(sin)*b, float32(sin)*a+float32(cos)*b
			}
			now := make([]float32, n*3)
			v.Project(now, x, d)
			if last != nil {
				worst = max(worst, roughness(last, now))
			}
			last = now
		}
		if worst > 0.01 {
			t.Errorf("sphere %v: points move by %.1f%% of their size between two frames", sphere, 100*math.Sqrt(worst))
		}
	}
}

func TestSphereShowsCollapse(t *testing.T) {
	const n, d = 400, 32
	radius := func(z []float32) float64 { // length of the mean point: 1 where all fall together
		y := make([]float32, n*3)
		(&View{Sphere: true}).Project(y, z, d)
		for i := 0; i < len(y); i += 3 {
			near(t, "distance from the centre", math.Hypot(math.Hypot(float64(y[i]), float64(y[i+1])), float64(y[i+2])), 1, 1e-5)
		}
		m := columnMeans(y, 3)
		return math.Sqrt(m[0]*m[0] + m[1]*m[1] + m[2]*m[2])
	}
	healthy := normal(1, n, d)
	if r := radius(healthy); r > 0.2 {
		t.Errorf("healthy embeddings have their centre at %.2f; they should surround the sphere's", r)
	}
	collapsed := repeat(healthy[:d], n)
	for i := range collapsed {
		collapsed[i] += 0.01 * healthy[i]
	}
	if r := radius(collapsed); r < 0.99 {
		t.Errorf("collapsed embeddings have their centre at %.2f; they should fall together", r)
	}
}

func TestViewExtremes(t *testing.T) {
	v := &View{}
	v.Project(nil, nil, 5)
	for _, x := range [][]float32{{1, 2}, {1, 2, 3, 4}, repeat([]float32{1, 2}, 9), normal(1, 7, 2)} { // fewer columns than dimensions
		y := make([]float32, len(x)/2*3)
		v.Project(y, x, 2)
		for i := 2; i < len(y); i += 3 {
			if y[i] != 0 {
				t.Errorf("third coordinate %v of rows of length 2", y[i])
			}
		}
	}
	before := make([]float32, 30)
	v.Project(before, normal(2, 10, 8), 8) // another width
	bad := normal(2, 10, 8)
	bad[5] = float32(math.Inf(1))
	y := make([]float32, 30)
	v.Project(y, bad, 8)
	if y[0] == y[0] {
		t.Errorf("rows with Inf give %v", y[:3])
	}
	v.Project(y, normal(2, 10, 8), 8)
	nearAll(t, "coordinates after a frame of NaN", y, before, 1e-3)
	x := stretched(3, 10, 9, 7, 5, 3, 1, 1, 1, 1, 1, 1, 1, 1)
	new(View).Project(before, x, 12)
	for _, scale := range []float32{1e-14, 1e12} {
		z := slices.Clone(x)
		kernel.Scale(scale, z)
		new(View).Project(y, z, 12)
		kernel.Scale(1/scale, y)
		nearAll(t, "coordinates of very small or large rows", y, before, 0.01)
	}
}

func TestOrthonormalize(t *testing.T) {
	const p, d = 4, 6
	b := repeat(normal(1, 1, d), p) // nearly parallel rows, the last a copy of the first
	b[d+2] += 1e-3
	b[2*d+3] += 1e-3
	orthonormalize(b, d)
	for i := range p {
		for j := range i + 1 {
			want := 0.0
			if i == j {
				want = 1
			}
			near(t, "inner product", float64(kernel.Dot(b[i*d:][:d], b[j*d:][:d])), want, 1e-6)
		}
	}
}

func TestNearestRotationUndoesRotationAndReflection(t *testing.T) {
	for _, k := range []int{2, 3} {
		x := normal(1, 60, k)
		turn := rotation(2, k)
		for j := range k {
			turn[j] *= -1 // the other handedness
		}
		zero := make([]float64, k)
		back := nearestRotation(moment(times(x, turn, k), zero, x, zero), k)
		for i := range k {
			for j := range k {
				near(t, "element", back[i*k+j], float64(turn[j*k+i]), 1e-5)
			}
		}
	}
	free := nearestRotation(make([]float64, 4), 2) // of no direction at all: some rotation
	near(t, "determinant", math.Abs(free[0]*free[3]-free[1]*free[2]), 1, 1e-6)
}

func BenchmarkView(b *testing.B) {
	x, labels := blobs(1, 2000, 128, 10, 0.5)
	_ = labels
	y := make([]float32, 2000*3)
	for name, sphere := range map[string]bool{"plain": false, "sphere": true} {
		b.Run(name, func(b *testing.B) {
			v := &View{Sphere: sphere}
			v.Project(y, x, 128)
			b.ReportAllocs()
			for b.Loop() {
				v.Project(y, x, 128)
			}
		})
	}
}

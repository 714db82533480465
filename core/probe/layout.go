package probe

import (
	"fmt"
	"math"
)

// TSNE lays rows out in the plane or in space by exact t-SNE, one step at a time, so that a page can watch and rows can
// change on the way. Memory is 4 n² bytes: 16 MB for 2,000 rows.
type TSNE struct {
	Layout    []float32 // [n, dims], the picture so far
	Iteration int

	forces                    *forces
	gradient, velocity, gains []float32 // [n, dims]
}

const (
	tsneEarly        = 250 // steps with exaggerated attraction and low momentum
	tsneExaggeration = 12
	tsneNarrowest    = 2e-5 // where exaggeration pulls all rows into one point, as it does with few, it ends early
)

// NewTSNE starts a layout of x [n, d] in dims dimensions, 2 or 3, from its principal components. It is an error unless
// 1 < perplexity < n-1, and if x has fewer columns than dims.
func NewTSNE(x []float32, d, dims int, perplexity float64) (*TSNE, error) {
	must(dims == 2 || dims == 3, "NewTSNE: dims is neither 2 nor 3")
	p, _, err := Affinities(x, d, perplexity)
	if err != nil {
		return nil, err
	}
	pca, err := FitPCA(x, d, dims)
	if err != nil {
		return nil, fmt.Errorf("t-SNE: %w", err)
	}
	t := &TSNE{Layout: pca.Project(x)}
	if pca.Variance[0] > 0 {
		scale := float32(1e-4 / math.Sqrt(pca.Variance[0]))
		for i := range t.Layout {
			t.Layout[i] *= scale
		}
	}
	n := len(x) / d
	t.forces = newForces(Joint(p, n), t.Layout, dims)
	t.gradient, t.velocity, t.gains = make([]float32, n*dims), make([]float32, n*dims), make([]float32, n*dims)
	for i := range t.gains {
		t.gains[i] = 1
	}
	return t, nil
}

// Follow goes on from the layout as it is with new embeddings x [n, d] of the same n things.
func (t *TSNE) Follow(x []float32, d int, perplexity float64) error {
	must(rowsOf("TSNE.Follow", x, d) == t.forces.n, "TSNE.Follow: another number of rows")
	p, _, err := Affinities(x, d, perplexity)
	if err != nil {
		return err
	}
	t.forces.joint = Joint(p, t.forces.n)
	return nil
}

// Step moves the layout along the gradient of KL, with momentum and with a gain for each coordinate that grows while
// its gradient keeps its direction. O(n²) time; nothing is allocated.
func (t *TSNE) Step() {
	early := float32(t.forces.n) / tsneExaggeration / 4 // faster overshoots under exaggeration (Linderman and Steinerberger 2019)
	momentum, rate := float32(0.8), max(50, early)
	t.forces.exaggeration = 1
	if t.Iteration < tsneEarly {
		momentum, rate, t.forces.exaggeration = 0.5, early, tsneExaggeration
	}
	t.forces.gradient(t.gradient)
	widest := float32(0)
	for i, g := range t.gradient {
		if g*t.velocity[i] < 0 {
			t.gains[i] += 0.2
		} else {
			t.gains[i] = max(0.01, t.gains[i]*0.8)
		}
		t.velocity[i] = momentum*t.velocity[i] - rate*t.gains[i]*g
		t.Layout[i] += t.velocity[i]
		apart := t.Layout[i] - t.Layout[i%t.forces.dims]
		widest = max(widest, apart, -apart)
	}
	if t.Iteration++; widest < tsneNarrowest {
		t.Iteration = max(t.Iteration, tsneEarly)
	}
}

// KL returns the divergence of the layout from the affinities, in nats; lower is better.
func (t *TSNE) KL() float64 { return KL(t.forces.joint, t.Layout, t.forces.dims) }

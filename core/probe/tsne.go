package probe

import (
	"fmt"
	"math"

	"pushpull/core/kernel"
)

// Affinities returns the conditional probabilities p(j|i) [n, n] of t-SNE (van der Maaten and Hinton 2008, equation 1)
// between the rows of x [n, d]: row i is proportional to exp(-precision[i] |xi-xj|²), p(i|i) = 0, with the precision
// that makes its entropy log(perplexity). It is an error unless 1 < perplexity < n-1.
func Affinities(x []float32, d int, perplexity float64) (conditional []float32, precision []float64, err error) {
	n := rowsOf("Affinities", x, d)
	if !(perplexity > 1 && perplexity < float64(n-1)) {
		return nil, nil, fmt.Errorf("t-SNE of %d rows with perplexity %g: choose above 1 and below %d, at best under a third of the rows",
			n, perplexity, n-1)
	}
	conditional, precision = make([]float32, n*n), make([]float64, n)
	squaredDistances(x, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			precision[i] = gaussianRow(conditional[i*n:][:n], s[(i-lo)*n:][:n], i, math.Log(perplexity))
		})
	})
	return conditional, precision, nil
}

// gaussianRow writes p ∝ exp(-beta distances), 0 at i, of the wanted entropy, and returns beta. It overwrites distances
// with those beyond the nearest. Newton's method on log beta, kept within a bracket: the entropy falls as beta grows.
func gaussianRow(p, distances []float32, i int, entropy float64) float64 {
	nearest, mean := float32(math.Inf(1)), 0.0
	for j, v := range distances {
		if j != i {
			nearest = min(nearest, v)
		}
	}
	for j := range distances {
		distances[j] = max(0, distances[j]-nearest)
		mean += float64(distances[j])
	}
	mean /= float64(len(p))
	if mean == 0 {
		mean = 1
	}
	const widest = 60 // of log beta, on both sides: beyond, p no longer changes
	start := -math.Log(mean)
	u, lo, hi := start, start-widest, start+widest
	for range 100 {
		excess, slope := gaussian(p, distances, i, math.Exp(u))
		excess -= entropy
		if math.Abs(excess) < 1e-6 || hi-lo < 1e-9 {
			break
		}
		if excess > 0 {
			lo = u
		} else {
			hi = u
		}
		u += min(4, max(-4, excess/slope))
		if !(u > lo && u < hi) {
			u = (lo + hi) / 2
		}
	}
	return math.Exp(u)
}

// gaussian writes p ∝ exp(-beta distances), 0 at i. It returns the entropy of p and by how much that falls as log beta
// grows: beta² times the variance of the distances.
func gaussian(p, distances []float32, i int, beta float64) (entropy, slope float64) {
	for j, v := range distances {
		p[j] = -float32(beta) * v
	}
	kernel.Exp(p, p)
	p[i] = 0
	var sum, first, second float64
	for j, w := range p {
		w, v := float64(w), float64(distances[j])
		sum += w
		first += w * v
		second += w * v * v
	}
	kernel.Scale(float32(1/sum), p)
	first, second = first/sum, second/sum
	return math.Log(sum) + beta*first, beta * beta * max(second-first*first, 0)
}

// Joint returns (p(j|i) + p(i|j))/2n of conditional [n, n], symmetric and of sum 1.
func Joint(conditional []float32, n int) []float32 {
	must(len(conditional) == n*n, "Joint: the matrix is not [n, n]")
	joint := make([]float32, n*n)
	eachRow(0, n, func(i int) {
		for j := range n {
			joint[i*n+j] = (conditional[i*n+j] + conditional[j*n+i]) / float32(2*n)
		}
	})
	return joint
}

// KL returns the divergence Σ p log(p/q) in nats of joint p [n, n] from the q ∝ 1/(1+|yi-yj|²) of a layout y [n, dims].
func KL(joint, layout []float32, dims int) float64 {
	n := rowsOf("KL", layout, dims)
	must(len(joint) == n*n, "KL: joint is not [n, n]")
	parts, weights := make([]float64, n), make([]float64, n)
	eachRow(0, n, func(i int) {
		for j, p := range joint[i*n:][:n] {
			if j == i {
				continue
			}
			near := 1 + squaredDistance(layout[i*dims:][:dims], layout[j*dims:][:dims])
			weights[i] += 1 / near
			if p > 0 {
				parts[i] += float64(p) * math.Log(float64(p)*near)
			}
		}
	})
	var all float64
	for _, p := range joint {
		all += float64(p)
	}
	return total(parts) + all*math.Log(total(weights))
}

// forces is the work space of a gradient of t-SNE.
type forces struct {
	n, dims        int
	joint, layout  []float32
	exaggeration   float32
	attract, repel []float32 // [n, dims]
	weights        []float64 // [n], Σ_j 1/(1+|yi-yj|²)
}

// TSNEGradient writes the gradient of KL with respect to layout [n, dims] to dst:
//
//	4 Σ_j (p_ij - q_ij) (yi - yj) / (1 + |yi-yj|²)
func TSNEGradient(dst, joint, layout []float32, dims int) {
	n := rowsOf("TSNEGradient", layout, dims)
	must(len(joint) == n*n && len(dst) == len(layout), "TSNEGradient: joint is not [n, n], or dst not as long as layout")
	f := newForces(joint, layout, dims)
	f.gradient(dst)
}

func newForces(joint, layout []float32, dims int) *forces {
	n := len(layout) / dims
	return &forces{n: n, dims: dims, joint: joint, layout: layout, exaggeration: 1,
		attract: make([]float32, n*dims), repel: make([]float32, n*dims), weights: make([]float64, n)}
}

// gradient sums attraction and repulsion in one pass over the pairs, as the normaliser of q is a factor of the latter.
func (f *forces) gradient(dst []float32) {
	kernel.Split(f.n, 16, kernel.Task{Obj: f}, func(t *kernel.Task, _, lo, hi int) {
		f := t.Obj.(*forces)
		for i := lo; i < hi; i++ {
			if f.dims == 2 {
				f.row2(i)
			} else {
				f.row(i)
			}
		}
	})
	z := 1 / float32(total(f.weights))
	for i := range dst {
		dst[i] = 4 * (f.exaggeration*f.attract[i] - f.repel[i]*z)
	}
}

// row sums the forces on row i.
func (f *forces) row(i int) {
	d := f.dims
	yi, attract, repel := f.layout[i*d:][:d], f.attract[i*d:][:d], f.repel[i*d:][:d]
	clear(attract)
	clear(repel)
	sum := -1.0 // less the row itself
	for j, p := range f.joint[i*f.n:][:f.n] {
		yj := f.layout[j*d:][:d]
		near := float32(1)
		for c, v := range yi {
			near += (v - yj[c]) * (v - yj[c])
		}
		w := 1 / near
		sum += float64(w)
		for c, v := range yi {
			attract[c] += p * w * (v - yj[c])
			repel[c] += w * w * (v - yj[c])
		}
	}
	f.weights[i] = sum
}

// row2 is row in the plane, all in registers.
func (f *forces) row2(i int) {
	layout := f.layout
	x, y := layout[2*i], layout[2*i+1]
	var ax, ay, rx, ry float32
	sum := -1.0
	for j, p := range f.joint[i*f.n:][:f.n] {
		dx, dy := x-layout[2*j], y-layout[2*j+1]
		w := 1 / (1 + dx*dx + dy*dy)
		sum += float64(w)
		p *= w
		ax += p * dx
		ay += p * dy
		w *= w
		rx += w * dx
		ry += w * dy
	}
	f.attract[2*i], f.attract[2*i+1] = ax, ay
	f.repel[2*i], f.repel[2*i+1] = rx, ry
	f.weights[i] = sum
}

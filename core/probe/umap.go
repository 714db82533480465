package probe

import (
	"fmt"
	"math"
	"slices"

	"pushpull/core/random"
)

// UMAP lays rows out in the plane or in space by UMAP (McInnes, Healy and Melville 2018), one epoch at a time, so that a
// page can watch and rows can change on the way. It draws its own random numbers and runs on one thread: the same rows
// and seed give the same picture.
type UMAP struct {
	Layout []float32 // [n, dims], the picture so far
	Epoch  int

	n, dims, k int
	links      []link
	random     random.Stream
}

// link is an edge of the fuzzy graph between neighbours, with its membership in (0, 1].
type link struct {
	a, b   int32
	weight float32
}

const (
	// Of the curve 1/(1 + a r^2b) that min_dist 0.1 and spread 1 give.
	umapA, umapB = 1.577, 0.8951

	umapNegatives = 5   // rows that each attracted row is pushed away from
	umapEpochs    = 200 // until the steps are at their smallest
	umapLeast     = 0.1 // share of the first step's length
	umapReach     = 4   // no coordinate moves farther at once
	umapExtent    = 10  // half the width of the first layout
)

// NewUMAP starts a layout of x [n, d] in dims dimensions, 2 or 3, from its principal components, each row beside its k
// nearest by euclidean distance. It is an error unless 2 <= k < n, and if x has fewer columns than dims.
func NewUMAP(x []float32, d, dims, k int, seed uint64) (*UMAP, error) {
	must(dims == 2 || dims == 3, "NewUMAP: dims is neither 2 nor 3")
	n := rowsOf("NewUMAP", x, d)
	if k < 2 || k >= n {
		return nil, fmt.Errorf("UMAP of %d rows with %d neighbours: choose from 2 to %d", n, k, n-1)
	}
	pca, err := FitPCA(x, d, dims)
	if err != nil {
		return nil, fmt.Errorf("UMAP: %w", err)
	}
	u := &UMAP{Layout: pca.Project(x), n: n, dims: dims, k: k, random: random.New(seed, 0x756d6170)}
	farthest := float32(0)
	for _, v := range u.Layout {
		farthest = max(farthest, v, -v)
	}
	for i, v := range u.Layout {
		if farthest > 0 {
			v *= umapExtent / farthest
		}
		u.Layout[i] = v + 1e-3*u.random.Normal() // equal rows must be able to part
	}
	u.links = fuzzyGraph(x, d, k)
	return u, nil
}

// Follow goes on from the layout as it is with new embeddings x [n, d] of the same n things.
func (u *UMAP) Follow(x []float32, d int) {
	must(rowsOf("UMAP.Follow", x, d) == u.n, "UMAP.Follow: another number of rows")
	u.links = fuzzyGraph(x, d, u.k)
}

// fuzzyGraph returns the union of every row's fuzzy set of its k nearest rows, each edge once and in order.
func fuzzyGraph(x []float32, d, k int) []link {
	n := len(x) / d
	near, member := nearestRows(x, d, k), make([]float32, n*k)
	eachRow(0, n, func(i int) {
		at := member[i*k:][:k]
		for j, c := range near[i*k:][:k] {
			at[j] = float32(math.Sqrt(float64(max(0, -c.score()))))
		}
		memberships(at)
	})
	edges := make([]link, 0, n*k)
	for i := range n {
		for j, c := range near[i*k:][:k] {
			a, b := int32(i), c.index()
			if a > b {
				a, b = b, a
			}
			edges = append(edges, link{a, b, member[i*k+j]})
		}
	}
	slices.SortStableFunc(edges, func(p, q link) int {
		if p.a != q.a {
			return int(p.a - q.a)
		}
		return int(p.b - q.b)
	})
	out := edges[:0]
	for _, e := range edges {
		if last := len(out) - 1; last >= 0 && out[last].a == e.a && out[last].b == e.b {
			out[last].weight += e.weight - out[last].weight*e.weight // a or b, were they independent
			continue
		}
		out = append(out, e)
	}
	return out
}

// memberships replaces distances, nearest first, by exp(-(distance - nearest)/σ), with the σ that makes their sum
// log2 of their number.
func memberships(distances []float32) {
	nearest, mean := float64(distances[0]), 0.0
	for _, v := range distances {
		mean += float64(v) / float64(len(distances))
	}
	want, lo, hi, sigma := math.Log2(float64(len(distances))), 0.0, math.Inf(1), max(mean, 1e-12)
	for range 64 {
		sum := 0.0
		for _, v := range distances {
			sum += math.Exp(-(float64(v) - nearest) / sigma)
		}
		if math.Abs(sum-want) < 1e-5 {
			break
		}
		if sum > want {
			hi = sigma
		} else {
			lo = sigma
		}
		if math.IsInf(hi, 1) {
			sigma *= 2
		} else {
			sigma = (lo + hi) / 2
		}
	}
	sigma = max(sigma, 1e-3*mean, 1e-12)
	for j, v := range distances {
		distances[j] = float32(math.Exp(-(float64(v) - nearest) / sigma))
	}
}

// Step moves the layout by one epoch of stochastic gradient descent: each edge attracts its ends as often as its
// membership says, and pushes one away from a few random rows. O(n k) time; nothing is allocated.
func (u *UMAP) Step() {
	rate := float32(max(1-float64(u.Epoch)/umapEpochs, umapLeast))
	d := u.dims
	for _, e := range u.links {
		if u.random.Float32() >= e.weight {
			continue
		}
		a, b := u.Layout[int(e.a)*d:][:d], u.Layout[int(e.b)*d:][:d]
		u.attract(a, b, rate)
		for range umapNegatives {
			if j := u.random.IntN(u.n); j != int(e.a) {
				u.repel(a, u.Layout[j*d:][:d], rate)
			}
		}
		for range umapNegatives {
			if j := u.random.IntN(u.n); j != int(e.b) {
				u.repel(b, u.Layout[j*d:][:d], rate)
			}
		}
	}
	u.Epoch++
}

func (u *UMAP) attract(a, b []float32, rate float32) {
	r2 := squaredDistance(a, b)
	if r2 == 0 {
		return
	}
	p := math.Pow(r2, umapB)
	g := float32(-2 * umapA * umapB * p / r2 / (1 + umapA*p))
	for c := range a {
		step := rate * min(max(g*(a[c]-b[c]), -umapReach), umapReach)
		a[c] += step
		b[c] -= step
	}
}

func (u *UMAP) repel(a, b []float32, rate float32) {
	r2 := squaredDistance(a, b)
	g := float32(2 * umapB / ((1e-3 + r2) * (1 + umapA*math.Pow(r2, umapB))))
	for c := range a {
		a[c] += rate * min(max(g*(a[c]-b[c]), -umapReach), umapReach)
	}
}

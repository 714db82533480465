package probe

import (
	"fmt"
	"math"
	"slices"

	"pushpull/core/kernel"
	"pushpull/core/random"
)

// KMeans groups rows by Lloyd's algorithm from k-means++ seeds (Arthur and Vassilvitskii 2007).
type KMeans struct {
	K          int
	Iterations int    // at most; it stops when no row changes its cluster. 0 means 100
	Seed       uint64 // of the choice of first centroids
}

// Clusters is a grouping of n rows.
type Clusters struct {
	Centroids  []float32 // [k, d]
	Assignment []int32   // [n], the nearest centroid of each row
	Inertia    float64   // the sum of squared distances of the rows to their centroids
	Iterations int
}

// Fit groups the rows of x [n, d]. An empty cluster takes the row farthest from its centroid, so clusters stay empty
// only where x has fewer than k distinct rows. It is an error if k < 1 or k > n.
func (m KMeans) Fit(x []float32, d int) (Clusters, error) {
	n := rowsOf("KMeans.Fit", x, d)
	if m.K < 1 || m.K > n {
		return Clusters{}, fmt.Errorf("k-means of %d rows into %d clusters: choose from 1 to %[1]d", n, m.K)
	}
	if m.Iterations == 0 {
		m.Iterations = 100
	}
	c := Clusters{Centroids: seedCentroids(x, d, m.K, m.Seed)}
	distances := make([]float64, n)
	before := make([]int32, n)
	c.Assignment = make([]int32, n)
	assign(c.Assignment, distances, x, c.Centroids, d)
	for c.Iterations < m.Iterations {
		c.Iterations++
		copy(before, c.Assignment)
		reseed(c.Assignment, distances, m.K)
		Recenter(c.Centroids, x, c.Assignment, d)
		assign(c.Assignment, distances, x, c.Centroids, d)
		if slices.Equal(before, c.Assignment) {
			break
		}
	}
	c.Inertia = total(distances)
	return c, nil
}

// Assign returns the nearest of centroids [k, d] for each row of x [n, d], by euclidean distance, of equals the first,
// and the sum of the squared distances. With unit centroids of the same length this is the highest cosine, too.
func Assign(x, centroids []float32, d int) (assignment []int32, inertia float64) {
	n := rowsOf("Assign", x, d)
	must(rowsOf("Assign", centroids, d) > 0, "Assign: no centroids")
	assignment = make([]int32, n)
	distances := make([]float64, n)
	assign(assignment, distances, x, centroids, d)
	return assignment, total(distances)
}

// assign writes the nearest centroid of each row of x and the squared distance to it, taken without cancellation.
func assign(assignment []int32, distances []float64, x, centroids []float32, d int) {
	k := len(centroids) / d
	half := make([]float32, k)
	for c := range half {
		half[c] = kernel.SumSquares(centroids[c*d:][:d]) / 2
	}
	products(x, centroids, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			best, most := 0, float32(math.Inf(-1))
			for c, v := range s[(i-lo)*k:][:k] {
				if score := v - half[c]; score > most { // |x|²/2 less half the squared distance
					best, most = c, score
				}
			}
			assignment[i] = int32(best)
			distances[i] = squaredDistance(x[i*d:][:d], centroids[best*d:][:d])
		})
	})
}

// Recenter moves each of centroids [k, d] to the mean of the rows of x [n, d] assigned to it and returns how many those
// are, [k]. A centroid without rows stays where it is.
func Recenter(centroids, x []float32, assignment []int32, d int) []int {
	n, k := rowsOf("Recenter", x, d), rowsOf("Recenter", centroids, d)
	must(len(assignment) == n, "Recenter: rows and assignment differ in number")
	sums, counts := make([]float64, k*d), make([]int, k)
	for i, c := range assignment {
		counts[c]++
		sum := sums[int(c)*d:][:d]
		for j, v := range x[i*d:][:d] {
			sum[j] += float64(v)
		}
	}
	for c, count := range counts {
		if count > 0 {
			for j, v := range sums[c*d:][:d] {
				centroids[c*d+j] = float32(v / float64(count))
			}
		}
	}
	return counts
}

// reseed gives each empty cluster the row farthest from its centroid, of equals the first, among clusters that have
// another.
func reseed(assignment []int32, distances []float64, k int) {
	counts := make([]int, k)
	for _, c := range assignment {
		counts[c]++
	}
	for c := range counts {
		if counts[c] > 0 {
			continue
		}
		far := -1
		for i, a := range assignment {
			if counts[a] > 1 && (far < 0 || distances[i] > distances[far]) {
				far = i
			}
		}
		counts[assignment[far]]--
		counts[c]++
		assignment[far], distances[far] = int32(c), 0
	}
}

// seedCentroids chooses k rows of x, each with a probability proportional to its squared distance to the nearest one
// chosen before.
func seedCentroids(x []float32, d, k int, seed uint64) []float32 {
	n := len(x) / d
	r := random.New(seed, 0x6b6d65616e73)
	near := make([]float64, n) // squared distance to the nearest centroid so far
	for i := range near {
		near[i] = math.Inf(1)
	}
	centroids := make([]float32, 0, k*d)
	next := r.IntN(n)
	for {
		centroids = append(centroids, x[next*d:][:d]...)
		if len(centroids) == k*d {
			return centroids
		}
		eachRow(0, n, func(i int) {
			near[i] = min(near[i], squaredDistance(x[i*d:][:d], x[next*d:][:d]))
		})
		next = draw(near, &r)
	}
}

// draw returns i with probability weights[i]/Σ weights; any i if all weights are 0.
func draw(weights []float64, r *random.Stream) int {
	left := total(weights) * float64(r.Float32())
	last := r.IntN(len(weights))
	for i, w := range weights {
		if w > 0 {
			if last = i; left < w {
				break
			}
			left -= w
		}
	}
	return last
}

package probe

import (
	"math"
	"slices"

	"pushpull/core/kernel"
)

// rounding is the difference below which two cosines computed in float32 count as equal.
const rounding = 1e-6

// PairedRanks returns, for each row i of query [n, d], the rank of row i of target [n, d], its only match, among all
// rows of target by cosine: 1 + the number of rows more similar than the match. 1 is best. Equal captions tie and do
// not push each other down; so a collapsed encoder, where all tie, has rank 1 everywhere: ties [n], the number of other
// rows as similar as the match, shows it.
func PairedRanks(query, target []float32, d int) (ranks, ties []int32) {
	n := rowsOf("PairedRanks", query, d)
	must(len(query) == len(target), "PairedRanks: query and target differ in length")
	ranks, ties = make([]int32, n), make([]int32, n)
	q, t := Unit(query, d), Unit(target, d)
	products(q, t, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			match := kernel.Dot(q[i*d:][:d], t[i*d:][:d])
			above, equal := int32(0), int32(0)
			for j, v := range s[(i-lo)*n:][:n] {
				if v > match+rounding {
					above++
				} else if v >= match-rounding && j != i {
					equal++
				}
			}
			ranks[i], ties[i] = 1+above, equal
		})
	})
	return ranks, ties
}

// LabelRanks returns, for each row of z [n, d], the rank of the most similar other row with its label, among all others
// by cosine; 1 is best. A row whose label no other has gets n, one more than there are others.
func LabelRanks(z []float32, labels []int32, d int) []int32 {
	n := rowsOf("LabelRanks", z, d)
	must(len(labels) == n, "LabelRanks: rows and labels differ in number")
	ranks := make([]int32, n)
	u := Unit(z, d)
	products(u, u, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			row, best := s[(i-lo)*n:][:n], float32(math.Inf(-1))
			for j, v := range row {
				if labels[j] == labels[i] && j != i {
					best = max(best, v)
				}
			}
			if math.IsInf(float64(best), -1) {
				ranks[i] = int32(n)
				return
			}
			above := int32(0)
			for j, v := range row {
				if v > best+rounding && j != i {
					above++
				}
			}
			ranks[i] = 1 + above
		})
	})
	return ranks
}

// Recall returns the share of ranks that are at most k, recall@k; 0 if there are none.
func Recall(ranks []int32, k int) float64 {
	if len(ranks) == 0 {
		return 0
	}
	hits := 0
	for _, r := range ranks {
		if int(r) <= k {
			hits++
		}
	}
	return float64(hits) / float64(len(ranks))
}

// MedianRank returns the median of ranks, the mean of the middle two where their number is even; 0 if there are none.
func MedianRank(ranks []int32) float64 {
	n := len(ranks)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(ranks))
	return (float64(sorted[(n-1)/2]) + float64(sorted[n/2])) / 2
}

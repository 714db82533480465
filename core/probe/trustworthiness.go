package probe

import "fmt"

// Trustworthiness tells how far a projection y [n, dy] of x [n, dx] invents neighbours (Venna and Kaski 2001): 1 where
// the k nearest rows of each row in y are also its nearest in x; each that is not costs its rank in x beyond k.
// Distances are euclidean. It is an error unless 1 <= k < n/2. O(n² (dx + dy + k)) time; sample a few thousand rows of
// a large set.
func Trustworthiness(x []float32, dx int, y []float32, dy, k int) (float64, error) {
	n := rowsOf("Trustworthiness", x, dx)
	must(rowsOf("Trustworthiness", y, dy) == n, "Trustworthiness: x and y differ in rows")
	if k < 1 || 2*k >= n {
		return 0, fmt.Errorf("trustworthiness of %d rows with %d neighbours: choose from 1 to %d", n, k, (n-1)/2)
	}
	near := nearestRows(y, dy, k)
	penalty := make([]int64, n)
	squaredDistances(x, dx, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			row := s[(i-lo)*n:][:n]
			for _, c := range near[i*k:][:k] {
				penalty[i] += int64(max(0, distanceRank(row, i, int(c.index()))-k))
			}
		})
	})
	var sum int64
	for _, p := range penalty {
		sum += p
	}
	return 1 - 2*float64(sum)/(float64(n)*float64(k)*float64(2*n-3*k-1)), nil
}

// distanceRank returns the rank of row j by distance from row i, 1 for the nearest; of equal distances the lower index
// comes first.
func distanceRank(distances []float32, i, j int) int {
	rank, dj := 1, distances[j]
	for l, v := range distances {
		if (v < dj || v == dj && l < j) && l != i && l != j {
			rank++
		}
	}
	return rank
}

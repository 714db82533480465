package probe

import (
	"fmt"
	"math"
)

// KNN classifies by a weighted vote of the nearest neighbours (Wu et al. 2018, section 3.4): each of the k rows of the
// bank most similar to a query votes for its label with weight exp(cosine/temperature). The zero KNN is the usual
// protocol.
type KNN struct {
	K           int     // voters; 0 means DefaultK of the bank; more than the bank holds are cut to that
	Temperature float64 // > 0, no unit; 0 means 0.07
}

// DefaultK returns the usual 200 voters, or a tenth of a bank of fewer than 2,000 rows, at least 1: with more, most
// votes come from far away.
func DefaultK(bank int) int { return min(200, max(1, bank/10)) }

// Votes is the outcome of a KNN for n queries, with the settings that were used.
type Votes struct {
	Class       []int32   // [n], the class with most votes; of equals the lowest
	Share       []float32 // [n, classes], its rows sum to 1
	K           int
	Temperature float64
}

// Classify lets bank [m, d] with labels [m] vote on each row of query [n, d]. Rows need not be normalised. Memory:
// copies of query and bank and a block of at most 8 MB of similarities, more only if the bank has over 262,144 rows. It
// is an error if the bank is empty, has a label outside [0, classes), or a setting is negative.
func (p KNN) Classify(bank []float32, labels []int32, query []float32, d, classes int) (Votes, error) {
	n, m := rowsOf("KNN.Classify", query, d), rowsOf("KNN.Classify", bank, d)
	if p.K == 0 {
		p.K = DefaultK(m)
	}
	if p.Temperature == 0 {
		p.Temperature = 0.07
	}
	switch {
	case m == 0:
		return Votes{}, fmt.Errorf("kNN: the bank is empty; it needs at least one labelled image")
	case p.K < 1:
		return Votes{}, fmt.Errorf("kNN: k is %d; it must be at least 1, or 0 for the default", p.K)
	case !(p.Temperature > 0):
		return Votes{}, fmt.Errorf("kNN: the temperature is %g; it must be above 0", p.Temperature)
	}
	if err := checkLabels("kNN bank", labels, m, classes); err != nil {
		return Votes{}, err
	}
	v := Votes{make([]int32, n), make([]float32, n*classes), min(p.K, m), p.Temperature}
	nearest(Unit(query, d), Unit(bank, d), d, v.K, func(i int, index []int32, similarity []float32) {
		v.Class[i] = v.count(v.Share[i*classes:][:classes], labels, index, similarity)
	})
	return v, nil
}

// count writes each class's share of the votes and returns the winner. The nearest comes first; weights are relative to
// its, so none overflows.
func (v *Votes) count(share []float32, labels, index []int32, similarity []float32) int32 {
	var total float64
	for j, at := range index {
		w := math.Exp(float64(similarity[j]-similarity[0]) / v.Temperature)
		share[labels[at]] += float32(w)
		total += w
	}
	best := 0
	for c := range share {
		share[c] /= float32(total)
		if share[c] > share[best] {
			best = c
		}
	}
	return int32(best)
}

package probe

import "fmt"

// Nearest returns, for each row of query [n, d], the k rows of bank [m, d] with the highest cosine similarity, nearest
// first: their indices [n, k] and similarities [n, k]. Of equally similar rows the one with the lower index comes
// first. k greater than m is cut to m; the third result is the k used. It is an error if bank is empty or k < 1.
func Nearest(query, bank []float32, d, k int) (index []int32, similarity []float32, used int, err error) {
	n, m := rowsOf("Nearest", query, d), rowsOf("Nearest", bank, d)
	switch {
	case m == 0:
		return nil, nil, 0, fmt.Errorf("nearest neighbours: the bank is empty")
	case k < 1:
		return nil, nil, 0, fmt.Errorf("nearest neighbours: k is %d; it must be at least 1", k)
	}
	k = min(k, m)
	index, similarity = make([]int32, n*k), make([]float32, n*k)
	nearest(unit(query, d), unit(bank, d), d, k, func(i int, of []int32, s []float32) {
		copy(index[i*k:], of)
		copy(similarity[i*k:], s)
	})
	return index, similarity, k, nil
}

// nearest calls visit for each row i of query with its k nearest rows of bank, both of unit rows. visit runs on many
// threads and may not keep its arguments.
func nearest(query, bank []float32, d, k int, visit func(i int, index []int32, similarity []float32)) {
	m := len(bank) / d
	block := blockRows(len(query)/d, m)
	index, top := make([]int32, block*k), make([]float32, block*k)
	products(query, bank, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			at := i - lo
			q := topK{index[at*k:][:0:k], top[at*k:][:0:k]}
			q.selectFrom(s[at*m:][:m])
			visit(i, q.index, q.score)
		})
	})
}

// topK is a heap of the best candidates so far, worst at the root: the lowest score and, among equal scores, the
// highest index. Its capacity is k.
type topK struct {
	index []int32
	score []float32
}

// nanScore stands for a similarity that is no number: below any cosine.
const nanScore = -2

// selectFrom fills the empty heap with the best of the scores, in sorted order: best first. O(m + k log m log k).
func (q *topK) selectFrom(scores []float32) {
	k := cap(q.index)
	q.index, q.score = q.index[:k], q.score[:k]
	for j, s := range scores[:k] {
		if s != s {
			s = nanScore
		}
		q.index[j], q.score[j] = int32(j), s
	}
	for i := k/2 - 1; i >= 0; i-- {
		q.down(i, k)
	}
	worst := q.score[0]
	for j := k; j < len(scores); j++ {
		if s := scores[j]; s > worst { // an equal one has a higher index, so it is worse
			q.index[0], q.score[0] = int32(j), s
			q.down(0, k)
			worst = q.score[0]
		}
	}
	for end := k - 1; end > 0; end-- {
		q.swap(0, end)
		q.down(0, end)
	}
}

func (q *topK) worse(i, j int) bool {
	return q.score[i] < q.score[j] || q.score[i] == q.score[j] && q.index[i] > q.index[j]
}

func (q *topK) swap(i, j int) {
	q.index[i], q.index[j] = q.index[j], q.index[i]
	q.score[i], q.score[j] = q.score[j], q.score[i]
}

// down restores the heap of the first n elements below i.
func (q *topK) down(i, n int) {
	for {
		child := 2*i + 1
		if child >= n {
			return
		}
		if child+1 < n && q.worse(child+1, child) {
			child++
		}
		if !q.worse(child, i) {
			return
		}
		q.swap(i, child)
		i = child
	}
}

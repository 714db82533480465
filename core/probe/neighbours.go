package probe

import (
	"fmt"
	"math"
	"slices"
)

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
	nearest(Unit(query, d), Unit(bank, d), d, k, func(i int, of []int32, s []float32) {
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
	heaps, index, top := make([]candidate, block*k), make([]int32, block*k), make([]float32, block*k)
	products(query, bank, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			at := (i - lo) * k
			heap, index, top := heaps[at:][:k], index[at:][:k], top[at:][:k]
			selectTop(heap, s[(i-lo)*m:][:m])
			for j, c := range heap {
				index[j], top[j] = c.index(), c.score()
			}
			visit(i, index, top)
		})
	})
}

// candidate is a score and an index in one number, greater for a higher score and, among equal scores, for a lower
// index: the bits of the score, made to ascend, above those of the inverted index.
type candidate uint64

func newCandidate(score float32, index int) candidate {
	bits := math.Float32bits(score + 0) // + 0 makes -0 equal to 0
	bits ^= uint32(int32(bits)>>31) | 1<<31
	return candidate(bits)<<32 | candidate(^uint32(index))
}

func (c candidate) index() int32 { return int32(^uint32(c)) }

func (c candidate) score() float32 {
	bits := uint32(c >> 32)
	return math.Float32frombits(bits ^ (^uint32(int32(bits)>>31) | 1<<31))
}

// lowest stands for a score that is no number, below any other.
const lowest = -math.MaxFloat32

// selectTop writes the len(top) best candidates of the scores to top, best first. O(m + k log k log m).
func selectTop(top []candidate, scores []float32) {
	k := len(top)
	for j, s := range scores[:k] {
		if s != s {
			s = lowest
		}
		top[j] = newCandidate(s, j)
	}
	for i := k/2 - 1; i >= 0; i-- {
		siftDown(top, i, top[i])
	}
	worst := top[0].score()
	for j := k; j < len(scores); j++ {
		if s := scores[j]; s > worst { // an equal one has a higher index, so it is worse
			siftDown(top, 0, newCandidate(s, j))
			worst = top[0].score()
		}
	}
	slices.Sort(top)
	slices.Reverse(top)
}

// siftDown puts c at place i of a heap with its worst at the root, or as far below as it belongs.
func siftDown(heap []candidate, i int, c candidate) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			break
		}
		if child+1 < len(heap) && heap[child+1] < heap[child] {
			child++
		}
		if c <= heap[child] {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = c
}

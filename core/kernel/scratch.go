package kernel

import "sync/atomic"

// maxRows is at least the number of rows of any tile.
const maxRows = 12

// scratch is memory a kernel borrows for the time of one call or one range. Buffers only grow.
type scratch struct {
	used atomic.Bool
	task Task
	bufs [3][]float32
	sums []float64

	product       product
	correlation   correlation
	weights       weights
	normalisation normalisation
	moments       moments
	layerNorm     layerNormJob
	tile          tile
	aRow, cRow    [16]int32 // of tile
}

// scratches holds what can be borrowed. Kernels running at the same time (threads, and goroutines whose Splits overlap)
// borrow different ones; whoever comes first takes the first, so that few of them ever grow.
var scratches [64]scratch

// small is the length that each buffer begins with. Who borrows which scratch is a matter of time: without it, one that is first
// borrowed for a head of attention grew late in a training.
const small = 1 << 12

func init() {
	room := make([]float32, len(scratches)*3*small)
	for i := range scratches {
		for k := range scratches[i].bufs {
			scratches[i].bufs[k], room = room[:small:small], room[small:]
		}
	}
}

// borrow returns scratch that nobody else uses, until giveBack.
func borrow() *scratch {
	for i := range scratches {
		if s := &scratches[i]; !s.used.Load() && s.used.CompareAndSwap(false, true) {
			return s
		}
	}
	return new(scratch)
}

func (s *scratch) giveBack() { s.used.Store(false) }

// floats returns buffer i, n long, with undefined content.
func (s *scratch) floats(i, n int) []float32 {
	if cap(s.bufs[i]) < n {
		s.bufs[i] = make([]float32, n)
	}
	return s.bufs[i][:n]
}

// zeros64 returns n float64 zeros.
func (s *scratch) zeros64(n int) []float64 {
	if cap(s.sums) < n {
		s.sums = make([]float64, n)
	}
	z := s.sums[:n]
	clear(z)
	return z
}

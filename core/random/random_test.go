package random

import (
	"math"
	"testing"
)

// The streams decide every view and every initial weight: a change here changes all results.
func TestStreamsArePinned(t *testing.T) {
	s := New(1, 2, 3)
	var got [4]uint32
	for i := range got {
		got[i] = s.Uint32()
	}
	if want := ([4]uint32{0x9b9a6143, 0x22301175, 0xa9e202d7, 0x8f75a91c}); got != want {
		t.Errorf("New(1, 2, 3) draws %#x, want %#x", got, want)
	}
}

func TestPathsGiveUnrelatedStreams(t *testing.T) {
	seen := map[uint32]int{}
	for seed := range uint64(30) {
		for epoch := range uint64(30) {
			for view := range uint64(3) {
				s := New(seed, epoch, view)
				seen[s.Uint32()]++
			}
		}
	}
	if len(seen) < 2698 { // of 2700 draws of 32 bits, hardly two are equal
		t.Errorf("%d different first draws of 2700 streams", len(seen))
	}
	if a, b := New(1, 2), New(2, 1); a.Uint32() == b.Uint32() {
		t.Error("seed and path may be swapped")
	}
}

func TestDistributions(t *testing.T) {
	s := New(7)
	const n = 200_000
	var sum, squares, uniform float64
	counts := make([]int, 7)
	for range n {
		x := float64(s.Normal())
		sum, squares = sum+x, squares+x*x
		u := s.Float32()
		if u < 0 || u >= 1 {
			t.Fatalf("Float32 gave %v", u)
		}
		uniform += float64(u)
		counts[s.IntN(7)]++
	}
	if mean, variance := sum/n, squares/n; math.Abs(mean) > 0.01 || math.Abs(variance-1) > 0.02 {
		t.Errorf("Normal has mean %v and variance %v", mean, variance)
	}
	if mean := uniform / n; math.Abs(mean-0.5) > 0.003 {
		t.Errorf("Float32 has mean %v", mean)
	}
	for v, c := range counts {
		if math.Abs(float64(c)-n/7.0) > 900 {
			t.Errorf("IntN(7) gave %d %d times of %d", v, c, n)
		}
	}
}

func TestPermuteHoldsEachNumberOnce(t *testing.T) {
	s := New(5)
	p := make([]int32, 100)
	s.Permute(p)
	seen := make([]bool, len(p))
	moved := 0
	for i, v := range p {
		if seen[v] {
			t.Fatalf("%d occurs twice", v)
		}
		seen[v] = true
		if int(v) != i {
			moved++
		}
	}
	if moved < 80 {
		t.Errorf("only %d of 100 numbers moved", moved)
	}
}

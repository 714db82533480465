package probe

import (
	"math"
	"slices"
)

// contingency counts how two groupings of the same rows overlap.
type contingency struct {
	n       int
	a, b    []int    // sizes of the groups of each
	overlap []shared // those that share rows
}

type shared struct{ a, b, rows int }

// overlap sorts the pairs of labels, so its memory does not depend on how many labels there are and its order is fixed.
func overlap(a, b []int32) contingency {
	must(len(a) == len(b), "overlap: the groupings differ in length")
	a, b = ranked(a), ranked(b)
	pairs := make([]uint64, len(a))
	for i, v := range a {
		pairs[i] = uint64(v)<<32 | uint64(b[i])
	}
	slices.Sort(pairs)
	c := contingency{n: len(a), a: sizes(a), b: sizes(b)}
	for lo := 0; lo < len(pairs); {
		hi := lo + 1
		for hi < len(pairs) && pairs[hi] == pairs[lo] {
			hi++
		}
		c.overlap = append(c.overlap, shared{int(pairs[lo] >> 32), int(uint32(pairs[lo])), hi - lo})
		lo = hi
	}
	return c
}

// ranked returns labels renumbered 0, 1, … in ascending order, so that any labels will do.
func ranked(labels []int32) []int32 {
	distinct := slices.Compact(slices.Sorted(slices.Values(labels)))
	out := make([]int32, len(labels))
	for i, v := range labels {
		at, _ := slices.BinarySearch(distinct, v)
		out[i] = int32(at)
	}
	return out
}

// sizes returns how often each of the labels 0, 1, … occurs.
func sizes(labels []int32) []int {
	if len(labels) == 0 {
		return nil
	}
	count := make([]int, slices.Max(labels)+1)
	for _, v := range labels {
		count[v]++
	}
	return count
}

// NMI returns the normalised mutual information of two groupings of the same rows, labels a, b [n]: 2
// I(a,b)/(H(a)+H(b)), from 0 (independent) to 1 (equal up to the names of the groups). Labels may be any numbers. It is
// 1 if both have a single group.
func NMI(a, b []int32) float64 {
	c := overlap(a, b)
	if len(c.a) <= 1 && len(c.b) <= 1 {
		return 1
	}
	n := float64(c.n)
	var mutual float64
	for _, s := range c.overlap {
		p := float64(s.rows) / n
		mutual += p * math.Log(p*n/float64(c.a[s.a])*n/float64(c.b[s.b]))
	}
	return min(1, max(0, 2*mutual/(entropy(c.a, n)+entropy(c.b, n))))
}

func entropy(sizes []int, n float64) float64 {
	var h float64
	for _, s := range sizes {
		p := float64(s) / n
		h -= p * math.Log(p)
	}
	return h
}

// AdjustedRand returns the share of pairs of rows on which two groupings a, b [n] agree, corrected for chance (Hubert
// and Arabie 1985): 1 for equal groupings, about 0 for independent ones, negative below chance.
func AdjustedRand(a, b []int32) float64 {
	c := overlap(a, b)
	var both float64
	for _, s := range c.overlap {
		both += pairs(s.rows)
	}
	inA, inB, all := sumPairs(c.a), sumPairs(c.b), pairs(c.n)
	if all == 0 || inA == both && inB == both {
		return 1
	}
	expected := inA * inB / all
	return (both - expected) / ((inA+inB)/2 - expected)
}

// pairs returns the number of pairs of n things.
func pairs(n int) float64 { return float64(n) * float64(n-1) / 2 }

func sumPairs(sizes []int) float64 {
	var s float64
	for _, n := range sizes {
		s += pairs(n)
	}
	return s
}

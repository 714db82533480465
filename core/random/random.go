// Package random gives reproducible random streams. A stream is named by what it is for (seed, epoch, sample, view),
// never by which goroutine happens to draw from it, so results do not depend on the number of threads.
package random

import "math"

// Stream is a PCG-XSH-RR generator (O'Neill 2014), 64 bits of state, 32 bits a draw. It is a value: copying it copies
// its position. The zero Stream is valid.
type Stream struct {
	state, inc uint64
	spare      float32
	hasSpare   bool
}

// New returns the stream at path, for example New(seed, epoch, sample, view). Streams with different paths are
// unrelated, even where the paths differ by one bit.
func New(seed uint64, path ...uint64) Stream {
	h := mix(seed + golden)
	for _, p := range path {
		h = mix((h ^ p) + golden)
	}
	return Stream{state: h, inc: mix(h+golden) | 1}
}

// golden is 2^64 divided by the golden ratio, the increment of SplitMix64.
const golden = 0x9e3779b97f4a7c15

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Uint32 returns 32 random bits.
func (s *Stream) Uint32() uint32 {
	old := s.state
	s.state = old*6364136223846793005 + (s.inc | 1)
	x := uint32((old>>18 ^ old) >> 27)
	r := uint(old >> 59)
	return x>>r | x<<(-r&31)
}

// Float32 returns a uniform number in [0, 1).
func (s *Stream) Float32() float32 { return float32(s.Uint32()>>8) / (1 << 24) }

// Uniform returns a uniform number in [lo, hi).
func (s *Stream) Uniform(lo, hi float32) float32 { return lo + (hi-lo)*s.Float32() }

// Bool returns true with probability p.
func (s *Stream) Bool(p float32) bool { return s.Float32() < p }

// IntN returns a uniform whole number in [0, n). It panics if n <= 0.
func (s *Stream) IntN(n int) int {
	if n <= 0 || uint64(n) > math.MaxUint32 {
		panic("random: IntN of a number out of range")
	}
	m := uint32(n)
	p := uint64(s.Uint32()) * uint64(m)
	if uint32(p) < m { // Lemire 2019: reject the few draws that would make small numbers likelier
		for limit := -m % m; uint32(p) < limit; {
			p = uint64(s.Uint32()) * uint64(m)
		}
	}
	return int(p >> 32)
}

// Normal returns a standard normal number (polar method of Marsaglia).
func (s *Stream) Normal() float32 {
	if s.hasSpare {
		s.hasSpare = false
		return s.spare
	}
	for {
		u, v := 2*s.Float32()-1, 2*s.Float32()-1
		q := u*u + v*v
		if q > 0 && q < 1 {
			f := float32(math.Sqrt(-2 * math.Log(float64(q)) / float64(q)))
			s.spare, s.hasSpare = v*f, true
			return u * f
		}
	}
}

// Permute fills p with the numbers 0 to len(p)-1 in random order.
func (s *Stream) Permute(p []int32) {
	for i := range p {
		j := s.IntN(i + 1)
		p[i] = p[j]
		p[j] = int32(i)
	}
}

// Package tensor holds the memory and the shapes of arrays of float32.
package tensor

// Arena hands out float32 slices that stay valid until Reset. After a Reset the same sequence of requests is served
// from the same memory, so a steady training step allocates nothing on Go's heap. The zero Arena is ready for use; an
// Arena is not safe for use by several goroutines.
type Arena struct {
	blocks  [][]float32
	current int // block that serves requests
	used    int // floats of it in use
	free    [][]float32
	ints    []int32
	usedInt int
}

// minBlock is the smallest block, in floats: 1 MiB.
const minBlock = 1 << 18

// align keeps slices on cache lines: 16 floats are 64 bytes.
const align = 16

// Floats returns n floats of unknown content. A slice given back by Recycle serves again if its length fits exactly.
func (a *Arena) Floats(n int) []float32 {
	for i := len(a.free) - 1; i >= 0; i-- {
		if len(a.free[i]) == n {
			x := a.free[i]
			last := len(a.free) - 1
			a.free[i] = a.free[last]
			a.free = a.free[:last]
			return x
		}
	}
	size := (n + align - 1) &^ (align - 1)
	for a.current < len(a.blocks) && a.used+size > len(a.blocks[a.current]) {
		a.current++
		a.used = 0
	}
	if a.current == len(a.blocks) {
		a.blocks = append(a.blocks, make([]float32, max(size, minBlock)))
	}
	x := a.blocks[a.current][a.used : a.used+n : a.used+n]
	a.used += size
	return x
}

// Zeros returns n floats, all 0.
func (a *Arena) Zeros(n int) []float32 {
	x := a.Floats(n)
	clear(x)
	return x
}

// Recycle gives x, which came from Floats or Zeros, back before the next Reset.
func (a *Arena) Recycle(x []float32) {
	if len(x) >= align { // shorter ones are not worth the search
		a.free = append(a.free, x)
	}
}

// Ints returns n whole numbers of unknown content.
func (a *Arena) Ints(n int) []int32 {
	if a.usedInt+n > len(a.ints) {
		a.ints = make([]int32, max(2*len(a.ints), n, 4096)) // older slices stay alive with their users
		a.usedInt = 0
	}
	x := a.ints[a.usedInt : a.usedInt+n : a.usedInt+n]
	a.usedInt += n
	return x
}

// Reset makes all memory available again. Slices handed out before must no longer be used.
func (a *Arena) Reset() { a.current, a.used, a.usedInt, a.free = 0, 0, 0, a.free[:0] }

// Bytes returns the memory that the arena holds.
func (a *Arena) Bytes() int {
	n := len(a.ints)
	for _, b := range a.blocks {
		n += len(b)
	}
	return 4 * n
}

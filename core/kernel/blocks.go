//go:build amd64 || arm64

package kernel

import "iter"

// blocks yields the blocks of rows of x [rows, c], numbered.
func blocks(x []float32, c int) iter.Seq2[int, []float32] {
	return func(yield func(int, []float32) bool) {
		for i := 0; len(x) > 0; i++ {
			n := min(blockRows*c, len(x))
			if !yield(i, x[:n]) {
				return
			}
			x = x[n:]
		}
	}
}

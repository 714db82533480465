// Package augment makes views of images for contrastive learning: operations on float32 images, and pipelines that
// draw their strengths from a sample's own random stream. Conventions (pixel centres, edges, order of arithmetic) are
// those of PyTorch and torchvision.
//
// An operation reads src and writes dst, which must have the same size unless it says otherwise. Shapes that do not
// fit are a mistake of the program and panic. Nothing is allocated; operations that need working memory take a Scratch.
package augment

import (
	"fmt"
	"math"
)

// Image is an image of H rows and W columns of C channels, 1 (gray) or 3 (red, green, blue), [h, w, c], from 0 to 1.
type Image struct {
	H, W, C int
	Pix     []float32
}

// NewImage returns a black image.
func NewImage(h, w, c int) Image { return Image{h, w, c, make([]float32, h*w*c)} }

// Scratch is working memory that grows as needed and is then reused. It serves one goroutine at a time; the zero
// Scratch is ready for use.
type Scratch struct {
	rows, columns filter
	tmp, spare    []float32
	view          view
}

// floats returns n floats of working memory with any content.
func (s *Scratch) floats(n int) []float32 { return sized(&s.tmp, n) }

// sized returns n elements of memory with any content, more of it if need be.
func sized[T any](memory *[]T, n int) []T {
	if cap(*memory) < n {
		*memory = make([]T, n)
	}
	return (*memory)[:n]
}

// same panics unless dst and src have the same size and all their pixels.
func same(operation string, dst, src Image) {
	n := src.H * src.W * src.C
	if dst.H != src.H || dst.W != src.W || dst.C != src.C || len(dst.Pix) != n || len(src.Pix) != n {
		panic(fmt.Sprintf("augment.%s: [%d, %d, %d] of %d numbers into [%d, %d, %d] of %d", operation,
			src.H, src.W, src.C, len(src.Pix), dst.H, dst.W, dst.C, len(dst.Pix)))
	}
}

// clamp limits x to 0 and 1. It compares the bits, whose order as whole numbers is that of the numbers from 0 on and
// puts what is negative below, because that compiles to no branches.
func clamp(x float32) float32 {
	const one = 0x3f800000
	return math.Float32frombits(uint32(min(max(int32(math.Float32bits(x)), 0), one)))
}

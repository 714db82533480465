// Package kernel computes on flat slices of float32: matrix products, convolutions, and the loops over vectors and rows
// that a network and its optimiser need. Nothing here knows a tape, a layer or a shape beyond its arguments.
//
// Matrices are row-major; images are channels-last, [n, h, w, c]. A result never depends on the number of threads: work
// is cut into chunks that depend on sizes alone, and every sum has one fixed order. Once its scratch memory has grown to
// size, no function allocates. Sizes that do not fit are the caller's mistake and panic.
package kernel

// must panics with what function name was asked to do wrongly, if ok is false.
func must(ok bool, name, mistake string) {
	if !ok {
		panic("kernel." + name + ": " + mistake)
	}
}

//go:build !amd64 && !arm64 && !wasmkernel

package kernel

// available returns the implementations this machine can use, best first.
func available() []*routines { return []*routines{&plain} }

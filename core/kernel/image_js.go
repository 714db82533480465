//go:build wasmkernel

package kernel

import "unsafe"

// Changes of an image are short, so they stay on this thread.

func wasmScaleClamp(x []float32, f, m float32) {
	v := vectors{x: address(x), f: [9]float32{f, m}}
	v.alone(jobScaleClamp, len(x))
}

func wasmSaturate(x []float32, f float32) {
	v := vectors{x: address(x), f: [9]float32{f}}
	v.alone(jobSaturate, len(x)/3)
}

func wasmToGray(x []float32) {
	v := vectors{x: address(x)}
	v.alone(jobToGray, len(x)/3)
}

func wasmTurnHue(x []float32, turns float32) {
	turn := 6 * turns
	if turn < 0 {
		turn += 6
	}
	v := vectors{x: address(x), f: [9]float32{turn}}
	v.alone(jobTurnHue, len(x)/3)
}

// wasmFilter mirrors Filter of wasm/image.c.
type wasmFilter struct {
	y, x, weight, at                       unsafe.Pointer
	results, taps, stride, width, channels int32
}

func newWasmFilter(f *Resample, y, x []float32) wasmFilter {
	return wasmFilter{y: address(y), x: address(x), weight: address(f.Weight), at: unsafe.Pointer(unsafe.SliceData(f.At)),
		results: int32(len(f.At)), taps: int32(f.Taps)}
}

func wasmResampleColumns(f *Resample, y, x []float32, stride, width, c int) {
	v := newWasmFilter(f, y, x)
	v.stride, v.width, v.channels = int32(stride), int32(width), int32(c)
	rows := int32(len(y) / (len(f.At) * c))
	wasmRun(jobResampleColumns, rows, rows, nil, 0, unsafe.Pointer(&v))
}

func wasmResampleRows(f *Resample, y, x []float32, n int) {
	v := newWasmFilter(f, y, x)
	v.width = int32(n)
	wasmRun(jobResampleRows, v.results, max(v.results, 1), nil, 0, unsafe.Pointer(&v))
}

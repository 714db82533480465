//go:build wasmkernel

package kernel

import "unsafe"

// In a page the work is done by a C kernel that lives in this program's memory (wasm/), on several threads if the page is
// isolated. The page's static/js/kernel.js makes the module "kernel" that is imported here, and starts the threads. A
// program without the build tag wasmkernel needs no such module and has the plain Go code alone.

// wasmMode tells which C kernel there is.
//
//go:wasmimport kernel mode
func wasmMode() int32

// wasmThreads makes n threads share the work, all there are if n is 0, and returns their number.
//
//go:wasmimport kernel threads
func wasmThreads(n int32) int32

// wasmRun does items [0, n) of a job, grain of them at a time. Each thread has stride bytes of scratch of its own.
//
//go:wasmimport kernel run
//go:noescape
func wasmRun(job, n, grain int32, scratch unsafe.Pointer, stride int32, args unsafe.Pointer)

// The jobs, in the order of wasm/run.c.
const (
	jobPackB int32 = iota
	jobGemm
	jobCorrelate
	jobGradWeight
	jobAttention
	jobAttentionGrad
	jobAddParts
	jobScale
	jobAxpy
	jobMul
	jobMulAdd
	jobLerp
	jobReLU
	jobReLUGrad
	jobReLUMask
	jobAdam
	jobExp
	jobExpSum
	jobGELU
	jobMax
	jobSum
	jobDot
	jobAddBias
	jobAffine
	jobAffineMask
	jobGradAffine
	jobSumRows
	jobColumnMoments
	jobGradSums
	jobSoftmax
	jobSoftmaxGrad
	jobLayerNorm
	jobLayerNormGrad
	jobScaleClamp
	jobSaturate
	jobToGray
	jobTurnHue
	jobResampleColumns
	jobResampleRows
)

// available returns the implementations this page can use, best first.
func available() []*routines {
	mode := wasmMode()
	if mode == 0 {
		return []*routines{&plain}
	}
	wasm.name = [...]string{1: "simd", 2: "relaxed"}[mode]
	return []*routines{&wasm, &plain}
}

var wasm = routines{
	threads: func(n int) int { return int(wasmThreads(int32(n))) },
	tiling:  &plainTiling,
	gemm:    wasmGemm, forward: wasmForward, gradInput: wasmGradInput, gradWeight: wasmGradWeight,
	attention: wasmAttention, attentionGrad: wasmAttentionGrad,
	scale: wasmScale, axpy: wasmAxpy, mul: wasmMul, mulAdd: wasmMulAdd, lerp: wasmLerp, relu: wasmReLU,
	reluGrad: wasmReLUGrad, reluMask: wasmReLUMask,
	exp: wasmExp, gelu: wasmGELU, expSum: wasmExpSum, max: wasmMax, sum: wasmSum, dot: wasmDot,
	addBias: wasmAddBias, sumRows: wasmSumRows, columnMoments: wasmColumnMoments, affine: wasmAffine, affineMask: wasmAffineMask,
	gradSums: wasmGradSums, gradAffine: wasmGradAffine, scaleClamp: wasmScaleClamp, saturate: wasmSaturate, toGray: wasmToGray, turnHue: wasmTurnHue,
	resampleColumns: wasmResampleColumns, resampleRows: wasmResampleRows,
	softmax: wasmSoftmax, softmaxGrad: wasmSoftmaxGrad,
	layerNorm: wasmLayerNorm, layerNormGrad: wasmLayerNormGrad, adam: wasmAdam,
}

// address returns that of a slice's elements. It is passed as a pointer, never as a number: so the memory stays
// reachable, and a job may write to it. No goroutine runs while a job does, so nothing moves either.
func address(x []float32) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

// portion returns how many of n items a thread takes at a time, a multiple of unit: an eighth of its share, so that a slow
// thread only takes fewer, but no less work than waking a thread is worth. An item costs as much as `cost` elements of a
// simple loop, or eight times as many multiplications.
func portion(n, unit, cost int) int32 {
	const worth = 1 << 14
	p := max(n/(8*Threads()), worth/max(cost, 1), 1)
	return int32((p + unit - 1) / unit * unit)
}

// workspace is the memory of jobs. It only grows, and is used by one job at a time.
var workspace []float32

// scratchFloats is the size of Scratch in wasm/kernel.h, rounded up.
const scratchFloats = 192 << 10 / 4

// space returns n floats for all threads, and the scratch of the threads, each with extra floats behind.
func space(n, extra int) (shared []float32, scratch unsafe.Pointer, stride int32) {
	const line = 16 // floats in a cache line, which threads should not share
	n = (n + line - 1) / line * line
	each := (scratchFloats + extra + line - 1) / line * line
	if need := n + each*Threads(); need > len(workspace) {
		workspace = make([]float32, need)
	}
	return workspace[:n], address(workspace[n:]), int32(4 * each)
}

// word is a bool as C has it.
func word(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

//go:build wasmkernel

package kernel

import "unsafe"

// vectors mirrors Vector of wasm/kernel.h: the arguments of loops over elements, or over n rows of d elements.
type vectors struct {
	x, y, z, w, p, q, r unsafe.Pointer
	result              float64
	n, d, block         int32
	f                   [9]float32
}

// run does a job over n elements or rows, each worth cost elements of a simple loop.
func (v *vectors) run(job int32, n, cost int) {
	wasmRun(job, int32(n), portion(n, 1, cost), nil, 0, unsafe.Pointer(v))
}

// alone does a job on this thread, and returns its result.
func (v *vectors) alone(job int32, n int) float64 {
	wasmRun(job, int32(n), int32(n), nil, 0, unsafe.Pointer(v))
	return v.result
}

func wasmScale(alpha float32, x []float32) {
	v := vectors{x: address(x), f: [9]float32{alpha}}
	v.run(jobScale, len(x), 1)
}

func wasmAxpy(alpha float32, x, y []float32) {
	v := vectors{x: address(x), y: address(y), f: [9]float32{alpha}}
	v.run(jobAxpy, len(x), 1)
}

func wasmMul(dst, x, y []float32) {
	v := vectors{x: address(x), y: address(y), z: address(dst)}
	v.run(jobMul, len(x), 1)
}

func wasmMulAdd(dst, x, y []float32) {
	v := vectors{x: address(x), y: address(y), z: address(dst)}
	v.run(jobMulAdd, len(x), 1)
}

func wasmLerp(dst, src []float32, m, rest float32) {
	v := vectors{x: address(src), y: address(dst), f: [9]float32{m, rest}}
	v.run(jobLerp, len(src), 1)
}

func wasmReLU(y, x []float32) {
	v := vectors{x: address(x), y: address(y)}
	v.run(jobReLU, len(x), 1)
}

func wasmReLUGrad(dx, y, dy []float32) {
	v := vectors{x: address(y), y: address(dy), z: address(dx)}
	v.run(jobReLUGrad, len(y), 1)
}

func wasmReLUMask(dy, y []float32) {
	v := vectors{x: address(y), y: address(dy)}
	v.run(jobReLUMask, len(y), 1)
}

func wasmExp(dst, x []float32) {
	v := vectors{x: address(x), y: address(dst)}
	v.run(jobExp, len(x), 4)
}

func wasmGELU(y, density, phi, x []float32) {
	v := vectors{x: address(x), y: address(y), z: address(density), w: address(phi)}
	v.run(jobGELU, len(x), 4)
}

func wasmExpSum(y, x []float32, shift float32) float64 {
	v := vectors{x: address(x), y: address(y), f: [9]float32{shift}}
	return v.alone(jobExpSum, len(x))
}

func wasmMax(x []float32) float32 {
	v := vectors{x: address(x)}
	return float32(v.alone(jobMax, len(x)))
}

func wasmSum(x []float32) float64 {
	v := vectors{x: address(x)}
	return v.alone(jobSum, len(x))
}

func wasmDot(x, y []float32) float64 {
	v := vectors{x: address(x), y: address(y)}
	return v.alone(jobDot, len(x))
}

func wasmAddBias(y, b []float32) {
	v := vectors{y: address(y), p: address(b), d: int32(len(b))}
	v.run(jobAddBias, len(y)/len(b), len(b))
}

func wasmAffine(y, x, mean, scale, shift []float32, floor float32) {
	c := len(mean)
	v := vectors{x: address(x), y: address(y), p: address(mean), q: address(scale), r: address(shift), d: int32(c), f: [9]float32{floor}}
	v.run(jobAffine, len(x)/c, c)
}

func wasmAffineMask(dy, x, mean, scale, shift []float32) {
	c := len(mean)
	v := vectors{x: address(x), y: address(dy), p: address(mean), q: address(scale), r: address(shift), d: int32(c)}
	v.run(jobAffineMask, len(x)/c, c)
}

func wasmGradAffine(dx, x, dy, mean, scale, slope, offset []float32) {
	c := len(mean)
	v := vectors{x: address(x), y: address(dy), z: address(dx), w: address(mean), p: address(scale), q: address(slope),
		r: address(offset), d: int32(c)}
	v.run(jobGradAffine, len(x)/c, c)
}

// blocks does a job over blocks of the rows of an x with size elements.
func (v *vectors) blocks(job int32, size, c int) {
	rows := size / c
	v.n, v.d, v.block = int32(rows), int32(c), blockRows
	v.run(job, blocksOf(rows), blockRows*c)
}

func wasmSumRows(part, x []float32, c int) {
	v := vectors{x: address(x), y: address(part)}
	v.blocks(jobSumRows, len(x), c)
}

func wasmColumnMoments(mean, m2, x []float32, c int) {
	v := vectors{x: address(x), y: address(mean), z: address(m2)}
	v.blocks(jobColumnMoments, len(x), c)
}

func wasmGradSums(sum, sumX, x, dy, mean []float32) {
	v := vectors{x: address(x), y: address(sum), z: address(sumX), w: address(dy), p: address(mean)}
	v.blocks(jobGradSums, len(x), len(mean))
}

func wasmSoftmax(y, x []float32, d int) {
	v := vectors{x: address(x), y: address(y), d: int32(d)}
	v.run(jobSoftmax, len(x)/d, 6*d)
}

func wasmSoftmaxGrad(dx, y, dy []float32, d int) {
	v := vectors{x: address(dx), y: address(y), z: address(dy), d: int32(d)}
	v.run(jobSoftmaxGrad, len(y)/d, 2*d)
}

func wasmLayerNorm(y, stats, x, gamma, beta []float32, eps float32) {
	d := len(gamma)
	v := vectors{x: address(x), y: address(y), z: address(stats), p: address(gamma), q: address(beta), d: int32(d), f: [9]float32{eps}}
	v.run(jobLayerNorm, len(x)/d, 4*d)
}

func wasmLayerNormGrad(dx, dhat, x, dy, stats, gamma []float32) {
	d := len(gamma)
	v := vectors{x: address(x), y: address(dx), z: address(dhat), w: address(dy), p: address(gamma), q: address(stats), d: int32(d)}
	v.run(jobLayerNormGrad, len(x)/d, 4*d)
}

func wasmAdam(w, g, m, v []float32, f *adam) {
	a := vectors{x: address(g), y: address(m), z: address(v), w: address(w), f: *f}
	a.run(jobAdam, len(w), 3)
}

package probe

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// crossEntropy is the objective of the linear probe. Its matrix products run in F: float32 is many times faster, but
// its rounding hides the last digits of a flat minimum. Over many rows that evens out. Sums over rows are in float64.
type crossEntropy[F float32 | float64] struct {
	x          []F // [n, d], standardised
	labels     []int32
	d, classes int
	l2         float64
	gemm       gemm[F]

	at, gradient []float64 // the last point and the gradient there, both made by one pass
	loss         float64
	losses       []float64 // of the rows of a block
	weight, part []F       // [classes, d], and a block's share of their gradient
	logits       []F       // [block, classes], then their gradient
}

// smallProbe is the n·d·classes up to which float64 takes milliseconds.
const smallProbe = 1 << 20

// probeBlock is the number of rows handled at a time.
const probeBlock = 1024

// gemm is kernel.Gemm, or the like of float64.
type gemm[F float32 | float64] func(
	transA, transB bool, m, n, k int, alpha F, a []F, lda int, b []F, ldb int, beta F, c []F, ldc int)

func gemm64(
	transA, transB bool, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int,
) {
	tA, tB := blas.NoTrans, blas.NoTrans
	if transA {
		tA = blas.Trans
	}
	if transB {
		tB = blas.Trans
	}
	blas64.Implementation().Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// newCrossEntropy scales the columns of x [n, d]: (x-mean)·inverse.
func newCrossEntropy[F float32 | float64](
	x []float32, mean, inverse []float64, labels []int32, classes int, l2 float64, product gemm[F],
) *crossEntropy[F] {
	d := len(mean)
	f := &crossEntropy[F]{
		x: make([]F, len(x)), labels: labels, d: d, classes: classes, l2: l2, gemm: product,
		gradient: make([]float64, classes*(d+1)),
		losses:   make([]float64, probeBlock), logits: make([]F, probeBlock*classes),
		weight: make([]F, classes*d), part: make([]F, classes*d),
	}
	for i := 0; i < len(x); i += d {
		for j, v := range x[i:][:d] {
			f.x[i+j] = F((float64(v) - mean[j]) * inverse[j])
		}
	}
	return f
}

// value returns the objective at theta: weights [classes, d], then biases [classes].
func (f *crossEntropy[F]) value(theta []float64) float64 {
	f.evaluate(theta)
	return f.loss
}

// grad writes the gradient at theta.
func (f *crossEntropy[F]) grad(dst, theta []float64) {
	f.evaluate(theta)
	copy(dst, f.gradient)
}

func (f *crossEntropy[F]) evaluate(theta []float64) {
	if slices.Equal(theta, f.at) {
		return
	}
	f.at = append(f.at[:0], theta...)
	f.loss = 0
	clear(f.gradient)
	d, k, n := f.d, f.classes, len(f.labels)
	for i := range f.weight {
		f.weight[i] = F(theta[i])
	}
	bias, biasGradient := theta[k*d:], f.gradient[k*d:]
	for lo := 0; lo < n; lo += probeBlock {
		hi := min(lo+probeBlock, n)
		rows := hi - lo
		x, logits, losses := f.x[lo*d:hi*d], f.logits[:rows*k], f.losses[:rows]
		f.gemm(false, true, rows, k, d, 1, x, d, f.weight, d, 0, logits, k)
		eachRow(lo, hi, func(i int) {
			losses[i-lo] = softmaxLoss(logits[(i-lo)*k:][:k], bias, int(f.labels[i]))
		})
		f.loss += total(losses)
		f.gemm(true, false, k, d, rows, 1, logits, k, x, d, 0, f.part, d)
		for i, v := range f.part {
			f.gradient[i] += float64(v)
		}
		for i, v := range logits {
			biasGradient[i%k] += float64(v)
		}
	}
	f.loss /= float64(n)
	for i := range f.gradient {
		f.gradient[i] /= float64(n)
	}
	for i, w := range theta[:k*d] {
		f.loss += f.l2 / 2 * w * w
		f.gradient[i] += f.l2 * w
	}
}

// softmaxLoss returns the cross-entropy of logits + bias against label, and turns logits into its gradient.
func softmaxLoss[F float32 | float64](logits []F, bias []float64, label int) float64 {
	top := math.Inf(-1)
	for c, v := range logits {
		top = max(top, float64(v)+bias[c])
	}
	target := float64(logits[label]) + bias[label] - top
	var sum float64
	for c, v := range logits {
		e := math.Exp(float64(v) + bias[c] - top)
		logits[c] = F(e)
		sum += e
	}
	for c := range logits {
		logits[c] = F(float64(logits[c]) / sum)
	}
	logits[label]--
	return math.Log(sum) - target
}

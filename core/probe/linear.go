package probe

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"

	"pushpull/core/kernel"
)

// LinearProbe fits multinomial logistic regression on frozen embeddings by L-BFGS: the minimum of
//
//	mean cross-entropy + L2/2 |weight|²
//
// over all rows at once, without penalty on the bias.
type LinearProbe struct {
	L2          float64 // >= 0; above 0 the minimum is unique even where classes can be separated
	Standardize bool    // scale columns to deviation 1 first, so that L2 weighs them alike
	Iterations  int     // at most; 0 means 300
}

// Linear is a linear classifier: logits = x Weightᵀ + Bias, of embeddings as they are (standardising is folded in).
type Linear struct {
	Weight     []float32 // [classes, d]
	Bias       []float32 // [classes]; sums to 0 where L2 > 0
	Objective  float64   // reached on the training rows, in nats
	Iterations int
}

// Fit trains on x [n, d] with labels [n]. Score the result on other rows than those. It is an error if there is no row,
// a label outside [0, classes) or a negative L2.
func (p LinearProbe) Fit(x []float32, labels []int32, d, classes int) (*Linear, error) {
	n := rowsOf("LinearProbe.Fit", x, d)
	if n == 0 {
		return nil, fmt.Errorf("linear probe: no training rows; it needs at least one labelled image")
	}
	if err := checkLabels("linear probe's training set", labels, n, classes); err != nil {
		return nil, err
	}
	if !(p.L2 >= 0) {
		return nil, fmt.Errorf("linear probe: L2 is %g; it must be 0 or more", p.L2)
	}
	if p.Iterations == 0 {
		p.Iterations = 300
	}
	mean, inverse := scaling(x, d)
	if !p.Standardize { // only centre: that leaves the minimum where it is, and a common offset would slow L-BFGS down
		for j := range inverse {
			inverse[j] = 1
		}
	}
	f := &crossEntropy{x: standardized(x, mean, inverse), labels: labels, d: d, classes: classes, l2: p.L2}
	result, err := optimize.Minimize(
		optimize.Problem{Func: f.value, Grad: f.grad},
		make([]float64, classes*(d+1)),
		&optimize.Settings{
			MajorIterations:   p.Iterations,
			GradientThreshold: 1e-6,
			Converger:         &optimize.FunctionConverge{Absolute: 1e-12, Relative: 1e-11, Iterations: 10},
		},
		&optimize.LBFGS{Store: 10},
	)
	switch {
	case result == nil:
		return nil, fmt.Errorf("linear probe: %w", err)
	case !(result.F < math.Inf(1)):
		return nil, fmt.Errorf("linear probe: embeddings hold NaN or Inf: the encoder diverged, train with a lower learning rate")
	}
	// A line search that finds no lower point has come to the rounding of float32: the best so far is the result.
	m := fold(result.X, mean, inverse, classes)
	m.Objective, m.Iterations = result.F, result.MajorIterations
	return m, nil
}

// Logits returns x Weightᵀ + Bias, [n, classes], of x [n, d].
func (m *Linear) Logits(x []float32) []float32 {
	classes := len(m.Bias)
	d := len(m.Weight) / classes
	n := rowsOf("Linear.Logits", x, d)
	logits := make([]float32, n*classes)
	kernel.Gemm(false, true, n, classes, d, 1, x, d, m.Weight, d, 0, logits, classes)
	kernel.AddBias(logits, m.Bias)
	return logits
}

// Predict returns the class with the highest logit for each row of x [n, d], of equals the lowest.
func (m *Linear) Predict(x []float32) []int32 {
	classes := len(m.Bias)
	logits := m.Logits(x)
	predicted := make([]int32, len(logits)/classes)
	for i := range predicted {
		row := logits[i*classes:][:classes]
		for c, v := range row {
			if v > row[predicted[i]] {
				predicted[i] = int32(c)
			}
		}
	}
	return predicted
}

// scaling returns the mean and the inverse standard deviation of each column of x [n, d]; 1 for a constant column.
func scaling(x []float32, d int) (mean, inverse []float64) {
	mean, inverse = columnMeans(x, d), make([]float64, d)
	for i := 0; i < len(x); i += d {
		for j, v := range x[i:][:d] {
			inverse[j] += (float64(v) - mean[j]) * (float64(v) - mean[j])
		}
	}
	for j, s := range inverse {
		std := math.Sqrt(s / float64(len(x)/d))
		if std <= 1e-6*math.Abs(mean[j]) { // constant up to rounding
			std = 1
		}
		inverse[j] = 1 / std
	}
	return mean, inverse
}

func standardized(x []float32, mean, inverse []float64) []float32 {
	y, d := make([]float32, len(x)), len(mean)
	for i := 0; i < len(x); i += d {
		for j, v := range x[i:][:d] {
			y[i+j] = float32((float64(v) - mean[j]) * inverse[j])
		}
	}
	return y
}

// fold returns the classifier of raw rows that equals theta, weights [classes, d] and biases [classes], on standardised
// ones. A shift of all biases changes no probability, so they are made to sum to 0.
func fold(theta, mean, inverse []float64, classes int) *Linear {
	d := len(mean)
	weight, bias := theta[:classes*d], slices.Clone(theta[classes*d:])
	m := &Linear{Weight: make([]float32, classes*d), Bias: make([]float32, classes)}
	for c := range bias {
		for j := range d {
			w := weight[c*d+j] * inverse[j]
			m.Weight[c*d+j] = float32(w)
			bias[c] -= w * mean[j]
		}
	}
	shift := total(bias) / float64(classes)
	for c, b := range bias {
		m.Bias[c] = float32(b - shift)
	}
	return m
}

// crossEntropy is the probe's objective. Products run in float32, sums over rows in float64.
type crossEntropy struct {
	x          []float32 // [n, d]
	labels     []int32
	d, classes int
	l2         float64

	at, gradient []float64 // the last point and the gradient there, both made by one pass
	loss         float64
	losses       []float64 // of the rows of a block
	weight       []float32 // [classes, d], then its gradient
	logits       []float32 // [block, classes], then their gradient
}

// value returns the objective at theta: weights [classes, d], then biases [classes].
func (f *crossEntropy) value(theta []float64) float64 {
	f.evaluate(theta)
	return f.loss
}

// grad writes the gradient at theta.
func (f *crossEntropy) grad(dst, theta []float64) {
	f.evaluate(theta)
	copy(dst, f.gradient)
}

func (f *crossEntropy) evaluate(theta []float64) {
	if slices.Equal(theta, f.at) {
		return
	}
	const block = 1024
	d, k, n := f.d, f.classes, len(f.labels)
	if f.at == nil {
		f.at, f.gradient = make([]float64, len(theta)), make([]float64, len(theta))
		f.losses, f.logits = make([]float64, block), make([]float32, block*k)
		f.weight = make([]float32, 2*k*d)
	}
	copy(f.at, theta)
	clear(f.gradient)
	f.loss = 0
	weight, part := f.weight[:k*d], f.weight[k*d:]
	for i := range weight {
		weight[i] = float32(theta[i])
	}
	bias, biasGradient := theta[k*d:], f.gradient[k*d:]
	for lo := 0; lo < n; lo += block {
		hi := min(lo+block, n)
		rows := hi - lo
		x, logits, losses := f.x[lo*d:hi*d], f.logits[:rows*k], f.losses[:rows]
		kernel.Gemm(false, true, rows, k, d, 1, x, d, weight, d, 0, logits, k)
		eachRow(lo, hi, func(i int) {
			losses[i-lo] = softmaxLoss(logits[(i-lo)*k:][:k], bias, int(f.labels[i]))
		})
		f.loss += total(losses)
		kernel.Gemm(true, false, k, d, rows, 1, logits, k, x, d, 0, part, d)
		for i, v := range part {
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
func softmaxLoss(logits []float32, bias []float64, label int) float64 {
	top := math.Inf(-1)
	for c, v := range logits {
		top = max(top, float64(v)+bias[c])
	}
	var sum float64
	target := float64(logits[label]) + bias[label] - top
	for c, v := range logits {
		e := math.Exp(float64(v) + bias[c] - top)
		logits[c] = float32(e)
		sum += e
	}
	for c := range logits {
		logits[c] = float32(float64(logits[c]) / sum)
	}
	logits[label]--
	return math.Log(sum) - target
}

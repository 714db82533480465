package probe

import (
	"fmt"
	"math"

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
}

// probeIterations is how many iterations of L-BFGS a fit takes at most.
const probeIterations = 300

// Linear is a linear classifier: logits = x Weightᵀ + Bias, of embeddings as they are (standardising is folded in).
type Linear struct {
	Weight     []float32 // [classes, d]
	Bias       []float32 // [classes]; sums to 0
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
	mean, inverse := scaling(x, d)
	if !p.Standardize { // only centre: that leaves the minimum where it is, and a common offset would slow L-BFGS down
		for j := range inverse {
			inverse[j] = 1
		}
	}
	var result *optimize.Result
	var err error
	if n*d*classes <= smallProbe {
		result, err = minimize(newCrossEntropy(x, mean, inverse, labels, classes, p.L2, gemm64))
	} else {
		result, err = minimize(newCrossEntropy(x, mean, inverse, labels, classes, p.L2, kernel.Gemm))
	}
	switch {
	case result == nil:
		return nil, fmt.Errorf("linear probe: %w", err)
	case !(result.F < math.Inf(1)):
		return nil, fmt.Errorf("linear probe: embeddings hold NaN or Inf: the encoder diverged, train with a lower learning rate")
	}
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

// minimize runs L-BFGS from 0. A line search that finds no lower point has come to the limit of rounding and ends it
// well.
func minimize[F float32 | float64](f *crossEntropy[F]) (*optimize.Result, error) {
	return optimize.Minimize(
		optimize.Problem{Func: f.value, Grad: f.grad},
		make([]float64, len(f.gradient)),
		&optimize.Settings{
			MajorIterations:   probeIterations,
			GradientThreshold: 1e-7,
			Converger:         &optimize.FunctionConverge{Absolute: 1e-13, Relative: 1e-11, Iterations: 10},
		},
		&optimize.LBFGS{Store: 10},
	)
}

// fold returns the classifier of raw rows that equals theta, weights [classes, d] and biases [classes], on standardised
// ones.
func fold(theta, mean, inverse []float64, classes int) *Linear {
	d := len(mean)
	m := &Linear{Weight: make([]float32, classes*d), Bias: make([]float32, classes)}
	for c, bias := range theta[classes*d:] {
		for j := range d {
			w := theta[c*d+j] * inverse[j]
			m.Weight[c*d+j] = float32(w)
			bias -= w * mean[j]
		}
		m.Bias[c] = float32(bias)
	}
	return m
}

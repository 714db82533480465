// Package probe judges embeddings: what can be read from them (nearest neighbours, linear probe, retrieval, clusters),
// how they use their space (spread, rank, uniformity) and how they look (projections to two or three dimensions).
//
// Every measure is a pure function of flat row-major matrices, x [n, d], and of labels [n]; it reads its arguments and
// keeps none. Results do not depend on the number of threads. Embeddings that hold NaN give NaN, or predictions no
// better than chance, never an endless loop. Lengths that do not fit together are the caller's mistake and panic; what
// a user can cause (too few rows, no labels, too large a perplexity) is an error.
package probe

import (
	"fmt"

	"pushpull/core/kernel"
)

// rowsOf returns n of x [n, d].
func rowsOf(name string, x []float32, d int) int {
	if d <= 0 || len(x)%d != 0 {
		panic(fmt.Sprintf("probe.%s: %d numbers are no rows of length %d", name, len(x), d))
	}
	return len(x) / d
}

// must panics with the mistake if ok is false.
func must(ok bool, mistake string) {
	if !ok {
		panic("probe." + mistake)
	}
}

// checkLabels returns an error unless there is one label in [0, classes) for each of n rows.
func checkLabels(what string, labels []int32, n, classes int) error {
	if len(labels) == 0 && n > 0 {
		return fmt.Errorf("%s has no labels: use a labelled data set", what)
	}
	must(len(labels) == n, what+": rows and labels differ in number")
	for i, c := range labels {
		if c < 0 || int(c) >= classes {
			return fmt.Errorf("%s: label %d of row %d is outside the %d classes", what, c, i, classes)
		}
	}
	return nil
}

// Unit returns a copy of x [n, d] with rows of length 1; rows of zeros stay.
func Unit(x []float32, d int) []float32 {
	y := make([]float32, len(x))
	kernel.NormalizeRows(y, make([]float32, len(x)/d), x, d, 1e-12)
	return y
}

// Accuracy returns the share of rows whose predicted class is their label, 0 if there are none.
func Accuracy(predicted, labels []int32) float64 {
	must(len(predicted) == len(labels), "Accuracy: predictions and labels differ in number")
	if len(labels) == 0 {
		return 0
	}
	right := 0
	for i, c := range labels {
		if predicted[i] == c {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

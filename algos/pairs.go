package algos

import (
	"math"

	"pushpull/core/probe"
	"pushpull/core/train"
)

// PairWeigher is implemented by objectives that compare all views of a batch with each other by a softmax of similarities.
type PairWeigher interface {
	// PairWeights tells how the last step's loss weighed the pairs of its projections z [2n, d], two views one after the
	// other, of images of the classes labels [n], which may be nil; c is what that step had. Without weights, it says why there
	// are none.
	PairWeights(c train.Config, z []float32, d int, labels []int32) (w PairWeights, why string)
}

// PairWeights tells what each pair of views counts in a loss.
type PairWeights struct {
	Temperature float32
	Softmax     []float32 // [2n, 2n], the share of column j in the denominator of row i; rows sum to 1
	Gradient    []float32 // [2n, 2n], symmetric, ∂L/∂cos of the pair: negative where it is pulled together
	ByClass     bool      // whether all images of a class are positives of each other
}

// softmaxOver returns the softmax of each row of cosines s [m, m] over τ, over the columns that in admits.
func softmaxOver(s []float32, tau float32, in func(i, j int) bool) []float32 {
	m := int(math.Sqrt(float64(len(s))))
	p := make([]float32, len(s))
	for i := range m {
		row, top, sum := p[i*m:][:m], float32(-1), 0.0
		for j := range row {
			if in(i, j) {
				top = max(top, s[i*m+j])
			}
		}
		for j := range row {
			if in(i, j) {
				e := math.Exp(float64(s[i*m+j]-top) / float64(tau))
				row[j], sum = float32(e), sum+e
			}
		}
		for j := range row {
			row[j] /= float32(max(sum, 1))
		}
	}
	return p
}

// weights returns the weights of a loss whose derivative by the similarity of row i to column j, before the division by
// τ, is scale·(p − target(i, j)).
func weights(p []float32, tau, scale float32, target func(i, j int) float32) PairWeights {
	m := int(math.Sqrt(float64(len(p))))
	w := PairWeights{Temperature: tau, Softmax: p, Gradient: make([]float32, len(p))}
	for i := range m {
		for j := range m {
			w.Gradient[i*m+j] = scale / tau * (p[i*m+j] - target(i, j) + p[j*m+i] - target(j, i))
		}
	}
	return w
}

// positive tells whether rows i and j are the two views of one of n images.
func positive(i, j, n int) bool { return i-j == n || j-i == n }

func targetView(n int) func(i, j int) float32 {
	return func(i, j int) float32 {
		if positive(i, j, n) {
			return 1
		}
		return 0
	}
}

// noNegatives says why a loss has no weights while its negatives or its normalisation are switched off.
func noNegatives(c train.Config) string {
	switch {
	case !c.Bool("negatives"):
		return "Negatives are off: only the two views of an image are compared, all pairs alike, so there are no weights."
	case !c.Bool("normalise"):
		return "Projections are not normalised: the loss compares inner products, not these cosines, so no weights are shown."
	}
	return ""
}

// PairWeights of NTXent: every other view is in the softmax.
func (a *SimCLR) PairWeights(c train.Config, z []float32, d int, _ []int32) (PairWeights, string) {
	if why := noNegatives(c); why != "" {
		return PairWeights{}, why
	}
	n, tau := len(z)/d/2, a.of(c)
	p := softmaxOver(probe.Cosines(z, d), tau, func(i, j int) bool { return i != j })
	return weights(p, tau, 1/float32(2*n), targetView(n)), ""
}

// PairWeights of InfoNCE: the views of the other kind are in the softmax.
func (a *InfoNCELoss) PairWeights(c train.Config, z []float32, d int, _ []int32) (PairWeights, string) {
	if why := noNegatives(c); why != "" {
		return PairWeights{}, why
	}
	if !c.Bool("symmetric") {
		return PairWeights{}, "Only first views look for second ones while symmetric is off; no weights are shown."
	}
	n, tau := len(z)/d/2, a.of(c)
	p := softmaxOver(probe.Cosines(z, d), tau, func(i, j int) bool { return (i < n) != (j < n) })
	return weights(p, tau, 1/float32(2*n), targetView(n)), ""
}

// PairWeights of DCL: all views of other images are in the softmax, the positive is not.
func (DecoupledLoss) PairWeights(c train.Config, z []float32, d int, _ []int32) (PairWeights, string) {
	n, tau := len(z)/d/2, c.Float("temperature")
	p := softmaxOver(probe.Cosines(z, d), tau, func(i, j int) bool { return i != j && !positive(i, j, n) })
	return weights(p, tau, 1/float32(2*n), targetView(n)), ""
}

// PairWeights of SupCon: every other view is in the softmax, and all views of the class are targets.
func (SupCon) PairWeights(c train.Config, z []float32, d int, labels []int32) (PairWeights, string) {
	n, tau := len(z)/d/2, c.Float("temperature")
	size := map[int32]int{}
	for _, l := range labels {
		size[l] += 2
	}
	p := softmaxOver(probe.Cosines(z, d), tau, func(i, j int) bool { return i != j })
	w := weights(p, tau, 1/float32(2*n), func(i, j int) float32 {
		if l := labels[i%n]; i != j && l == labels[j%n] {
			return 1 / float32(size[l]-1)
		}
		return 0
	})
	w.ByClass = true
	return w, ""
}

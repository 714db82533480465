package kernel

import "math"

// LayerNorm normalises each row of x [rows, d], where d = len(gamma), by its mean and biased variance:
//
//	y = gamma x̂ + beta,  x̂ = (x - mean)/sqrt(variance + eps)
//
// stats [rows, 2] gets each row's mean and 1/sqrt(variance + eps).
func LayerNorm(y, stats, x, gamma, beta []float32, eps float32) {
	const name = "LayerNorm"
	d := len(gamma)
	rows := rowsOf(name, x, d)
	must(len(y) == len(x) && len(beta) == d && len(stats) == 2*rows, name, "lengths differ")
	s := borrow()
	j := &s.layerNorm
	*j = layerNormJob{y: y, stats: stats, x: x, gamma: gamma, beta: beta, eps: eps}
	each(rows, rowGrain(d), Task{Obj: j}, func(t *Task, _, lo, hi int) {
		j := t.Obj.(*layerNormJob)
		d := len(j.gamma)
		use.layerNorm(j.y[lo*d:hi*d], j.stats[2*lo:2*hi], j.x[lo*d:hi*d], j.gamma, j.beta, j.eps)
	})
	*j = layerNormJob{}
	s.giveBack()
}

// LayerNormGrad adds the gradient with respect to x to dx, given dy [rows, d] and what LayerNorm left in stats:
//
//	dx += (e - Σ e/d - x̂ Σ(e x̂)/d)/sqrt(variance + eps),  e = gamma dy
//
// and sets dhat [rows, d] to dy x̂, whose column sums are the gradient of gamma. dx may be nil, when it is not wanted.
func LayerNormGrad(dx, dhat, x, dy, stats, gamma []float32) {
	const name = "LayerNormGrad"
	d := len(gamma)
	rows := rowsOf(name, x, d)
	must(len(dhat) == len(x) && len(dy) == len(x) && (dx == nil || len(dx) == len(x)) && len(stats) == 2*rows, name, "lengths differ")
	s := borrow()
	j := &s.layerNorm
	*j = layerNormJob{y: dhat, stats: stats, x: x, gamma: gamma, dx: dx, dy: dy}
	each(rows, rowGrain(d), Task{Obj: j}, func(t *Task, _, lo, hi int) {
		j := t.Obj.(*layerNormJob)
		d := len(j.gamma)
		dx := j.dx
		if dx != nil {
			dx = dx[lo*d : hi*d]
		}
		use.layerNormGrad(dx, j.y[lo*d:hi*d], j.x[lo*d:hi*d], j.dy[lo*d:hi*d], j.stats[2*lo:2*hi], j.gamma)
	})
	*j = layerNormJob{}
	s.giveBack()
}

// layerNormJob is what the ranges of a layer norm share.
type layerNormJob struct {
	y, stats, x, gamma, beta, dx, dy []float32
	eps                              float32
}

// rowNorm holds what a layer norm does to one row, in float32 but for the sums.
type rowNorm struct {
	squares func(x []float32, mean float32) float64                            // Σ (x-mean)²
	apply   func(y, x, gamma, beta []float32, mean, inv float32)               // y = (x-mean) inv gamma + beta
	sums    func(x, dy, gamma []float32, mean float32) (sum, along float64)    // Σ gamma dy and Σ gamma dy (x-mean)
	grad    func(dx, x, dy, gamma []float32, mean, inv, offset, slope float32) // dx += inv gamma dy + slope (x-mean) + offset
	hat     func(dhat, x, dy []float32, mean, inv float32)                     // dhat = dy (x-mean) inv
}

func (n *rowNorm) layerNorm(y, stats, x, gamma, beta []float32, eps float32) {
	d := len(gamma)
	for ; len(x) > 0; y, stats, x = y[d:], stats[2:], x[d:] {
		row := x[:d]
		mean := float32(use.sum(row) / float64(d))
		inv := float32(1 / math.Sqrt(n.squares(row, mean)/float64(d)+float64(eps)))
		stats[0], stats[1] = mean, inv
		n.apply(y[:d], row, gamma, beta, mean, inv)
	}
}

func (n *rowNorm) layerNormGrad(dx, dhat, x, dy, stats, gamma []float32) {
	d := len(gamma)
	for at := 0; at < len(x); at += d {
		row, drow, mean, inv := x[at:][:d], dy[at:][:d], stats[0], stats[1]
		stats = stats[2:]
		if dx != nil {
			sum, along := n.sums(row, drow, gamma, mean)
			offset := -float64(inv) * sum / float64(d)
			slope := -float64(inv) * float64(inv) * float64(inv) * along / float64(d)
			n.grad(dx[at:][:d], row, drow, gamma, mean, inv, float32(offset), float32(slope))
		}
		n.hat(dhat[at:][:d], row, drow, mean, inv)
	}
}

var plainRowNorm = rowNorm{rowSquares, rowApply, rowSums, rowGrad, rowHat}

func rowSquares(x []float32, mean float32) float64 {
	sum := 0.0
	for _, v := range x {
		d := v - mean
		sum += float64(d) * float64(d)
	}
	return sum
}

func rowApply(y, x, gamma, beta []float32, mean, inv float32) {
	for i, v := range x {
		y[i] = (v-mean)*inv*gamma[i] + beta[i]
	}
}

func rowSums(x, dy, gamma []float32, mean float32) (sum, along float64) {
	for i, v := range x {
		e := dy[i] * gamma[i]
		sum += float64(e)
		along += float64(e) * float64(v-mean)
	}
	return sum, along
}

func rowGrad(dx, x, dy, gamma []float32, mean, inv, offset, slope float32) {
	for i, v := range x {
		dx[i] += inv*(dy[i]*gamma[i]) + (slope*(v-mean) + offset)
	}
}

func rowHat(dhat, x, dy []float32, mean, inv float32) {
	for i, v := range x {
		dhat[i] = dy[i] * ((v - mean) * inv)
	}
}

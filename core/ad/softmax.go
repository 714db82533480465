package ad

import (
	"fmt"
	"math"

	"pushpull/core/kernel"
)

var negInf = float32(math.Inf(-1))

// Softmax returns e^xᵢ / Σ e^xⱼ over each row of x [..., d].
func (t *Tape) Softmax(x *Value) *Value {
	y := t.node(softmaxBack, x, nil, nil, x.Shape()...)
	kernel.SoftmaxRows(y.Data, x.Data, x.Cols())
	return y
}

// softmaxBack: dx = y·(dy − Σ dy·y).
func softmaxBack(y *Value) {
	dx := y.tape.Floats(y.Len())
	kernel.SoftmaxGradRows(dx, y.Data, y.Grad, y.Cols())
	kernel.Axpy(1, dx, y.in[0].want())
	y.tape.arena.Recycle(dx)
}

// LogSoftmax returns xᵢ − log Σ e^xⱼ over each row of x [..., d].
func (t *Tape) LogSoftmax(x *Value) *Value {
	y := t.node(logSoftmaxBack, x, nil, nil, x.Shape()...)
	kernel.LogSoftmaxRows(y.Data, x.Data, x.Cols())
	return y
}

// logSoftmaxBack: dx = dy − e^y·Σ dy.
func logSoftmaxBack(y *Value) {
	g, d := y.in[0].want(), y.Cols()
	p := y.tape.Floats(d)
	for i := range y.Rows() {
		kernel.Exp(p, y.Data[i*d:(i+1)*d])
		dy := y.Grad[i*d : (i+1)*d]
		s := kernel.Sum(dy)
		for j, v := range p {
			g[i*d+j] += dy[j] - v*s
		}
	}
	y.tape.arena.Recycle(p)
}

// LogSumExp returns log Σ e^xⱼ of each row: x [..., d] gives [rows]. A row of −∞ alone gives −∞ and no gradient.
func (t *Tape) LogSumExp(x *Value) *Value {
	y := t.node(logSumExpBack, x, nil, nil, x.Rows())
	kernel.LogSumExpRows(y.Data, x.Data, x.Cols())
	return y
}

// logSumExpBack: dx = softmax(x)·dy.
func logSumExpBack(y *Value) {
	x := y.in[0]
	g, d := x.want(), x.Cols()
	p := y.tape.Floats(x.Len())
	kernel.SoftmaxRows(p, x.Data, d)
	for i, v := range y.Data {
		if v != negInf {
			kernel.Axpy(y.Grad[i], p[i*d:(i+1)*d], g[i*d:(i+1)*d])
		}
	}
	y.tape.arena.Recycle(p)
}

// CrossEntropy returns the mean over rows of −log softmax(x)[target], for x [n, k] and one target a row. A row whose
// target is negative is left out of sum and divisor; where none is left the loss is 0.
func (t *Tape) CrossEntropy(x *Value, target []int32) *Value {
	return t.CrossEntropySmooth(x, target, 0)
}

// CrossEntropySmooth is CrossEntropy against (1−e)·onehot + e/k (label smoothing, Szegedy et al. 2016).
func (t *Tape) CrossEntropySmooth(x *Value, target []int32, e float32) *Value {
	d := x.Cols()
	if len(target) != x.Rows() {
		panic(fmt.Sprintf("ad.CrossEntropy: %d targets for %v", len(target), x.Shape()))
	}
	y := t.node(crossEntropyBack, x, nil, nil)
	logs := t.Floats(x.Len())
	kernel.LogSoftmaxRows(logs, x.Data, d)
	var total float64
	count := 0
	for i, k := range target {
		if k < 0 {
			continue
		}
		if int(k) >= d {
			panic(fmt.Sprintf("ad.CrossEntropy: target %d for %v", k, x.Shape()))
		}
		count++
		row := logs[i*d : (i+1)*d]
		total -= float64(1-e) * float64(row[k])
		if e != 0 {
			total -= float64(e) / float64(d) * float64(kernel.Sum(row))
		}
	}
	y.Data[0] = float32(total / float64(max(count, 1)))
	y.aux[0], y.idx, y.f[0], y.n[0] = logs, target, e, count
	return y
}

// crossEntropyBack: dx = (softmax(x) − target)/n.
func crossEntropyBack(y *Value) {
	x, e := y.in[0], y.f[0]
	g, d := x.want(), x.Cols()
	scale := y.Grad[0] / float32(y.n[0])
	p := y.aux[0]
	kernel.Exp(p, p) // their only use
	for i, k := range y.idx {
		if k < 0 {
			continue
		}
		dx := g[i*d : (i+1)*d]
		kernel.Axpy(scale, p[i*d:(i+1)*d], dx)
		dx[k] -= scale * (1 - e)
		if e != 0 {
			for j := range dx {
				dx[j] -= scale * e / float32(d)
			}
		}
	}
}

// SoftCrossEntropy returns the mean over rows of −Σ target·log softmax(x), for x and constants target [n, k].
func (t *Tape) SoftCrossEntropy(x *Value, target []float32) *Value {
	l := t.LogSoftmax(x)
	p := t.Input(target, x.Shape()...)
	return t.Scale(t.Sum(t.Mul(p, l)), -1/float32(x.Rows()))
}

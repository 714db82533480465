package ad

import (
	"fmt"
	"math"

	"pushpull/core/kernel"
)

// BatchNorm normalises each column of x [..., c] over all its rows, then scales by gamma [c] and shifts by beta [c]
// (Ioffe and Szegedy 2015); gamma and beta may be nil. On a training tape it uses the batch's mean and biased variance
// and moves the running ones [c] towards them, new = (1−momentum)·old + momentum·batch, with the unbiased variance;
// otherwise it uses the running ones. Where the running slices are nil the batch's serve always.
func (t *Tape) BatchNorm(x, gamma, beta *Value, runningMean, runningVar []float32, momentum, eps float32) *Value {
	return t.batchNorm(x, gamma, beta, nil, runningMean, runningVar, momentum, eps, false)
}

// BatchNormReLU is BatchNorm, then ReLU, in one pass over memory.
func (t *Tape) BatchNormReLU(x, gamma, beta *Value, runningMean, runningVar []float32, momentum, eps float32) *Value {
	return t.batchNorm(x, gamma, beta, nil, runningMean, runningVar, momentum, eps, true)
}

// BatchNormAddReLU is BatchNorm, then the sum with skip, of x's shape, then ReLU: the end of a residual block, in one pass
// over memory.
func (t *Tape) BatchNormAddReLU(x, gamma, beta, skip *Value, runningMean, runningVar []float32, momentum, eps float32) *Value {
	mustMatch("BatchNormAddReLU", x, skip)
	return t.batchNorm(x, gamma, beta, skip, runningMean, runningVar, momentum, eps, true)
}

func (t *Tape) batchNorm(x, gamma, beta, skip *Value, runningMean, runningVar []float32, momentum, eps float32, relu bool) *Value {
	c := x.Cols()
	if gamma != nil && gamma.Len() != c || beta != nil && beta.Len() != c {
		panic(fmt.Sprintf("ad.BatchNorm: %v with scale [%d] and shift [%d]", x.Shape(), len(data(gamma)), len(data(beta))))
	}
	y := t.value(x.Shape())
	y.Data = t.arena.Floats(y.Len())
	t.link(y, batchNormBack, x, gamma, beta, skip)
	mean, variance := runningMean, runningVar
	batch := t.Training || runningMean == nil
	if batch {
		if x.stats != nil {
			mean, variance = x.stats[:c], x.stats[c:]
		} else {
			mean, variance = t.Floats(c), t.Floats(c)
			kernel.BatchNormStats(mean, variance, x.Data)
		}
		if runningMean != nil {
			rows := float32(x.Rows())
			unbias := rows / max(rows-1, 1)
			for i, m := range mean {
				runningMean[i] += momentum * (m - runningMean[i])
				runningVar[i] += momentum * (unbias*variance[i] - runningVar[i])
			}
		}
	}
	y.aux[0], y.aux[1], y.f[0], y.n[0], y.n[1] = mean, variance, eps, flag(batch), flag(relu)
	batchNormOf(y).Apply(y.Data, x.Data)
	return y
}

func batchNormOf(y *Value) kernel.BatchNorm {
	return kernel.BatchNorm{Mean: y.aux[0], Variance: y.aux[1], Gamma: data(y.in[1]), Beta: data(y.in[2]), Skip: data(y.in[3]),
		Eps: y.f[0], ReLU: y.n[1] == 1}
}

func batchNormBack(y *Value) {
	x, gamma, beta := y.in[0], y.in[1], y.in[2]
	mean, variance, eps := y.aux[0], y.aux[1], y.f[0]
	dgamma, dbeta := gamma.want(), beta.want()
	dy := y.Grad
	if y.n[1] == 1 && y.keep { // the ReLU cuts dy, which stays readable
		dy = y.tape.Floats(len(dy))
		kernel.Copy(dy, y.Grad)
	}
	if y.n[0] == 1 {
		dx, add := x.claim()
		batchNormOf(y).Grad(dx, dgamma, dbeta, y.Data, x.Data, dy, add)
		y.handOn(y.in[3], dy)
		return
	}
	if y.n[1] == 1 {
		kernel.ReLUMask(dy, y.Data)
	}
	dx, c := x.want(), x.Cols()
	for i, d := range dy {
		j := i % c
		inv := float32(1 / math.Sqrt(float64(variance[j]+eps)))
		if dgamma != nil {
			dgamma[j] += d * (x.Data[i] - mean[j]) * inv
		}
		if dbeta != nil {
			dbeta[j] += d
		}
		if dx != nil {
			if gamma != nil {
				d *= gamma.Data[j]
			}
			dx[i] += d * inv
		}
	}
	y.handOn(y.in[3], dy)
}

func data(v *Value) []float32 {
	if v == nil {
		return nil
	}
	return v.Data
}

// LayerNorm normalises each row of x [..., d] by its mean and biased variance, then scales by gamma [d] and shifts by
// beta [d] (Ba, Kiros and Hinton 2016).
func (t *Tape) LayerNorm(x, gamma, beta *Value, eps float32) *Value {
	if gamma.Len() != x.Cols() || beta.Len() != x.Cols() {
		panic(fmt.Sprintf("ad.LayerNorm: %v with scale %v and shift %v", x.Shape(), gamma.Shape(), beta.Shape()))
	}
	y := t.node(layerNormBack, x, gamma, beta, x.Shape()...)
	y.aux[0] = t.Floats(2 * x.Rows()) // mean and 1/deviation of each row
	kernel.LayerNorm(y.Data, y.aux[0], x.Data, gamma.Data, beta.Data, eps)
	return y
}

func layerNormBack(y *Value) {
	x, gamma, beta := y.in[0], y.in[1], y.in[2]
	dhat := y.tape.Floats(y.Len()) // dy x̂
	kernel.LayerNormGrad(x.want(), dhat, x.Data, y.Grad, y.aux[0], gamma.Data)
	if d := gamma.want(); d != nil {
		kernel.SumRows(d, dhat)
	}
	if d := beta.want(); d != nil {
		kernel.SumRows(d, y.Grad)
	}
	y.tape.arena.Recycle(dhat)
}

// GroupNorm normalises each image's channels in groups: x [n, h, w, c], gamma and beta [c] (Wu and He 2018).
func (t *Tape) GroupNorm(x, gamma, beta *Value, groups int, eps float32) *Value {
	if x.rank != 4 || x.dims[3]%groups != 0 || gamma.Len() != x.dims[3] || beta.Len() != x.dims[3] {
		panic(fmt.Sprintf("ad.GroupNorm: %v in %d groups with scale %v and shift %v", x.Shape(), groups, gamma.Shape(), beta.Shape()))
	}
	return t.groupNorm(x, gamma, beta, x.dims[0], x.dims[1]*x.dims[2], groups, eps)
}

// groupNorm sees x as [n, pixels, groups, width] and normalises over pixels and width.
func (t *Tape) groupNorm(x, gamma, beta *Value, n, pixels, groups int, eps float32) *Value {
	y := t.node(groupNormBack, x, gamma, beta, x.Shape()...)
	y.aux[0] = t.Floats(2 * n * groups) // mean and 1/deviation of each group
	y.n[0], y.n[1], y.n[2], y.f[0] = n, pixels, groups, eps
	kernel.Split(n*groups, groupGrain(y), kernel.Task{Obj: y}, func(t *kernel.Task, _, lo, hi int) {
		y := t.Obj.(*Value)
		x, gamma, beta := y.in[0].Data, y.in[1].Data, y.in[2].Data
		for at := lo; at < hi; at++ {
			first, column, width, stride := y.group(at)
			var sum, squares float64
			count := float64(y.n[1] * width)
			for p := range y.n[1] {
				for _, v := range x[first+p*stride:][:width] {
					sum += float64(v)
				}
			}
			mean := sum / count
			for p := range y.n[1] {
				for _, v := range x[first+p*stride:][:width] {
					squares += (float64(v) - mean) * (float64(v) - mean)
				}
			}
			m, inv := float32(mean), float32(1/math.Sqrt(squares/count+float64(y.f[0])))
			y.aux[0][2*at], y.aux[0][2*at+1] = m, inv
			g, b := gamma[column:column+width], beta[column:column+width]
			for p := range y.n[1] {
				to := y.Data[first+p*stride:][:width]
				for j, v := range x[first+p*stride:][:width] {
					to[j] = (v-m)*inv*g[j] + b[j]
				}
			}
		}
	})
	return y
}

// group tells where group at of a group-norm begins, in y and among its columns, how wide it is, and how far apart its
// pixels are.
func (y *Value) group(at int) (first, column, width, stride int) {
	stride = y.Cols()
	groups := y.n[2]
	width = stride / groups
	column = at % groups * width
	return at/groups*y.n[1]*stride + column, column, width, stride
}

// groupGrain is the number of groups in a range of a parallel loop.
func groupGrain(y *Value) int { return max(1, 4096*y.n[2]/(y.n[1]*y.Cols())) }

// groupNormBack: with x̂ = (x−μ)/σ and e = dy·γ, dx = (e − mean(e) − x̂·mean(e·x̂))/σ over each group.
func groupNormBack(y *Value) {
	x, gamma, beta := y.in[0], y.in[1], y.in[2]
	hats := y.tape.Floats(y.Len()) // x̂, then dy·x̂
	y.aux[1] = hats
	x.want()
	kernel.Split(y.n[0]*y.n[2], groupGrain(y), kernel.Task{Obj: y}, func(t *kernel.Task, _, lo, hi int) {
		y := t.Obj.(*Value)
		x, gamma := y.in[0], y.in[1].Data
		for at := lo; at < hi; at++ {
			first, column, width, stride := y.group(at)
			m, inv, g := y.aux[0][2*at], y.aux[0][2*at+1], gamma[column:column+width]
			var sum, along float64
			for p := range y.n[1] {
				from := first + p*stride
				hat, dy := y.aux[1][from:from+width], y.Grad[from:from+width]
				for j, v := range x.Data[from : from+width] {
					h := (v - m) * inv
					e := float64(dy[j] * g[j])
					hat[j] = h
					sum += e
					along += e * float64(h)
				}
			}
			count := float64(y.n[1] * width)
			m, s := float32(sum/count), float32(along/count)
			for p := range y.n[1] {
				from := first + p*stride
				hat, dy := y.aux[1][from:from+width], y.Grad[from:from+width]
				if x.needs {
					dx := x.Grad[from : from+width]
					for j, h := range hat {
						dx[j] += (dy[j]*g[j] - m - h*s) * inv
					}
				}
				for j, d := range dy {
					hat[j] *= d
				}
			}
		}
	})
	if d := gamma.want(); d != nil {
		kernel.SumRows(d, hats)
	}
	if d := beta.want(); d != nil {
		kernel.SumRows(d, y.Grad)
	}
	y.tape.arena.Recycle(hats)
}

package kernel

import "math"

// The functions of the package as their definitions say, in float64: slow, short, and sharing nothing with the fast code.

func gemmRef(transA, transB bool, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	for i := range m {
		for j := range n {
			s := 0.0
			for p := range k {
				x, y := i*lda+p, p*ldb+j
				if transA {
					x = p*lda + i
				}
				if transB {
					y = j*ldb + p
				}
				s += a[x] * b[y]
			}
			old := 0.0
			if beta != 0 {
				old = beta * c[i*ldc+j]
			}
			c[i*ldc+j] = alpha*s + old
		}
	}
}

// convRef calls f for each pair of an input pixel and an output position that see each other: indexes into x, w and y.
func convRef(g Conv, f func(x, w, y int)) {
	for n := range g.N {
		for oy := range g.OutH() {
			for ox := range g.OutW() {
				for ky := range g.KH {
					for kx := range g.KW {
						iy, ix := oy*g.Stride-g.Pad+ky, ox*g.Stride-g.Pad+kx
						if iy < 0 || iy >= g.H || ix < 0 || ix >= g.W {
							continue
						}
						for c := range g.C {
							for o := range g.Out {
								f(((n*g.H+iy)*g.W+ix)*g.C+c, ((ky*g.KW+kx)*g.C+c)*g.Out+o, ((n*g.OutH()+oy)*g.OutW()+ox)*g.Out+o)
							}
						}
					}
				}
			}
		}
	}
}

// batchNormRef returns mean, variance and normalised x.
func batchNormRef(x []float64, c int, eps float64) (mean, variance, hat []float64) {
	rows := len(x) / c
	mean, variance, hat = make([]float64, c), make([]float64, c), make([]float64, len(x))
	for i, v := range x {
		mean[i%c] += v / float64(rows)
	}
	for i, v := range x {
		variance[i%c] += (v - mean[i%c]) * (v - mean[i%c]) / float64(rows)
	}
	for i, v := range x {
		hat[i] = (v - mean[i%c]) / math.Sqrt(variance[i%c]+eps)
	}
	return mean, variance, hat
}

func batchNormGradRef(dx, dgamma, dbeta, x, dy, gamma []float64, c int, eps float64) {
	rows := float64(len(x) / c)
	_, variance, hat := batchNormRef(x, c, eps)
	sum, sumX := make([]float64, c), make([]float64, c)
	for i, g := range dy {
		sum[i%c] += g
		sumX[i%c] += g * hat[i]
	}
	for j := range c {
		dgamma[j] += sumX[j]
		dbeta[j] += sum[j]
	}
	for i, g := range dy {
		j := i % c
		dx[i] += gamma[j] / math.Sqrt(variance[j]+eps) * (g - sum[j]/rows - hat[i]*sumX[j]/rows)
	}
}

func softmaxRef(y, x []float64, d int) {
	for at := 0; at < len(x); at += d {
		lse := logSumExpRef(x[at : at+d])
		for j := range d {
			y[at+j] = math.Exp(x[at+j] - lse)
		}
	}
}

func logSumExpRef(x []float64) float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = math.Max(top, v)
	}
	s := 0.0
	for _, v := range x {
		s += math.Exp(v - top)
	}
	return top + math.Log(s)
}

// attentionRef returns p, y and the gradient of qkv, given that of y.
func attentionRef(a Attention, qkv, dy []float64) (p, y, dqkv []float64) {
	l, width := a.Length, a.D/a.Heads
	p, y, dqkv = make([]float64, a.N*a.Heads*l*l), make([]float64, len(dy)), make([]float64, len(qkv))
	for i := range a.N * a.Heads {
		at := func(position, which, j int) int { // of the query (0), key (1) or value (2)
			return (i/a.Heads*l+position)*3*a.D + which*a.D + i%a.Heads*width + j
		}
		out := func(position, j int) int { return (i/a.Heads*l+position)*a.D + i%a.Heads*width + j }
		for t := range l {
			sees := l
			if a.Causal {
				sees = t + 1
			}
			scores, row, ds := make([]float64, sees), p[(i*l+t)*l:][:sees], make([]float64, sees)
			for u := range sees {
				for j := range width {
					scores[u] += qkv[at(t, 0, j)] * qkv[at(u, 1, j)] / math.Sqrt(float64(width))
				}
			}
			softmaxRef(row, scores, sees)
			along := 0.0
			for u := range sees {
				for j := range width {
					y[out(t, j)] += row[u] * qkv[at(u, 2, j)]
					dqkv[at(u, 2, j)] += row[u] * dy[out(t, j)]
					ds[u] += dy[out(t, j)] * qkv[at(u, 2, j)]
				}
				along += row[u] * ds[u]
			}
			for u := range sees {
				e := row[u] * (ds[u] - along) / math.Sqrt(float64(width))
				for j := range width {
					dqkv[at(t, 0, j)] += e * qkv[at(u, 1, j)]
					dqkv[at(u, 1, j)] += e * qkv[at(t, 0, j)]
				}
			}
		}
	}
	return p, y, dqkv
}

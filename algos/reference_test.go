package algos

import "math"

// Plain float64 arithmetic for the definitions of losses, shared with nothing that they judge.

// rows64 cuts x into rows of length d.
func rows64(x []float64, d int) [][]float64 {
	var rows [][]float64
	for i := 0; i < len(x); i += d {
		rows = append(rows, x[i:i+d])
	}
	return rows
}

// unit64 returns the rows of x, d long, scaled to length 1.
func unit64(x []float64, d int) [][]float64 {
	var rows [][]float64
	for _, r := range rows64(x, d) {
		length := math.Sqrt(dot64(r, r))
		u := make([]float64, d)
		for j, v := range r {
			u[j] = v / length
		}
		rows = append(rows, u)
	}
	return rows
}

func dot64(a, b []float64) float64 {
	s := 0.0
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func cosine64(a, b []float64) float64 {
	return dot64(a, b) / math.Sqrt(dot64(a, a)*dot64(b, b))
}

// softmax64 returns e^x over its sum.
func softmax64(x []float64) []float64 {
	total := math.Exp(logSumExp64(x))
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = math.Exp(v) / total
	}
	return p
}

// logSumExp64 is exact enough for the small numbers of tests only where they stay below 700.
func logSumExp64(x []float64) float64 {
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

// wide returns a copy of x as float64.
func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// columns64 returns the columns of x, whose rows have length d.
func columns64(x []float64, d int) [][]float64 {
	columns := make([][]float64, d)
	for i, v := range x {
		columns[i%d] = append(columns[i%d], v)
	}
	return columns
}

// moments64 returns the mean and the biased variance of x.
func moments64(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, variance
}

// covariance64 returns element i, j of the covariance of columns a and b, with divisor n−1.
func covariance64(a, b []float64) float64 {
	ma, _ := moments64(a)
	mb, _ := moments64(b)
	c := 0.0
	for k := range a {
		c += (a[k] - ma) * (b[k] - mb) / float64(len(a)-1)
	}
	return c
}

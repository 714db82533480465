package probe

func total(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v
	}
	return s
}

// columnMeans returns the mean of each column of x [n, d], zeros if n is 0.
func columnMeans(x []float32, d int) []float64 {
	mean := make([]float64, d)
	if len(x) == 0 {
		return mean
	}
	for i := 0; i < len(x); i += d {
		for j, v := range x[i:][:d] {
			mean[j] += float64(v)
		}
	}
	for j := range mean {
		mean[j] /= float64(len(x) / d)
	}
	return mean
}

// center writes x [n, d] with mean [d] subtracted from each row to dst.
func center(dst, x []float32, mean []float64) {
	d := len(mean)
	for i := 0; i < len(x); i += d {
		for j, v := range x[i:][:d] {
			dst[i+j] = float32(float64(v) - mean[j])
		}
	}
}

// moment returns Σ (x-mean(x))ᵀ (y-mean(y)) [dx, dy] over the rows of x [n, dx] and y [n, dy], given their column
// means. It is in float64: singular values far below the largest one would drown in the rounding of float32.
func moment(x []float32, xMean []float64, y []float32, yMean []float64) []float64 {
	dx, dy := len(xMean), len(yMean)
	n := len(x) / dx
	same := n > 0 && dx == dy && &x[0] == &y[0]
	a := make([]float64, (dx+dx%2)*panel) // a column of zeros makes an odd number even
	b := a
	if !same {
		b = make([]float64, (dy+dy%2)*panel)
	}
	sum := make([]float64, dx*dy)
	for lo := 0; lo < n; lo += panel {
		hi := min(lo+panel, n)
		columns(a, x[lo*dx:hi*dx], xMean)
		if !same {
			columns(b, y[lo*dy:hi*dy], yMean)
		}
		eachRow(0, (dx+1)/2, func(pair int) {
			i, first := 2*pair, 0
			if same {
				first = i // the rest is its mirror image
			}
			for j := first; j < dy; j += 2 {
				s00, s01, s10, s11 := dot4(a[i*panel:][:2*panel], b[j*panel:][:2*panel])
				sum[i*dy+j] += s00
				if j+1 < dy {
					sum[i*dy+j+1] += s01
				}
				if i+1 < dx {
					sum[(i+1)*dy+j] += s10
					if j+1 < dy {
						sum[(i+1)*dy+j+1] += s11
					}
				}
			}
		})
	}
	if same {
		for i := range dx {
			for j := range i {
				sum[i*dx+j] = sum[j*dx+i]
			}
		}
	}
	return sum
}

// panel is the number of rows turned into columns at a time.
const panel = 256

// columns writes the rows of x minus mean to dst, one column after the other, each filled up with zeros to panel
// numbers.
func columns(dst []float64, x []float32, mean []float64) {
	d := len(mean)
	for j, m := range mean {
		column := dst[j*panel:][:panel]
		clear(column[len(x)/d:])
		for i := range len(x) / d {
			column[i] = float64(x[i*d+j]) - m
		}
	}
}

// dot4 returns the inner products of the two columns of a with the two of b.
func dot4(a, b []float64) (s00, s01, s10, s11 float64) {
	a0, a1, b0, b1 := a[:panel], a[panel:][:panel], b[:panel], b[panel:][:panel]
	for i, v := range a0 {
		w, p, q := a1[i], b0[i], b1[i]
		s00 += v * p
		s01 += v * q
		s10 += w * p
		s11 += w * q
	}
	return
}

package kernel

// The assembly for arm64. What a routine says of a product and a sum, x y + z, it rounds once; where it sums up, the order
// is its own. Lengths agree.

// tileRows8x8NEON is a micro-kernel: see tile. Its A has rows.
//
//go:noescape
func tileRows8x8NEON(t *tile)

// tileRows8x4NEON is the narrow form of tileRows8x8NEON.
//
//go:noescape
func tileRows8x4NEON(t *tile)

// tileColumns8x8NEON is a micro-kernel: see tile. Its A has columns.
//
//go:noescape
func tileColumns8x8NEON(t *tile)

// tileColumns8x4NEON is the narrow form of tileColumns8x8NEON.
//
//go:noescape
func tileColumns8x4NEON(t *tile)

// copyRows8 copies rows of 8 numbers:
//
//	for i := range rows {
//		copy(dst[i*width:][:8], src[i*ld:])
//	}
//
//go:noescape
func copyRows8(dst []float32, width int, src []float32, ld, rows int)

// transpose4 copies x [4, cols] to y [cols, 4]; cols is a multiple of 4:
//
//	for j := range cols {
//		for i := range 4 {
//			y[j*ldy+i] = x[i*ldx+j]
//		}
//	}
//
//go:noescape
func transpose4(y []float32, ldy int, x []float32, ldx, cols int)

// scaleNEON scales x:
//
//	for i := range x {
//		x[i] *= alpha
//	}
//
//go:noescape
func scaleNEON(alpha float32, x []float32)

// axpyNEON adds a multiple of x to y:
//
//	for i, v := range x {
//		y[i] += alpha * v
//	}
//
//go:noescape
func axpyNEON(alpha float32, x, y []float32)

// mulNEON multiplies x and y:
//
//	for i, v := range x {
//		dst[i] = v * y[i]
//	}
//
//go:noescape
func mulNEON(dst, x, y []float32)

// mulAddNEON adds the product of x and y to dst:
//
//	for i, v := range x {
//		dst[i] += v * y[i]
//	}
//
//go:noescape
func mulAddNEON(dst, x, y []float32)

// lerpNEON moves dst towards src; rest src is rounded first:
//
//	for i, v := range src {
//		dst[i] = m*dst[i] + rest*v
//	}
//
//go:noescape
func lerpNEON(dst, src []float32, m, rest float32)

// reluNEON cuts x off at 0:
//
//	for i, v := range x {
//		y[i] = max(v, 0)
//	}
//
//go:noescape
func reluNEON(y, x []float32)

// reluGradNEON adds dy where y is positive:
//
//	for i, v := range y {
//		if v > 0 {
//			dx[i] += dy[i]
//		}
//	}
//
//go:noescape
func reluGradNEON(dx, y, dy []float32)

// reluMaskNEON keeps dy where y is positive:
//
//	for i, v := range y {
//		if !(v > 0) {
//			dy[i] = 0
//		}
//	}
//
//go:noescape
func reluMaskNEON(dy, y []float32)

// expNEON is exp of each element:
//
//	for i, v := range x {
//		dst[i] = exp(v)
//	}
//
//go:noescape
func expNEON(dst, x []float32)

// expSumNEON returns the sum of what it puts into y:
//
//	for i, v := range x {
//		y[i] = exp(v - shift)
//		sum += float64(y[i])
//	}
//
//go:noescape
func expSumNEON(y, x []float32, shift float32) float64

// maxNEON returns the largest number of x, which is not empty:
//
//	top := x[0]
//	for _, v := range x {
//		top = max(top, v)
//	}
//
//go:noescape
func maxNEON(x []float32) float32

// sumNEON returns the sum of x:
//
//	for _, v := range x {
//		sum += float64(v)
//	}
//
//go:noescape
func sumNEON(x []float32) float64

// dotNEON returns the inner product of x and y:
//
//	for i, v := range x {
//		sum += float64(v) * float64(y[i])
//	}
//
//go:noescape
func dotNEON(x, y []float32) float64

// addBiasNEON adds b to each row of y [rows, len(b)]:
//
//	for i := range y {
//		y[i] += b[i%len(b)]
//	}
//
//go:noescape
func addBiasNEON(y, b []float32)

// sumRowsNEON sums the rows of x [rows, len(sum)], of which there is one at least, each in turn:
//
//	clear(sum)
//	for i, v := range x {
//		sum[i%len(sum)] += v
//	}
//
//go:noescape
func sumRowsNEON(sum, x []float32)

// sumDeviationsNEON is sumRowsNEON of x less from:
//
//	clear(sum)
//	for i, v := range x {
//		sum[i%len(sum)] += v - from[i%len(sum)]
//	}
//
//go:noescape
func sumDeviationsNEON(sum, x, from []float32)

// sumSquaresNEON is sumRowsNEON of the square of x less from:
//
//	clear(sum)
//	for i, v := range x {
//		d := v - from[i%len(sum)]
//		sum[i%len(sum)] += d * d
//	}
//
//go:noescape
func sumSquaresNEON(sum, x, from []float32)

// affineNEON maps the columns of x [rows, len(mean)]:
//
//	for i, v := range x {
//		j := i % len(mean)
//		y[i] = max((v-mean[j])*scale[j] + shift[j], floor)
//	}
//
//go:noescape
func affineNEON(y, x, mean, scale, shift []float32, floor float32)

// affineMaskNEON keeps dy where what affineNEON makes of x [rows, len(mean)] is positive:
//
//	for i, v := range x {
//		j := i % len(mean)
//		if !((v-mean[j])*scale[j]+shift[j] > 0) {
//			dy[i] = 0
//		}
//	}
//
//go:noescape
func affineMaskNEON(dy, x, mean, scale, shift []float32)

// gradSumsNEON sums rows of dy and of their products with x [rows, len(mean)], of which there is one at least, each in turn:
//
//	clear(sum)
//	clear(sumX)
//	for i, v := range x {
//		j := i % len(mean)
//		sum[j] += dy[i]
//		sumX[j] += dy[i] * (v - mean[j])
//	}
//
//go:noescape
func gradSumsNEON(sum, sumX, x, dy, mean []float32)

// gradAffineNEON computes a linear function of dy and x [rows, len(mean)]:
//
//	for i, v := range x {
//		j := i % len(mean)
//		dx[i] = scale[j]*dy[i] + (slope[j]*(v-mean[j]) + offset[j])
//	}
//
//go:noescape
func gradAffineNEON(dx, x, dy, mean, scale, slope, offset []float32)

// adamNEON is the step of Adam:
//
//	for i, x := range w {
//		d := f[4]*x + g[i]
//		m[i] = f[1]*d + f[0]*m[i]
//		v[i] = f[3]*(d*d) + f[2]*v[i]
//		w[i] = f[5]*x - f[6]*m[i]/(sqrt(v[i])*f[7]+f[8])
//	}
//
//go:noescape
func adamNEON(w, g, m, v []float32, f *adam)

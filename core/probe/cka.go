package probe

import "math"

// CKA returns the linear centred kernel alignment of x [n, dx] and y [n, dy], two embeddings of the same n images
// (Kornblith et al. 2019): |Xᵀ Y|² / (|Xᵀ X| |Yᵀ Y|), Frobenius norms, columns centred. 1 where one is a rotation,
// scaling and shift of the other, 0 where they are uncorrelated or one is constant.
func CKA(x []float32, dx int, y []float32, dy int) float64 {
	n := rowsOf("CKA", x, dx)
	must(rowsOf("CKA", y, dy) == n, "CKA: x and y differ in rows")
	mx, my := columnMeans(x, dx), columnMeans(y, dy)
	xy := sumSquares(moment(x, mx, y, my))
	xx := sumSquares(moment(x, mx, x, mx))
	yy := sumSquares(moment(y, my, y, my))
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx) / math.Sqrt(yy)
}

func sumSquares(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v * v
	}
	return s
}

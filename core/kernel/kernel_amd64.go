package kernel

// The assembly that amd64 generates. Each routine does what the Go function of its name, or the comment of its field in
// routines, says; the micro-kernels do what tile says.

//go:noescape
func tileRows6x16AVX2(t *tile)

//go:noescape
func tileRows6x8AVX2(t *tile)

//go:noescape
func tileColumns6x16AVX2(t *tile)

//go:noescape
func tileColumns6x8AVX2(t *tile)

//go:noescape
func tileRows12x32AVX512(t *tile)

//go:noescape
func tileRows12x16AVX512(t *tile)

//go:noescape
func tileColumns12x32AVX512(t *tile)

//go:noescape
func tileColumns12x16AVX512(t *tile)

//go:noescape
func scaleAVX2(alpha float32, x []float32)

//go:noescape
func axpyAVX2(alpha float32, x, y []float32)

//go:noescape
func mulAVX2(dst, x, y []float32)

//go:noescape
func mulAddAVX2(dst, x, y []float32)

//go:noescape
func lerpAVX2(dst, src []float32, m, rest float32)

//go:noescape
func reluAVX2(y, x []float32)

//go:noescape
func reluGradAVX2(dx, y, dy []float32)

//go:noescape
func reluMaskAVX2(dy, y []float32)

//go:noescape
func expAVX2(dst, x []float32)

//go:noescape
func expSumAVX2(y, x []float32, shift float32) float64

//go:noescape
func maxAVX2(x []float32) float32

//go:noescape
func sumAVX2(x []float32) float64

//go:noescape
func dotAVX2(x, y []float32) float64

//go:noescape
func addBiasAVX2(y, b []float32)

//go:noescape
func sumRowsAVX2(sum, x []float32)

//go:noescape
func columnMomentsAVX2(mean, m2, x []float32)

//go:noescape
func affineAVX2(y, x, mean, scale, shift []float32, floor float32)

//go:noescape
func affineMaskAVX2(dy, x, mean, scale, shift []float32)

//go:noescape
func gradSumsAVX2(sum, sumX, x, dy, mean []float32)

//go:noescape
func gradAffineAVX2(dx, x, dy, mean, scale, slope, offset []float32)

//go:noescape
func scaleClampAVX2(x []float32, f, m float32)

//go:noescape
func rowSquaresAVX2(x []float32, mean float32) float64

//go:noescape
func rowApplyAVX2(y, x, gamma, beta []float32, mean, inv float32)

//go:noescape
func rowSumsAVX2(x, dy, gamma []float32, mean float32) (sum, along float64)

//go:noescape
func rowGradAVX2(dx, x, dy, gamma []float32, mean, inv, offset, slope float32)

//go:noescape
func rowHatAVX2(dhat, x, dy []float32, mean, inv float32)

//go:noescape
func adamAVX2(w, g, m, v []float32, f *adam)

//go:noescape
func scaleAVX512(alpha float32, x []float32)

//go:noescape
func axpyAVX512(alpha float32, x, y []float32)

//go:noescape
func mulAVX512(dst, x, y []float32)

//go:noescape
func mulAddAVX512(dst, x, y []float32)

//go:noescape
func lerpAVX512(dst, src []float32, m, rest float32)

//go:noescape
func reluAVX512(y, x []float32)

//go:noescape
func reluGradAVX512(dx, y, dy []float32)

//go:noescape
func reluMaskAVX512(dy, y []float32)

//go:noescape
func expAVX512(dst, x []float32)

//go:noescape
func expSumAVX512(y, x []float32, shift float32) float64

//go:noescape
func maxAVX512(x []float32) float32

//go:noescape
func sumAVX512(x []float32) float64

//go:noescape
func dotAVX512(x, y []float32) float64

//go:noescape
func addBiasAVX512(y, b []float32)

//go:noescape
func sumRowsAVX512(sum, x []float32)

//go:noescape
func columnMomentsAVX512(mean, m2, x []float32)

//go:noescape
func affineAVX512(y, x, mean, scale, shift []float32, floor float32)

//go:noescape
func affineMaskAVX512(dy, x, mean, scale, shift []float32)

//go:noescape
func gradSumsAVX512(sum, sumX, x, dy, mean []float32)

//go:noescape
func gradAffineAVX512(dx, x, dy, mean, scale, slope, offset []float32)

//go:noescape
func scaleClampAVX512(x []float32, f, m float32)

//go:noescape
func rowSquaresAVX512(x []float32, mean float32) float64

//go:noescape
func rowApplyAVX512(y, x, gamma, beta []float32, mean, inv float32)

//go:noescape
func rowSumsAVX512(x, dy, gamma []float32, mean float32) (sum, along float64)

//go:noescape
func rowGradAVX512(dx, x, dy, gamma []float32, mean, inv, offset, slope float32)

//go:noescape
func rowHatAVX512(dhat, x, dy []float32, mean, inv float32)

//go:noescape
func adamAVX512(w, g, m, v []float32, f *adam)

//go:noescape
func copyRowsAVX2(dst []float32, width int, src []float32, ld, n, rows int)

//go:noescape
func copyRowsAVX512(dst []float32, width int, src []float32, ld, n, rows int)

// transpose8 copies 8 rows of x [8, cols], ldx apart, to y [cols, 8], rows ldy apart. cols is a multiple of 8.
//
//go:noescape
func transpose8(y []float32, ldy int, x []float32, ldx, cols int)

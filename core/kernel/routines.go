package kernel

import (
	"fmt"
	"os"
	"strings"
)

// routines are the loops that the package's functions come down to. Each implementation (plain Go, one for each
// instruction set) fills in what it does better; tests hold them all to the same definitions.
//
// gemm, forward, gradInput, gradWeight, attention and attentionGrad get checked arguments and share the work among threads
// themselves. The others work on one range, alone, and may be called at the same time for different ranges. Slices have the
// lengths their function's comment says, and a routine may rely on it; a length of 0 is allowed.
//
// Some routines sum over rows. They get whole blocks of blockRows rows, only the last block of all may be shorter, sum
// each block by itself in float32, and overwrite one row of results for each.
type routines struct {
	name string

	// threads is nil unless the routines share the work of a call among threads of their own. It makes them use n threads,
	// all there are if n is 0, and returns their number.
	threads func(n int) int

	tiling     *tiling // for the gemm and the convolutions below, where they are tiled
	gemm       func(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int)
	forward    func(g Conv, y, x, w []float32, m *moments) bool // tells whether it filled in m
	gradInput  func(g Conv, dx, dy, w []float32, add bool)
	gradWeight func(g Conv, dw, x, dy []float32)

	attention     func(a Attention, y, p, qkv []float32)
	attentionGrad func(a Attention, dqkv, dy, p, qkv []float32)

	scale    func(alpha float32, x []float32)
	axpy     func(alpha float32, x, y []float32)
	mul      func(dst, x, y []float32)
	mulAdd   func(dst, x, y []float32)
	lerp     func(dst, src []float32, m, rest float32) // dst = m dst + rest src
	relu     func(y, x []float32)
	reluGrad func(dx, y, dy []float32)
	reluMask func(dy, y []float32)

	exp    func(dst, x []float32)
	gelu   func(y, density, phi, x []float32)          // see gelu.go
	expSum func(y, x []float32, shift float32) float64 // y = e^(x-shift); the sum of y. y may be x
	max    func(x []float32) float32                   // NaN if there is one; x is not empty
	sum    func(x []float32) float64
	dot    func(x, y []float32) float64

	addBias         func(y, b []float32)                                    // y [rows, len(b)]
	sumRows         func(part, x []float32, c int)                          // of blocks of x [rows, c]: the sum of each column
	columnMoments   func(mean, m2, x []float32, c int)                      // of blocks of x [rows, c]: mean and Σ (x-mean)² of each column
	affine          func(y, x, mean, scale, shift []float32, floor float32) // y = max((x-mean) scale + shift, floor)
	affineMask      func(dy, x, mean, scale, shift []float32)               // dy = 0 where (x-mean) scale + shift is not positive
	gradSums        func(sum, sumX, x, dy, mean []float32)                  // of blocks of rows: Σ dy and Σ dy (x-mean) of each column
	gradAffine      func(dx, x, dy, mean, scale, slope, offset []float32)   // dx = scale dy + slope (x-mean) + offset
	scaleClamp      func(x []float32, f, m float32)                         // see colour.go
	saturate        func(x []float32, f float32)
	toGray          func(x []float32)
	turnHue         func(x []float32, turns float32)
	resampleColumns func(f *Resample, y, x []float32, stride, width, c int) // see resize.go
	resampleRows    func(f *Resample, y, x []float32, n int)

	softmax       func(y, x []float32, d int)                           // see SoftmaxRows
	softmaxGrad   func(dx, y, dy []float32, d int)                      // see SoftmaxGradRows
	layerNorm     func(y, stats, x, gamma, beta []float32, eps float32) // see LayerNorm
	layerNormGrad func(dx, dhat, x, dy, stats, gamma []float32)         // see LayerNormGrad
	adam          func(w, g, m, v []float32, f *adam)                   // see AdamStep
}

// plain is the implementation in clear Go: the fallback everywhere.
var plain = routines{
	name:   "go",
	tiling: &plainTiling, gemm: tiledGemm, forward: tiledForward, gradInput: tiledGradInput, gradWeight: tiledGradWeight,
	attention: attention, attentionGrad: attentionGrad,
	scale: scale, axpy: axpy, mul: mul, mulAdd: mulAdd, lerp: lerp, relu: relu, reluGrad: reluGrad, reluMask: reluMask,
	exp: expEach, gelu: gelu, expSum: expSum, max: maximum, sum: sum, dot: dot,
	addBias: addBias, sumRows: sumRows, columnMoments: columnMoments, affine: affine, affineMask: affineMask, gradSums: gradSums, gradAffine: gradAffine,
	scaleClamp: scaleClamp, saturate: saturate, toGray: toGray, turnHue: turnHue,
	resampleColumns: resampleColumns, resampleRows: resampleRows,
	softmax: softmax, softmaxGrad: softmaxGrad,
	layerNorm: plainRowNorm.layerNorm, layerNormGrad: plainRowNorm.layerNormGrad,
	adam: adamStep,
}

// use is the implementation in use.
var use *routines

// Name returns the name of the implementation in use.
func Name() string { return use.name }

// Select puts the implementation called name in use, or the best one for this machine if name is empty. At start the
// environment variable PUSHPULL_KERNEL is the name, as long as it is a good one. Select must not be called while a
// function of this package runs. Its error says which names there are.
func Select(name string) error {
	all := available()
	names := make([]string, len(all))
	for i, r := range all {
		if r.name == name || name == "" {
			use = r
			SetThreads(wanted)
			return nil
		}
		names[i] = r.name
	}
	return fmt.Errorf("kernel %q is unknown or needs another processor; this machine can use %s", name, strings.Join(names, ", "))
}

func init() {
	if Select(os.Getenv("PUSHPULL_KERNEL")) != nil {
		_ = Select("") // the empty name is always good
	}
}

package kernel

// available returns the implementations this machine can use, best first. Every arm64 processor has NEON.
func available() []*routines { return []*routines{&neon, &plain} }

var neon = routines{
	name: "neon",
	tiling: &tiling{
		mr:      8,
		widths:  [2]int{8, 4},
		rows:    [2]func(t *tile){tileRows8x8NEON, tileRows8x4NEON},
		columns: [2]func(t *tile){tileColumns8x8NEON, tileColumns8x4NEON},

		copyRows: copyRowsNEON, transpose: transposeNEON,
	},
	gemm: tiledGemm, forward: tiledForward, gradInput: tiledGradInput, gradWeight: tiledGradWeight,
	attention: attention, attentionGrad: attentionGrad,
	scale: scaleNEON, axpy: axpyNEON, mul: mulNEON, mulAdd: mulAddNEON, lerp: lerpNEON,
	relu: reluNEON, reluGrad: reluGradNEON, reluMask: reluMaskNEON,
	exp: expNEON, gelu: gelu, expSum: expSumNEON, max: maxNEON, sum: sumNEON, dot: dotNEON,
	addBias: addBiasNEON, affine: affineNEON, affineMask: affineMaskNEON, gradAffine: gradAffineNEON,
	sumRows: sumRowsBy(sumRowsNEON), columnMoments: columnMomentsBy(columnMomentsNEON), gradSums: gradSumsBy(gradSumsNEON),
	scaleClamp: scaleClamp, saturate: saturate, toGray: toGray, turnHue: turnHue,
	resampleColumns: resampleColumns, resampleRows: resampleRows,
	softmax: softmax, softmaxGrad: softmaxGrad,
	layerNorm: plainRowNorm.layerNorm, layerNormGrad: plainRowNorm.layerNormGrad,
	adam: adamNEON,
}

// columnMomentsNEON is columnMoments of one block.
func columnMomentsNEON(mean, m2, x []float32) {
	first := x[:len(mean)]
	sumDeviationsNEON(mean, x, first)
	inv := float32(len(mean)) / float32(len(x))
	for j, v := range first {
		mean[j] = v + mean[j]*inv
	}
	sumSquaresNEON(m2, x, mean)
}

func copyRowsNEON(dst []float32, width int, src []float32, ld, n, rows int) {
	if n == 8 {
		copyRows8(dst, width, src, ld, rows)
		return
	}
	plainTiling.copyRows(dst, width, src, ld, n, rows)
}

func transposeNEON(y []float32, ldy int, x []float32, ldx, rows, cols int) {
	whole := cols &^ 3
	i := 0
	for ; i+4 <= rows; i += 4 {
		transpose4(y[i:], ldy, x[i*ldx:], ldx, whole)
	}
	transpose(y[i:], ldy, x[min(i*ldx, len(x)):], ldx, rows-i, whole)
	if whole < cols {
		transpose(y[whole*ldy:], ldy, x[whole:], ldx, rows, cols-whole)
	}
}

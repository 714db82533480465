package kernel

import "golang.org/x/sys/cpu"

//go:generate go -C amd64 run . -out ../kernel_amd64.s -pkg kernel

// available returns the implementations this machine can use, best first.
func available() []*routines {
	all := []*routines{&plain}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		all = append([]*routines{&avx2}, all...)
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasBMI2 {
		all = append([]*routines{&avx512}, all...)
	}
	return all
}

var avx2 = routines{
	name: "avx2",
	tiling: &tiling{
		mr:      6,
		widths:  [2]int{16, 8},
		rows:    [2]func(t *tile){tileRows6x16AVX2, tileRows6x8AVX2},
		columns: [2]func(t *tile){tileColumns6x16AVX2, tileColumns6x8AVX2},

		copyRows: copyRowsAVX2, transpose: transposeAVX,
	},
	gemm: tiledGemm, forward: tiledForward, gradInput: tiledGradInput, gradWeight: tiledGradWeight,
	attention: attention, attentionGrad: attentionGrad,
	scale: scaleAVX2, axpy: axpyAVX2, mul: mulAVX2, mulAdd: mulAddAVX2, lerp: lerpAVX2,
	relu: reluAVX2, reluGrad: reluGradAVX2, reluMask: reluMaskAVX2,
	exp: expAVX2, gelu: gelu, expSum: expSumAVX2, max: maxAVX2, sum: sumAVX2, dot: dotAVX2,
	addBias: addBiasAVX2, affine: affineAVX2, affineMask: affineMaskAVX2, gradAffine: gradAffineAVX2,
	sumRows: sumRowsBy(sumRowsAVX2), columnMoments: columnMomentsBy(columnMomentsAVX2), gradSums: gradSumsBy(gradSumsAVX2),
	scaleClamp: scaleClampAVX2, saturate: saturate, toGray: toGray, turnHue: turnHue,
	resampleColumns: resampleColumns, resampleRows: resampleRows,
	softmax: softmax, softmaxGrad: softmaxGrad,
	layerNorm: rowNormAVX2.layerNorm, layerNormGrad: rowNormAVX2.layerNormGrad,
	adam: adamAVX2,
}

var rowNormAVX2 = rowNorm{rowSquaresAVX2, rowApplyAVX2, rowSumsAVX2, rowGradAVX2, rowHatAVX2}

var avx512 = routines{
	name: "avx512",
	tiling: &tiling{
		mr:      12,
		widths:  [2]int{32, 16},
		rows:    [2]func(t *tile){tileRows12x32AVX512, tileRows12x16AVX512},
		columns: [2]func(t *tile){tileColumns12x32AVX512, tileColumns12x16AVX512},

		copyRows: copyRowsAVX512, transpose: transposeAVX,
	},
	gemm: tiledGemm, forward: tiledForward, gradInput: tiledGradInput, gradWeight: tiledGradWeight,
	attention: attention, attentionGrad: attentionGrad,
	scale: scaleAVX512, axpy: axpyAVX512, mul: mulAVX512, mulAdd: mulAddAVX512, lerp: lerpAVX512,
	relu: reluAVX512, reluGrad: reluGradAVX512, reluMask: reluMaskAVX512,
	exp: expAVX512, gelu: gelu, expSum: expSumAVX512, max: maxAVX512, sum: sumAVX512, dot: dotAVX512,
	addBias: addBiasAVX512, affine: affineAVX512, affineMask: affineMaskAVX512, gradAffine: gradAffineAVX512,
	sumRows: sumRowsBy(sumRowsAVX512), columnMoments: columnMomentsBy(columnMomentsAVX512), gradSums: gradSumsBy(gradSumsAVX512),
	scaleClamp: scaleClampAVX512, saturate: saturate, toGray: toGray, turnHue: turnHue,
	resampleColumns: resampleColumns, resampleRows: resampleRows,
	softmax: softmax, softmaxGrad: softmaxGrad,
	layerNorm: rowNormAVX512.layerNorm, layerNormGrad: rowNormAVX512.layerNormGrad,
	adam: adamAVX512,
}

var rowNormAVX512 = rowNorm{rowSquaresAVX512, rowApplyAVX512, rowSumsAVX512, rowGradAVX512, rowHatAVX512}

func transposeAVX(y []float32, ldy int, x []float32, ldx, rows, cols int) {
	whole := cols &^ 7
	i := 0
	for ; i+8 <= rows; i += 8 {
		transpose8(y[i:], ldy, x[i*ldx:], ldx, whole)
	}
	transpose(y[i:], ldy, x[min(i*ldx, len(x)):], ldx, rows-i, whole)
	if whole < cols {
		transpose(y[whole*ldy:], ldy, x[whole:], ldx, rows, cols-whole)
	}
}

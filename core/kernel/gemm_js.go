//go:build wasmkernel

package kernel

import "unsafe"

// tileCols is the number of columns of a panel of B.
const tileCols = 8

// tileRows is a number of rows that the tiles of both C kernels (6 and 5 rows) divide.
const tileRows = 30

// wasmPackB mirrors PackB of wasm/gemm.c.
type wasmPackB struct {
	b, packed             unsafe.Pointer
	n, k, ldb, transposed int32
	panel                 int32
}

// pack packs op(B) [k, n] into panels, each `panel` floats after the one before.
func pack(packed, b []float32, trans bool, n, k, ldb, panel int) {
	panels := (n + tileCols - 1) / tileCols
	p := wasmPackB{address(b), address(packed), int32(n), int32(k), int32(ldb), word(trans), int32(panel)}
	wasmRun(jobPackB, int32(panels), portion(panels, 1, tileCols*k), nil, 0, unsafe.Pointer(&p))
}

// panelFloats returns how much memory B [k, n] needs when packed.
func panelFloats(n, k int) int { return (n + tileCols - 1) / tileCols * tileCols * k }

// wasmGemmArgs mirrors Gemm of wasm/gemm.c.
type wasmGemmArgs struct {
	a, b, c                    unsafe.Pointer
	n, k, lda, ldc, transposed int32
	alpha                      float32
	add                        int32
}

// wasmGemm packs as many columns of B as fit in half a megabyte, or two if the depth is large, at a time.
func wasmGemm(transA, transB bool, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	cols := max(128, 1<<18/k/tileCols*tileCols)
	for j := 0; j < n; j += cols {
		n := min(cols, n-j)
		packed, scratch, stride := space(panelFloats(n, k), 0)
		pack(packed, b[at(transB, 0, j, ldb):], transB, n, k, ldb, k*tileCols)
		g := wasmGemmArgs{address(a), address(packed), address(c[j:]), int32(n), int32(k), int32(lda), int32(ldc), word(transA), alpha, word(add)}
		wasmRun(jobGemm, int32(m), portion(m, tileRows, n*k/8), scratch, stride, unsafe.Pointer(&g))
	}
}

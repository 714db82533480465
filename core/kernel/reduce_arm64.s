#include "textflag.h"
#include "neon_arm64.h"

// The sums V16 to V23 of a reduction in float64, and F24, that of single elements.
#define CLEAR_SUMS \
	EOR(16, 16, 16) \
	EOR(17, 17, 17) \
	EOR(18, 18, 18) \
	EOR(19, 19, 19) \
	EOR(20, 20, 20) \
	EOR(21, 21, 21) \
	EOR(22, 22, 22) \
	EOR(23, 23, 23) \
	EOR(24, 24, 24)

// ADD_SUMS adds them up in F16.
#define ADD_SUMS \
	FADD64(17, 16, 16) \
	FADD64(19, 18, 18) \
	FADD64(21, 20, 20) \
	FADD64(23, 22, 22) \
	FADD64(18, 16, 16) \
	FADD64(22, 20, 20) \
	FADD64(20, 16, 16) \
	FADDP64(16, 16)    \
	FADDD F24, F16, F16

// SUM adds the lanes of x to sum and the register after it.
#define SUM(x, sum) \
	FCVTL(x, 8)         \
	FCVTL2(x, 9)        \
	FADD64(8, sum, sum) \
	FADD64(9, sum+1, sum+1)

// func sumNEON(x []float32) float64
TEXT ·sumNEON(SB), NOSPLIT, $0-32
	MOVD x_base+0(FP), R0
	MOVD x_len+8(FP), R9
	CLEAR_SUMS
	SUBS $16, R9
	BLT  few

sixteen:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	SUM(0, 16)
	SUM(1, 18)
	SUM(2, 20)
	SUM(3, 22)
	SUBS   $16, R9
	BGE    sixteen

few:
	ADDS $12, R9
	BLT  rest

four:
	FMOVQ.P 16(R0), F0
	SUM(0, 16)
	SUBS    $4, R9
	BGE     four

rest:
	ADDS $4, R9
	BEQ  end

one:
	FMOVS.P 4(R0), F0
	FCVTSD  F0, F0
	FADDD   F0, F24, F24
	SUBS    $1, R9
	BNE     one

end:
	ADD_SUMS
	FMOVD F16, ret+24(FP)
	RET

// DOT adds the products of the lanes of x and y to sum and the register after it.
#define DOT(x, y, sum) \
	FCVTL(x, 8)           \
	FCVTL(y, 9)           \
	FCVTL2(x, 10)         \
	FCVTL2(y, 11)         \
	FMLA64(8, 9, sum)     \
	FMLA64(10, 11, sum+1)

// func dotNEON(x, y []float32) float64
TEXT ·dotNEON(SB), NOSPLIT, $0-56
	MOVD x_base+0(FP), R0
	MOVD x_len+8(FP), R9
	MOVD y_base+24(FP), R1
	CLEAR_SUMS
	SUBS $16, R9
	BLT  few

sixteen:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P 64(R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	DOT(0, 4, 16)
	DOT(1, 5, 18)
	DOT(2, 6, 20)
	DOT(3, 7, 22)
	SUBS   $16, R9
	BGE    sixteen

few:
	ADDS $12, R9
	BLT  rest

four:
	FMOVQ.P 16(R0), F0
	FMOVQ.P 16(R1), F4
	DOT(0, 4, 16)
	SUBS    $4, R9
	BGE     four

rest:
	ADDS $4, R9
	BEQ  end

one:
	FMOVS.P 4(R0), F0
	FMOVS.P 4(R1), F4
	FCVTSD  F0, F0
	FCVTSD  F4, F4
	FMADDD  F0, F24, F4, F24
	SUBS    $1, R9
	BNE     one

end:
	ADD_SUMS
	FMOVD F16, ret+48(FP)
	RET

// func maxNEON(x []float32) float32
TEXT ·maxNEON(SB), NOSPLIT, $0-28
	MOVD  x_base+0(FP), R0
	MOVD  x_len+8(FP), R9
	VLD1R (R0), [V1.S4]
	SUBS  $4, R9
	BLT   few

four:
	FMOVQ.P 16(R0), F0
	FMAX(0, 1, 1)
	SUBS    $4, R9
	BGE     four

few:
	ADDS $4, R9
	BEQ  end

one:
	VLD1R.P 4(R0), [V0.S4]
	FMAX(0, 1, 1)
	SUBS    $1, R9
	BNE     one

end:
	FMAXV(1, 1)
	FMOVS F1, ret+24(FP)
	RET

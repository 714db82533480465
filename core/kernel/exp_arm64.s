#include "textflag.h"
#include "neon_arm64.h"

// What EXP wants in registers 16 to 27.
DATA expConstants<>+0(SB)/4, $1.4426950408889634  // 16: 1/ln 2
DATA expConstants<>+4(SB)/4, $0.693359375         // 17, 18: ln 2 in two parts
DATA expConstants<>+8(SB)/4, $-2.12194440e-4
DATA expConstants<>+12(SB)/4, $1.9875691500e-4    // 19 to 24: the polynomial
DATA expConstants<>+16(SB)/4, $1.3981999507e-3
DATA expConstants<>+20(SB)/4, $8.3334519073e-3
DATA expConstants<>+24(SB)/4, $4.1665795894e-2
DATA expConstants<>+28(SB)/4, $1.6666665459e-1
DATA expConstants<>+32(SB)/4, $5.0000001201e-1
DATA expConstants<>+36(SB)/4, $-104.0             // 25, 26: beyond these the result is 0 or infinite anyway
DATA expConstants<>+40(SB)/4, $89.0
DATA expConstants<>+44(SB)/4, $1.0                // 27
GLOBL expConstants<>(SB), NOPTR|RODATA, $48

#define EXP_CONSTANTS \
	MOVD    $expConstants<>(SB), R3 \
	VLD1R.P 4(R3), [V16.S4]         \
	VLD1R.P 4(R3), [V17.S4]         \
	VLD1R.P 4(R3), [V18.S4]         \
	VLD1R.P 4(R3), [V19.S4]         \
	VLD1R.P 4(R3), [V20.S4]         \
	VLD1R.P 4(R3), [V21.S4]         \
	VLD1R.P 4(R3), [V22.S4]         \
	VLD1R.P 4(R3), [V23.S4]         \
	VLD1R.P 4(R3), [V24.S4]         \
	VLD1R.P 4(R3), [V25.S4]         \
	VLD1R.P 4(R3), [V26.S4]         \
	VLD1R.P 4(R3), [V27.S4]

// EXP turns V0 into e^V0, and clobbers V1 to V3. It is the Go function exp. A NaN stays one.
#define EXP \
	FMAX(25, 0, 0) \
	FMIN(26, 0, 0) \
	FMUL(16, 0, 1) \
	FRINTN(1, 1)   \ // n
	FMLS(17, 1, 0) \
	FMLS(18, 1, 0) \ // r
	COPY(20, 2)    \
	FMLA(19, 0, 2) \
	COPY(21, 3)    \
	FMLA(2, 0, 3)  \
	COPY(22, 2)    \
	FMLA(3, 0, 2)  \
	COPY(23, 3)    \
	FMLA(2, 0, 3)  \
	COPY(24, 2)    \
	FMLA(3, 0, 2)  \ // p
	FMUL(0, 0, 3)  \
	FMLA(2, 3, 0)  \ // r + p r²
	FADD(27, 0, 0) \
	FCVTNS(1, 1)   \
	HALVE(1, 2)    \ // 2^128 does not exist, so scale twice
	VSUB V2.S4, V1.S4, V1.S4 \
	VSHL $23, V1.S4, V1.S4   \
	VSHL $23, V2.S4, V2.S4   \
	VADD V27.S4, V1.S4, V1.S4 \ // the bits of 1 are those of the exponent's bias
	VADD V27.S4, V2.S4, V2.S4 \
	FMUL(2, 0, 0)  \
	FMUL(1, 0, 0)

// func expNEON(dst, x []float32)
TEXT ·expNEON(SB), NOSPLIT, $0-48
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R9
	MOVD x_base+24(FP), R1
	EXP_CONSTANTS
	SUBS $4, R9
	BLT  few

four:
	FMOVQ.P 16(R1), F0
	EXP
	FMOVQ.P F0, 16(R0)
	SUBS    $4, R9
	BGE     four

few:
	ADDS $4, R9
	BEQ  end

one:
	FMOVS.P 4(R1), F0
	EXP
	FMOVS.P F0, 4(R0)
	SUBS    $1, R9
	BNE     one

end:
	RET

// func expSumNEON(y, x []float32, shift float32) float64
TEXT ·expSumNEON(SB), NOSPLIT, $0-64
	MOVD  y_base+0(FP), R0
	MOVD  y_len+8(FP), R9
	MOVD  x_base+24(FP), R1
	FMOVS shift+48(FP), F31
	VDUP  V31.S[0], V31.S4
	EXP_CONSTANTS
	EOR(28, 28, 28) // the sums: of lanes 0 and 1, 2 and 3, and of single elements
	EOR(29, 29, 29)
	EOR(30, 30, 30)
	SUBS  $4, R9
	BLT   few

four:
	FMOVQ.P 16(R1), F0
	FSUB(31, 0, 0)
	EXP
	FMOVQ.P F0, 16(R0)
	FCVTL(0, 1)
	FCVTL2(0, 2)
	FADD64(1, 28, 28)
	FADD64(2, 29, 29)
	SUBS    $4, R9
	BGE     four

few:
	ADDS $4, R9
	BEQ  end

one:
	FMOVS.P 4(R1), F0
	FSUB(31, 0, 0)
	EXP
	FMOVS.P F0, 4(R0)
	FCVTSD  F0, F0
	FADDD   F0, F30, F30
	SUBS    $1, R9
	BNE     one

end:
	FADD64(29, 28, 28)
	FADDP64(28, 28)
	FADDD F30, F28, F28
	FMOVD F28, ret+56(FP)
	RET

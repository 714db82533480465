#include "textflag.h"
#include "neon_arm64.h"

// EACH repeats STEP for R9 elements: vectors of four, moved by FMOVQ, and then single elements, moved by FMOVS, which
// sets the other lanes to 0. size is what STEP moves its pointers by.
#define EACH(STEP) \
	SUBS $4, R9    \
	BLT  few       \
four:              \
	STEP(FMOVQ, 16) \
	SUBS $4, R9    \
	BGE  four      \
few:               \
	ADDS $4, R9    \
	BEQ  end       \
one:               \
	STEP(FMOVS, 4) \
	SUBS $1, R9    \
	BNE  one       \
end:               \
	RET

// func scaleNEON(alpha float32, x []float32)
TEXT ·scaleNEON(SB), NOSPLIT, $0-32
	FMOVS alpha+0(FP), F31
	VDUP  V31.S[0], V31.S4
	MOVD  x_base+8(FP), R0
	MOVD  x_len+16(FP), R9
#define SCALE(MOVE, size) \
	MOVE   (R0), F0 \
	FMUL(31, 0, 0)  \
	MOVE.P F0, size(R0)
	EACH(SCALE)

// func axpyNEON(alpha float32, x, y []float32)
TEXT ·axpyNEON(SB), NOSPLIT, $0-56
	FMOVS alpha+0(FP), F31
	VDUP  V31.S[0], V31.S4
	MOVD  x_base+8(FP), R0
	MOVD  x_len+16(FP), R9
	MOVD  y_base+32(FP), R1
#define AXPY(MOVE, size) \
	MOVE.P size(R0), F0 \
	MOVE   (R1), F1     \
	FMLA(31, 0, 1)      \
	MOVE.P F1, size(R1)
	EACH(AXPY)

// func mulNEON(dst, x, y []float32)
TEXT ·mulNEON(SB), NOSPLIT, $0-72
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R9
	MOVD x_base+24(FP), R1
	MOVD y_base+48(FP), R2
#define MULTIPLY(MOVE, size) \
	MOVE.P size(R1), F1 \
	MOVE.P size(R2), F2 \
	FMUL(1, 2, 0)       \
	MOVE.P F0, size(R0)
	EACH(MULTIPLY)

// func mulAddNEON(dst, x, y []float32)
TEXT ·mulAddNEON(SB), NOSPLIT, $0-72
	MOVD dst_base+0(FP), R0
	MOVD dst_len+8(FP), R9
	MOVD x_base+24(FP), R1
	MOVD y_base+48(FP), R2
#define MULTIPLY_ADD(MOVE, size) \
	MOVE   (R0), F0     \
	MOVE.P size(R1), F1 \
	MOVE.P size(R2), F2 \
	FMLA(1, 2, 0)       \
	MOVE.P F0, size(R0)
	EACH(MULTIPLY_ADD)

// func lerpNEON(dst, src []float32, m, rest float32)
TEXT ·lerpNEON(SB), NOSPLIT, $0-56
	FMOVS m+48(FP), F30
	VDUP  V30.S[0], V30.S4
	FMOVS rest+52(FP), F31
	VDUP  V31.S[0], V31.S4
	MOVD  dst_base+0(FP), R0
	MOVD  dst_len+8(FP), R9
	MOVD  src_base+24(FP), R1
#define LERP(MOVE, size) \
	MOVE   (R0), F0     \
	MOVE.P size(R1), F1 \
	FMUL(31, 1, 1)      \
	FMLA(30, 0, 1)      \
	MOVE.P F1, size(R0)
	EACH(LERP)

// func reluNEON(y, x []float32)
TEXT ·reluNEON(SB), NOSPLIT, $0-48
	MOVD y_base+0(FP), R0
	MOVD y_len+8(FP), R9
	MOVD x_base+24(FP), R1
	EOR(31, 31, 31)
#define RELU(MOVE, size) \
	MOVE.P size(R1), F0 \
	FMAX(31, 0, 0)      \
	MOVE.P F0, size(R0)
	EACH(RELU)

// func reluGradNEON(dx, y, dy []float32)
TEXT ·reluGradNEON(SB), NOSPLIT, $0-72
	MOVD dx_base+0(FP), R0
	MOVD dx_len+8(FP), R9
	MOVD y_base+24(FP), R1
	MOVD dy_base+48(FP), R2
#define RELU_GRAD(MOVE, size) \
	MOVE.P size(R1), F1 \
	FPOSITIVE(1, 1)     \
	MOVE   (R0), F0     \
	MOVE.P size(R2), F2 \
	FADD(2, 0, 2)       \
	VBIT   V1.B16, V2.B16, V0.B16 \
	MOVE.P F0, size(R0)
	EACH(RELU_GRAD)

// func reluMaskNEON(dy, y []float32)
TEXT ·reluMaskNEON(SB), NOSPLIT, $0-48
	MOVD dy_base+0(FP), R0
	MOVD dy_len+8(FP), R9
	MOVD y_base+24(FP), R1
#define RELU_MASK(MOVE, size) \
	MOVE.P size(R1), F1 \
	FPOSITIVE(1, 1)     \
	MOVE   (R0), F0     \
	VAND   V1.B16, V0.B16, V0.B16 \
	MOVE.P F0, size(R0)
	EACH(RELU_MASK)

// func adamNEON(w, g, m, v []float32, f *adam)
TEXT ·adamNEON(SB), NOSPLIT, $0-104
	MOVD    w_base+0(FP), R0
	MOVD    w_len+8(FP), R9
	MOVD    g_base+24(FP), R1
	MOVD    m_base+48(FP), R2
	MOVD    v_base+72(FP), R3
	MOVD    f+96(FP), R4
	VLD1R.P 4(R4), [V16.S4]
	VLD1R.P 4(R4), [V17.S4]
	VLD1R.P 4(R4), [V18.S4]
	VLD1R.P 4(R4), [V19.S4]
	VLD1R.P 4(R4), [V20.S4]
	VLD1R.P 4(R4), [V21.S4]
	VLD1R.P 4(R4), [V22.S4]
	VLD1R.P 4(R4), [V23.S4]
	VLD1R.P 4(R4), [V24.S4]
#define ADAM(MOVE, size) \
	MOVE   (R0), F0     \ // w
	MOVE.P size(R1), F1 \ // g
	FMLA(20, 0, 1)      \
	MOVE   (R2), F2     \ // m
	FMUL(16, 2, 2)      \
	FMLA(17, 1, 2)      \
	MOVE.P F2, size(R2) \
	MOVE   (R3), F3     \ // v
	FMUL(18, 3, 3)      \
	FMUL(1, 1, 1)       \
	FMLA(19, 1, 3)      \
	MOVE.P F3, size(R3) \
	FSQRT(3, 3)         \
	COPY(24, 4)         \
	FMLA(23, 3, 4)      \ // sqrt(v) f[7] + f[8]
	FMUL(22, 2, 2)      \
	FDIV(4, 2, 2)       \
	FMUL(21, 0, 0)      \
	FSUB(2, 0, 0)       \
	MOVE.P F0, size(R0)
	EACH(ADAM)

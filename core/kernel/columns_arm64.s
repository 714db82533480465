#include "textflag.h"
#include "neon_arm64.h"

// A routine of columns works on matrices [rows, c] and vectors [c]. It goes down all rows with a strip of 16 columns, or 4,
// or one, and what belongs to these columns is in registers meanwhile: groups of four vectors, called by the first,
// or one vector, or lane 0 of one.
//
// R0 to R2 point to the strip in matrices, R10 to R12 to the row's part of it, R3 to R6 to the strip in vectors. LOAD and
// STORE move a group (v) from and to where a register (p, by number) points. DO carries an instruction out on groups.
#define LOAD16(p, v) WORD $(0x4c402800 | (p)<<5 | (v))
#define STORE16(v, p) WORD $(0x4c002800 | (p)<<5 | (v))
#define LOAD4(p, v) WORD $(0x3dc00000 | (p)<<5 | (v))
#define STORE4(v, p) WORD $(0x3d800000 | (p)<<5 | (v))
#define LOAD1(p, v) WORD $(0xbd400000 | (p)<<5 | (v)) // sets the other lanes to 0
#define STORE1(v, p) WORD $(0xbd000000 | (p)<<5 | (v))

#define DO4(OP, m, n, d) \
	OP(m, n, d)             \
	OP((m)+1, (n)+1, (d)+1) \
	OP((m)+2, (n)+2, (d)+2) \
	OP((m)+3, (n)+3, (d)+3)

#define DO1(OP, m, n, d) OP(m, n, d)

// STRIPS carries STRIP out on all strips. R8 is the number of columns, R9 that of elements of a matrix. STRIP ends with
// NEXT_ROW after each row. It gets the label of its loop over rows.
#define STRIPS(STRIP) \
	LSL  $2, R8, R7 \
	UDIV R8, R9, R9 \
	CBZ  R9, end    \
	SUBS $16, R8    \
	BLT  few        \
sixteen:            \
	FIRST_ROW       \
	STRIP(LOAD16, STORE16, DO4, row16) \
	NEXT_STRIP(64)  \
	SUBS $16, R8    \
	BGE  sixteen    \
few:                \
	ADDS $12, R8    \
	BLT  rest       \
four:               \
	FIRST_ROW       \
	STRIP(LOAD4, STORE4, DO1, row4) \
	NEXT_STRIP(16)  \
	SUBS $4, R8     \
	BGE  four       \
rest:               \
	ADDS $4, R8     \
	BEQ  end        \
one:                \
	FIRST_ROW       \
	STRIP(LOAD1, STORE1, DO1, row1) \
	NEXT_STRIP(4)   \
	SUBS $1, R8     \
	BNE  one        \
end:                \
	RET

#define FIRST_ROW \
	MOVD R0, R10 \
	MOVD R1, R11 \
	MOVD R2, R12 \
	MOVD R9, R13

#define NEXT_ROW(row) \
	ADD  R7, R10 \
	ADD  R7, R11 \
	ADD  R7, R12 \
	SUBS $1, R13 \
	BNE  row

#define NEXT_STRIP(size) \
	ADD $size, R0 \
	ADD $size, R1 \
	ADD $size, R2 \
	ADD $size, R3 \
	ADD $size, R4 \
	ADD $size, R5 \
	ADD $size, R6

// func addBiasNEON(y, b []float32)
TEXT ·addBiasNEON(SB), NOSPLIT, $0-48
	MOVD y_base+0(FP), R0
	MOVD y_len+8(FP), R9
	MOVD b_base+24(FP), R3
	MOVD b_len+32(FP), R8
#define ADD_BIAS(LOAD, STORE, DO, row) \
	LOAD(3, 4)        \
row:                  \
	LOAD(10, 0)       \
	DO(FADD, 4, 0, 0) \
	STORE(0, 10)      \
	NEXT_ROW(row)
	STRIPS(ADD_BIAS)

// func sumRowsNEON(sum, x []float32)
TEXT ·sumRowsNEON(SB), NOSPLIT, $0-48
	MOVD sum_base+0(FP), R3
	MOVD sum_len+8(FP), R8
	MOVD x_base+24(FP), R0
	MOVD x_len+32(FP), R9
#define SUM_ROWS(LOAD, STORE, DO, row) \
	DO(EOR, 4, 4, 4)  \
row:                  \
	LOAD(10, 0)       \
	DO(FADD, 0, 4, 4) \
	NEXT_ROW(row)     \
	STORE(4, 3)
	STRIPS(SUM_ROWS)

// func sumDeviationsNEON(sum, x, from []float32)
TEXT ·sumDeviationsNEON(SB), NOSPLIT, $0-72
	MOVD sum_base+0(FP), R3
	MOVD sum_len+8(FP), R8
	MOVD x_base+24(FP), R0
	MOVD x_len+32(FP), R9
	MOVD from_base+48(FP), R4
#define SUM_DEVIATIONS(LOAD, STORE, DO, row) \
	DO(EOR, 4, 4, 4)  \
	LOAD(4, 8)        \
row:                  \
	LOAD(10, 0)       \
	DO(FSUB, 8, 0, 0) \
	DO(FADD, 0, 4, 4) \
	NEXT_ROW(row)     \
	STORE(4, 3)
	STRIPS(SUM_DEVIATIONS)

// func sumSquaresNEON(sum, x, from []float32)
TEXT ·sumSquaresNEON(SB), NOSPLIT, $0-72
	MOVD sum_base+0(FP), R3
	MOVD sum_len+8(FP), R8
	MOVD x_base+24(FP), R0
	MOVD x_len+32(FP), R9
	MOVD from_base+48(FP), R4
#define SUM_SQUARES(LOAD, STORE, DO, row) \
	DO(EOR, 4, 4, 4)  \
	LOAD(4, 8)        \
row:                  \
	LOAD(10, 0)       \
	DO(FSUB, 8, 0, 0) \
	DO(FMLA, 0, 0, 4) \
	NEXT_ROW(row)     \
	STORE(4, 3)
	STRIPS(SUM_SQUARES)

// func affineNEON(y, x, mean, scale, shift []float32, floor float32)
TEXT ·affineNEON(SB), NOSPLIT, $0-124
	MOVD  $floor+120(FP), R6
	VLD1R (R6), [V28.S4]
	COPY(28, 29)
	COPY(28, 30)
	COPY(28, 31)
	MOVD y_base+0(FP), R0
	MOVD y_len+8(FP), R9
	MOVD x_base+24(FP), R1
	MOVD mean_base+48(FP), R3
	MOVD mean_len+56(FP), R8
	MOVD scale_base+72(FP), R4
	MOVD shift_base+96(FP), R5
#define AFFINE(LOAD, STORE, DO, row) \
	LOAD(3, 4)           \
	LOAD(4, 8)           \
	LOAD(5, 12)          \
row:                     \
	LOAD(11, 0)          \
	DO(FSUB, 4, 0, 0)    \
	DO(ORR, 12, 12, 16)  \
	DO(FMLA, 8, 0, 16)   \
	DO(FMAX, 28, 16, 16) \
	STORE(16, 10)        \
	NEXT_ROW(row)
	STRIPS(AFFINE)

#define POSITIVE(m, n, d) FPOSITIVE(n, d) // with the three operands that DO gives

// func affineMaskNEON(dy, x, mean, scale, shift []float32)
TEXT ·affineMaskNEON(SB), NOSPLIT, $0-120
	MOVD dy_base+0(FP), R0
	MOVD dy_len+8(FP), R9
	MOVD x_base+24(FP), R1
	MOVD mean_base+48(FP), R3
	MOVD mean_len+56(FP), R8
	MOVD scale_base+72(FP), R4
	MOVD shift_base+96(FP), R5
#define AFFINE_MASK(LOAD, STORE, DO, row) \
	LOAD(3, 4)               \
	LOAD(4, 8)               \
	LOAD(5, 12)              \
row:                         \
	LOAD(11, 0)              \
	LOAD(10, 20)             \
	DO(FSUB, 4, 0, 0)        \
	DO(ORR, 12, 12, 16)      \
	DO(FMLA, 8, 0, 16)       \
	DO(POSITIVE, 0, 16, 16)  \
	DO(AND, 16, 20, 20)      \
	STORE(20, 10)            \
	NEXT_ROW(row)
	STRIPS(AFFINE_MASK)

// func gradSumsNEON(sum, sumX, x, dy, mean []float32)
TEXT ·gradSumsNEON(SB), NOSPLIT, $0-120
	MOVD sum_base+0(FP), R3
	MOVD sumX_base+24(FP), R4
	MOVD x_base+48(FP), R0
	MOVD x_len+56(FP), R9
	MOVD dy_base+72(FP), R1
	MOVD mean_base+96(FP), R5
	MOVD mean_len+104(FP), R8
#define GRAD_SUMS(LOAD, STORE, DO, row) \
	DO(EOR, 8, 8, 8)     \ // sum
	DO(EOR, 12, 12, 12)  \ // sumX
	LOAD(5, 16)          \ // mean
row:                     \
	LOAD(10, 0)          \ // x
	LOAD(11, 4)          \ // dy
	DO(FADD, 4, 8, 8)    \
	DO(FSUB, 16, 0, 0)   \
	DO(FMLA, 0, 4, 12)   \
	NEXT_ROW(row)        \
	STORE(8, 3)          \
	STORE(12, 4)
	STRIPS(GRAD_SUMS)

// func gradAffineNEON(dx, x, dy, mean, scale, slope, offset []float32)
TEXT ·gradAffineNEON(SB), NOSPLIT, $0-168
	MOVD dx_base+0(FP), R0
	MOVD dx_len+8(FP), R9
	MOVD x_base+24(FP), R1
	MOVD dy_base+48(FP), R2
	MOVD mean_base+72(FP), R3
	MOVD mean_len+80(FP), R8
	MOVD scale_base+96(FP), R4
	MOVD slope_base+120(FP), R5
	MOVD offset_base+144(FP), R6
#define GRAD_AFFINE(LOAD, STORE, DO, row) \
	LOAD(3, 12)          \
	LOAD(4, 16)          \
	LOAD(5, 20)          \
	LOAD(6, 24)          \
row:                     \
	LOAD(11, 4)          \ // x
	LOAD(12, 8)          \ // dy
	DO(ORR, 24, 24, 0)   \
	DO(FSUB, 12, 4, 4)   \
	DO(FMLA, 20, 4, 0)   \
	DO(FMLA, 16, 8, 0)   \
	STORE(0, 10)         \
	NEXT_ROW(row)
	STRIPS(GRAD_AFFINE)

#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"

// The micro-kernels keep their sums in registers from 0 on, row after row, two vectors each, or one in the narrow form.

// STEP adds the products of lane of a to a+7, one for each row, and the row of B in b and b+1.
#define STEP(a, lane, b) \
	FMLA_LANE(a, lane, b, 0)       \
	FMLA_LANE(a, lane, b+1, 1)     \
	FMLA_LANE((a)+1, lane, b, 2)   \
	FMLA_LANE((a)+1, lane, b+1, 3) \
	FMLA_LANE((a)+2, lane, b, 4)   \
	FMLA_LANE((a)+2, lane, b+1, 5) \
	FMLA_LANE((a)+3, lane, b, 6)   \
	FMLA_LANE((a)+3, lane, b+1, 7) \
	FMLA_LANE((a)+4, lane, b, 8)   \
	FMLA_LANE((a)+4, lane, b+1, 9) \
	FMLA_LANE((a)+5, lane, b, 10)  \
	FMLA_LANE((a)+5, lane, b+1, 11) \
	FMLA_LANE((a)+6, lane, b, 12)  \
	FMLA_LANE((a)+6, lane, b+1, 13) \
	FMLA_LANE((a)+7, lane, b, 14)  \
	FMLA_LANE((a)+7, lane, b+1, 15)

// The same for a row of B in b alone.
#define NARROW_STEP(a, lane, b) \
	FMLA_LANE(a, lane, b, 0)     \
	FMLA_LANE((a)+1, lane, b, 1) \
	FMLA_LANE((a)+2, lane, b, 2) \
	FMLA_LANE((a)+3, lane, b, 3) \
	FMLA_LANE((a)+4, lane, b, 4) \
	FMLA_LANE((a)+5, lane, b, 5) \
	FMLA_LANE((a)+6, lane, b, 6) \
	FMLA_LANE((a)+7, lane, b, 7)

// COLUMN_STEP adds the products of the lanes of V16 and V17, one for each row, and the row of B in V24 and V25.
#define COLUMN_STEP \
	FMLA_LANE(16, 0, 24, 0)  \
	FMLA_LANE(16, 0, 25, 1)  \
	FMLA_LANE(16, 1, 24, 2)  \
	FMLA_LANE(16, 1, 25, 3)  \
	FMLA_LANE(16, 2, 24, 4)  \
	FMLA_LANE(16, 2, 25, 5)  \
	FMLA_LANE(16, 3, 24, 6)  \
	FMLA_LANE(16, 3, 25, 7)  \
	FMLA_LANE(17, 0, 24, 8)  \
	FMLA_LANE(17, 0, 25, 9)  \
	FMLA_LANE(17, 1, 24, 10) \
	FMLA_LANE(17, 1, 25, 11) \
	FMLA_LANE(17, 2, 24, 12) \
	FMLA_LANE(17, 2, 25, 13) \
	FMLA_LANE(17, 3, 24, 14) \
	FMLA_LANE(17, 3, 25, 15)

#define NARROW_COLUMN_STEP \
	FMLA_LANE(16, 0, 24, 0) \
	FMLA_LANE(16, 1, 24, 1) \
	FMLA_LANE(16, 2, 24, 2) \
	FMLA_LANE(16, 3, 24, 3) \
	FMLA_LANE(17, 0, 24, 4) \
	FMLA_LANE(17, 1, 24, 5) \
	FMLA_LANE(17, 2, 24, 6) \
	FMLA_LANE(17, 3, 24, 7)

#define CLEAR_NARROW \
	EOR(0, 0, 0) \
	EOR(1, 1, 1) \
	EOR(2, 2, 2) \
	EOR(3, 3, 3) \
	EOR(4, 4, 4) \
	EOR(5, 5, 5) \
	EOR(6, 6, 6) \
	EOR(7, 7, 7)

#define CLEAR_WIDE \
	CLEAR_NARROW    \
	EOR(8, 8, 8)    \
	EOR(9, 9, 9)    \
	EOR(10, 10, 10) \
	EOR(11, 11, 11) \
	EOR(12, 12, 12) \
	EOR(13, 13, 13) \
	EOR(14, 14, 14) \
	EOR(15, 15, 15)

// R19 is t. ROWS sets R0 to R7 to the rows of A, and R8 to R13 to what the loops over the depth need.
#define ROWS \
	MOVD   tile_a(R19), R20    \
	MOVD   tile_aRow(R19), R21 \
	ROW(R0)                    \
	ROW(R1)                    \
	ROW(R2)                    \
	ROW(R3)                    \
	ROW(R4)                    \
	ROW(R5)                    \
	ROW(R6)                    \
	ROW(R7)                    \
	MOVD   tile_b(R19), R8     \
	MOVD   tile_ldb(R19), R9   \
	LSL    $2, R9              \ // bytes, as in R11 and R12
	MOVD   tile_run(R19), R10  \
	MOVD   tile_skip(R19), R11 \
	LSL    $2, R11             \
	MOVD   tile_skipB(R19), R12 \
	MUL    R9, R12             \
	MOVD   tile_runs(R19), R13

#define ROW(a) \
	MOVW.P 4(R21), a \
	ADD    a<<2, R20, a

// FOUR_OF_A loads the next four numbers of each row to V16 to V23, ONE_OF_A the next.
#define FOUR_OF_A \
	FMOVQ.P 16(R0), F16 \
	FMOVQ.P 16(R1), F17 \
	FMOVQ.P 16(R2), F18 \
	FMOVQ.P 16(R3), F19 \
	FMOVQ.P 16(R4), F20 \
	FMOVQ.P 16(R5), F21 \
	FMOVQ.P 16(R6), F22 \
	FMOVQ.P 16(R7), F23

#define ONE_OF_A \
	FMOVS.P 4(R0), F16 \
	FMOVS.P 4(R1), F17 \
	FMOVS.P 4(R2), F18 \
	FMOVS.P 4(R3), F19 \
	FMOVS.P 4(R4), F20 \
	FMOVS.P 4(R5), F21 \
	FMOVS.P 4(R6), F22 \
	FMOVS.P 4(R7), F23

#define NEXT_RUN \
	ADD R11, R0 \
	ADD R11, R1 \
	ADD R11, R2 \
	ADD R11, R3 \
	ADD R11, R4 \
	ADD R11, R5 \
	ADD R11, R6 \
	ADD R11, R7 \
	ADD R12, R8

// STORE puts alpha times the sums into C, or adds them, and returns. If some columns do not exist, the sums go to R7 first,
// to be taken one by one.
#define STORE \
	STORE_ARGUMENTS         \
	CMP  $8, R3             \
	BNE  part               \
	CBZ  R4, set            \
	ADD_ROW(0)              \
	ADD_ROW(2)              \
	ADD_ROW(4)              \
	ADD_ROW(6)              \
	ADD_ROW(8)              \
	ADD_ROW(10)             \
	ADD_ROW(12)             \
	ADD_ROW(14)             \
	RET                     \
set:                        \
	SET_ROW(0)              \
	SET_ROW(2)              \
	SET_ROW(4)              \
	SET_ROW(6)              \
	SET_ROW(8)              \
	SET_ROW(10)             \
	SET_ROW(12)             \
	SET_ROW(14)             \
	RET                     \
part:                       \
	MOVD   R7, R8           \
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R8) \
	VST1.P [V4.S4, V5.S4, V6.S4, V7.S4], 64(R8) \
	VST1.P [V8.S4, V9.S4, V10.S4, V11.S4], 64(R8) \
	VST1   [V12.S4, V13.S4, V14.S4, V15.S4], (R8) \
	STORE_PART(32)

#define NARROW_STORE \
	STORE_ARGUMENTS         \
	CMP  $4, R3             \
	BNE  part               \
	CBZ  R4, set            \
	ADD_NARROW_ROW(0)       \
	ADD_NARROW_ROW(1)       \
	ADD_NARROW_ROW(2)       \
	ADD_NARROW_ROW(3)       \
	ADD_NARROW_ROW(4)       \
	ADD_NARROW_ROW(5)       \
	ADD_NARROW_ROW(6)       \
	ADD_NARROW_ROW(7)       \
	RET                     \
set:                        \
	SET_NARROW_ROW(0)       \
	SET_NARROW_ROW(1)       \
	SET_NARROW_ROW(2)       \
	SET_NARROW_ROW(3)       \
	SET_NARROW_ROW(4)       \
	SET_NARROW_ROW(5)       \
	SET_NARROW_ROW(6)       \
	SET_NARROW_ROW(7)       \
	RET                     \
part:                       \
	MOVD   R7, R8           \
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R8) \
	VST1   [V4.S4, V5.S4, V6.S4, V7.S4], (R8) \
	STORE_PART(16)

#define STORE_ARGUMENTS \
	MOVD  tile_c(R19), R0     \
	MOVD  tile_cRow(R19), R1  \
	MOVD  tile_count(R19), R2 \
	MOVD  tile_cols(R19), R3  \
	MOVBU tile_add(R19), R4   \
	FMOVS tile_alpha(R19), F31

// NEXT_ROW points R5 to the next row of C, or goes to end if there is none.
#define NEXT_ROW \
	CBZ    R2, end   \
	SUB    $1, R2    \
	MOVW.P 4(R1), R5 \
	ADD    R5<<2, R0, R5

#define ADD_ROW(sum) \
	NEXT_ROW                        \
	VLD1 (R5), [V16.S4, V17.S4]     \
	FMLA_LANE(31, 0, sum, 16)       \
	FMLA_LANE(31, 0, sum+1, 17)     \
	VST1 [V16.S4, V17.S4], (R5)

#define SET_ROW(sum) \
	NEXT_ROW                        \
	FMUL_LANE(31, 0, sum, 16)       \
	FMUL_LANE(31, 0, sum+1, 17)     \
	VST1 [V16.S4, V17.S4], (R5)

#define ADD_NARROW_ROW(sum) \
	NEXT_ROW                  \
	FMOVQ (R5), F16           \
	FMLA_LANE(31, 0, sum, 16) \
	FMOVQ F16, (R5)

#define SET_NARROW_ROW(sum) \
	NEXT_ROW                  \
	FMUL_LANE(31, 0, sum, 16) \
	FMOVQ F16, (R5)

// STORE_PART takes the sums from R7, where rows lie size bytes apart.
#define STORE_PART(size) \
row:                            \
	NEXT_ROW                    \
	MOVD R7, R8                 \
	ADD  $size, R7              \
	MOVD R3, R9                 \
column:                         \
	FMOVS.P 4(R8), F16          \
	CBZ     R4, over            \
	FMOVS   (R5), F17           \
	FMADDS  F31, F17, F16, F16  \
	B       put                 \
over:                           \
	FMULS   F31, F16, F16       \
put:                            \
	FMOVS.P F16, 4(R5)          \
	SUBS    $1, R9              \
	BNE     column              \
	B       row                 \
end:                            \
	RET

// func tileRows8x8NEON(t *tile)
TEXT ·tileRows8x8NEON(SB), NOSPLIT, $256-8
	MOVD t+0(FP), R19
	ROWS
	CLEAR_WIDE

run:
	SUBS $4, R10, R14
	BLT  rest

four:
	FOUR_OF_A
	VLD1.P (R8)(R9), [V24.S4, V25.S4]
	STEP(16, 0, 24)
	VLD1.P (R8)(R9), [V26.S4, V27.S4]
	STEP(16, 1, 26)
	VLD1.P (R8)(R9), [V24.S4, V25.S4]
	STEP(16, 2, 24)
	VLD1.P (R8)(R9), [V26.S4, V27.S4]
	STEP(16, 3, 26)
	SUBS   $4, R14
	BGE    four

rest:
	ADDS $4, R14
	BEQ  next

one:
	ONE_OF_A
	VLD1.P (R8)(R9), [V24.S4, V25.S4]
	STEP(16, 0, 24)
	SUBS   $1, R14
	BNE    one

next:
	NEXT_RUN
	SUBS $1, R13
	BNE  run
	MOVD $sums-256(SP), R7
	STORE

// func tileRows8x4NEON(t *tile)
TEXT ·tileRows8x4NEON(SB), NOSPLIT, $128-8
	MOVD t+0(FP), R19
	ROWS
	CLEAR_NARROW

run:
	SUBS $4, R10, R14
	BLT  rest

four:
	FOUR_OF_A
	VLD1.P (R8)(R9), [V24.S4]
	NARROW_STEP(16, 0, 24)
	VLD1.P (R8)(R9), [V25.S4]
	NARROW_STEP(16, 1, 25)
	VLD1.P (R8)(R9), [V24.S4]
	NARROW_STEP(16, 2, 24)
	VLD1.P (R8)(R9), [V25.S4]
	NARROW_STEP(16, 3, 25)
	SUBS   $4, R14
	BGE    four

rest:
	ADDS $4, R14
	BEQ  next

one:
	ONE_OF_A
	VLD1.P (R8)(R9), [V24.S4]
	NARROW_STEP(16, 0, 24)
	SUBS   $1, R14
	BNE    one

next:
	NEXT_RUN
	SUBS $1, R13
	BNE  run
	MOVD $sums-128(SP), R7
	NARROW_STORE

// COLUMNS sets what the loops over the depth need.
#define COLUMNS \
	MOVD tile_a(R19), R0     \
	MOVD tile_b(R19), R1     \
	MOVD tile_step(R19), R2  \
	LSL  $2, R2              \ // bytes, as in R3, R5, R6, R7 and R8
	MOVD tile_ldb(R19), R3   \
	LSL  $2, R3              \
	MOVD tile_run(R19), R4   \
	MOVD tile_skip(R19), R5  \
	LSL  $2, R5              \
	MOVD tile_skipB(R19), R6 \
	MUL  R3, R6              \
	MOVD tile_jump(R19), R7  \
	LSL  $2, R7              \
	MOVD tile_jumpB(R19), R8 \
	MUL  R3, R8              \
	MOVD tile_runs(R19), R9  \
	MOVD tile_times(R19), R10

// func tileColumns8x8NEON(t *tile)
TEXT ·tileColumns8x8NEON(SB), NOSPLIT, $256-8
	MOVD t+0(FP), R19
	COLUMNS
	CLEAR_WIDE

time:
	MOVD R9, R11

run:
	MOVD R4, R12

step:
	VLD1.P (R0)(R2), [V16.S4, V17.S4]
	VLD1.P (R1)(R3), [V24.S4, V25.S4]
	COLUMN_STEP
	SUBS   $1, R12
	BNE    step
	ADD    R5, R0
	ADD    R6, R1
	SUBS   $1, R11
	BNE    run
	ADD    R7, R0
	ADD    R8, R1
	SUBS   $1, R10
	BNE    time
	MOVD   $sums-256(SP), R7
	STORE

// func tileColumns8x4NEON(t *tile)
TEXT ·tileColumns8x4NEON(SB), NOSPLIT, $128-8
	MOVD t+0(FP), R19
	COLUMNS
	CLEAR_NARROW

time:
	MOVD R9, R11

run:
	MOVD R4, R12

step:
	VLD1.P (R0)(R2), [V16.S4, V17.S4]
	VLD1.P (R1)(R3), [V24.S4]
	NARROW_COLUMN_STEP
	SUBS   $1, R12
	BNE    step
	ADD    R5, R0
	ADD    R6, R1
	SUBS   $1, R11
	BNE    run
	ADD    R7, R0
	ADD    R8, R1
	SUBS   $1, R10
	BNE    time
	MOVD   $sums-128(SP), R7
	NARROW_STORE

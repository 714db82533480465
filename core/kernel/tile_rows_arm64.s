#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"
#include "tile_arm64.h"

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

// ROWS sets R0 to R7 to the rows of A, and R8 to R13 to what the loops over the depth need.
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

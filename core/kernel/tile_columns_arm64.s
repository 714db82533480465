#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"
#include "tile_arm64.h"

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

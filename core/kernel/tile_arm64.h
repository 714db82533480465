// The micro-kernels keep their sums in registers from 0 on, row after row, two vectors each, or one in the narrow form. R19
// points to the tile.

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

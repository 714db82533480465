#include "textflag.h"

// func copyRows8(dst []float32, width int, src []float32, ld, rows int)
TEXT ·copyRows8(SB), NOSPLIT, $0-72
	MOVD dst_base+0(FP), R0
	MOVD width+24(FP), R1
	MOVD src_base+32(FP), R2
	MOVD ld+56(FP), R3
	MOVD rows+64(FP), R4
	LSL  $2, R1
	LSL  $2, R3
	CBZ  R4, end

row:
	VLD1.P (R2)(R3), [V0.S4, V1.S4]
	VST1.P [V0.S4, V1.S4], (R0)(R1)
	SUBS   $1, R4
	BNE    row

end:
	RET

// func transpose4(y []float32, ldy int, x []float32, ldx, cols int)
TEXT ·transpose4(SB), NOSPLIT, $0-72
	MOVD y_base+0(FP), R0
	MOVD ldy+24(FP), R1
	MOVD x_base+32(FP), R2
	MOVD ldx+56(FP), R3
	MOVD cols+64(FP), R4
	LSL  $2, R1
	LSL  $2, R3
	ADD  R3, R2, R5
	ADD  R3, R5, R6
	ADD  R3, R6, R7
	LSR  $2, R4
	CBZ  R4, end

four:
	FMOVQ.P 16(R2), F0
	FMOVQ.P 16(R5), F1
	FMOVQ.P 16(R6), F2
	FMOVQ.P 16(R7), F3
	VZIP1   V1.S4, V0.S4, V4.S4 // pairs of rows 0 and 1: columns 0 and 1
	VZIP2   V1.S4, V0.S4, V5.S4 // columns 2 and 3
	VZIP1   V3.S4, V2.S4, V6.S4 // the same of rows 2 and 3
	VZIP2   V3.S4, V2.S4, V7.S4
	VZIP1   V6.D2, V4.D2, V0.D2
	VZIP2   V6.D2, V4.D2, V1.D2
	VZIP1   V7.D2, V5.D2, V2.D2
	VZIP2   V7.D2, V5.D2, V3.D2
	VST1.P  [V0.S4], (R0)(R1)
	VST1.P  [V1.S4], (R0)(R1)
	VST1.P  [V2.S4], (R0)(R1)
	VST1.P  [V3.S4], (R0)(R1)
	SUBS    $1, R4
	BNE     four

end:
	RET

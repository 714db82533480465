// Instructions on vectors of four float32 that Go's assembler has no names for. Operands are numbers of vector registers,
// in Go's order, the result last: FSUB(m, n, d) is d = n - m.
#define FADD(m, n, d) WORD $(0x4e20d400 | (m)<<16 | (n)<<5 | (d))
#define FSUB(m, n, d) WORD $(0x4ea0d400 | (m)<<16 | (n)<<5 | (d))
#define FMUL(m, n, d) WORD $(0x6e20dc00 | (m)<<16 | (n)<<5 | (d))
#define FDIV(m, n, d) WORD $(0x6e20fc00 | (m)<<16 | (n)<<5 | (d))
#define FMLA(m, n, d) WORD $(0x4e20cc00 | (m)<<16 | (n)<<5 | (d)) // d += n m, rounded once
#define FMLS(m, n, d) WORD $(0x4ea0cc00 | (m)<<16 | (n)<<5 | (d)) // d -= n m, rounded once
#define FMAX(m, n, d) WORD $(0x4e20f400 | (m)<<16 | (n)<<5 | (d)) // NaN if one is, as in FMIN
#define FMIN(m, n, d) WORD $(0x4ea0f400 | (m)<<16 | (n)<<5 | (d))
#define FSQRT(n, d) WORD $(0x6ea1f800 | (n)<<5 | (d))
#define FRINTN(n, d) WORD $(0x4e218800 | (n)<<5 | (d)) // to the nearest whole number
#define FCVTNS(n, d) WORD $(0x4e21a800 | (n)<<5 | (d)) // to int32; NaN gives 0
#define FPOSITIVE(n, d) WORD $(0x4ea0c800 | (n)<<5 | (d)) // all bits of a lane where n > 0
#define HALVE(n, d) WORD $(0x4f3f0400 | (n)<<5 | (d)) // int32, down
#define ORR(m, n, d) WORD $(0x4ea01c00 | (m)<<16 | (n)<<5 | (d))
#define AND(m, n, d) WORD $(0x4e201c00 | (m)<<16 | (n)<<5 | (d))
#define COPY(n, d) ORR(n, n, d)
#define EOR(m, n, d) WORD $(0x6e201c00 | (m)<<16 | (n)<<5 | (d))

// A lane of m, from 0 to 3, with each lane of n.
#define FMLA_LANE(m, lane, n, d) WORD $(0x4f801000 | ((lane)&1)<<21 | ((lane)>>1)<<11 | (m)<<16 | (n)<<5 | (d))
#define FMUL_LANE(m, lane, n, d) WORD $(0x4f809000 | ((lane)&1)<<21 | ((lane)>>1)<<11 | (m)<<16 | (n)<<5 | (d))

// The largest of the lanes, NaN if there is one.
#define FMAXV(n, d) WORD $(0x6e30f800 | (n)<<5 | (d))

// Vectors of two float64.
#define FCVTL(n, d) WORD $(0x0e617800 | (n)<<5 | (d)) // of lanes 0 and 1 of n
#define FCVTL2(n, d) WORD $(0x4e617800 | (n)<<5 | (d)) // of lanes 2 and 3 of n
#define FADD64(m, n, d) WORD $(0x4e60d400 | (m)<<16 | (n)<<5 | (d))
#define FMLA64(m, n, d) WORD $(0x4e60cc00 | (m)<<16 | (n)<<5 | (d))
#define FADDP64(n, d) WORD $(0x7e70d800 | (n)<<5 | (d)) // the sum of both lanes

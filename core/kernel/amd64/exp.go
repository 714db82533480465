package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// expConstants are what expOf wants in registers. It is the exp of the Go code, with fused multiply-adds.
var expConstants = []float64{
	1.4426950408889634, 0.693359375, -2.12194440e-4, // 1/ln 2; ln 2 in two parts
	1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
	-104, 89, // the range to which arguments are clipped: beyond it the result is 0 or infinite anyway
	1,
}

// expOf emits x = e^x. A NaN stays one. n, p, q and r are clobbered; AVX2 takes its constants from memory, AVX-512 from
// registers set by loadExpConstants.
func (s set) expOf(x, n, p, r reg.VecPhysical) {
	c := func(i int) operand.Op {
		if s.wide() {
			return s.vecs[16+i]
		}
		return s.broadcastTable(expConstants[i])
	}
	low, high, one := c(9), c(10), c(11)
	// Of a NaN and a number, MAX and MIN give their first operand here.
	VMOVUPS(low, n)
	VMAXPS(x, n, x)
	VMOVUPS(high, n)
	VMINPS(x, n, x)
	VMULPS(c(0), x, n)
	if s.wide() {
		VRNDSCALEPS(operand.Imm(8), n, n) // to nearest
	} else {
		VROUNDPS(operand.Imm(8), n, n)
	}
	VMOVAPS(x, r)
	VFNMADD231PS(c(1), n, r)
	VFNMADD231PS(c(2), n, r)
	VMOVUPS(c(3), p)
	for i := 4; i <= 8; i++ {
		VFMADD213PS(c(i), r, p)
	}
	VMULPS(r, r, x)
	VFMADD213PS(r, x, p) // p r² + r
	VADDPS(one, p, p)
	if s.wide() {
		VSCALEFPS(n, p, x)
		return
	}
	// 2^128 does not exist, so scale twice.
	VCVTPS2DQ(n, n)
	VPSRAD(operand.Imm(1), n, r)
	VPSUBD(r, n, n)
	for _, half := range []reg.VecPhysical{r, n} {
		VPSLLD(operand.Imm(23), half, half)
		VPADDD(one, half, half) // the bits of 1 are those of the exponent's bias
	}
	VMULPS(r, p, x)
	VMULPS(n, x, x)
}

func (s set) loadExpConstants() {
	if s.wide() {
		for i, x := range expConstants {
			VBROADCASTSS(constant(x), s.vecs[16+i])
		}
	}
}

// broadcastTable returns memory that holds x in all 8 lanes of an AVX2 vector.
func (s set) broadcastTable(x float64) operand.Mem {
	m, ok := tables[x]
	if !ok {
		bits := operand.U32(math.Float32bits(float32(x)))
		m = GLOBL("t"+hex(uint32(bits)), RODATA|NOPTR)
		for i := range 8 {
			DATA(4*i, bits)
		}
		tables[x] = m
	}
	return m
}

var tables = map[float64]operand.Mem{}

func (s set) exps() {
	v := s.vecs
	p, n := s.function("exp", "func(dst, x []float32)", "dst", "x")
	s.loadExpConstants()
	unroll := 3
	s.each("", p, n, temp, unroll, func(u int, l lane) {
		l.load(l.mem(p[1]), v[u])
		s.expOf(v[u], v[3+u], v[6+u], v[9+u])
		l.store(v[u], l.mem(p[0]))
	})
	end()

	p, n = s.function("expSum", "func(y, x []float32, shift float32) float64", "y", "x")
	s.loadExpConstants()
	shift, sum := v[14], v[13]
	argument("shift", shift)
	s.zero(sum)
	s.each("", p, n, temp, 2, func(u int, l lane) {
		x, a, b := v[u], v[2+u], v[4+u]
		l.load(l.mem(p[1]), x)
		VSUBPS(shift, x, x)
		s.expOf(x, a, b, v[6+u])
		l.store(x, l.mem(p[0]))
		l.clip(x)
		s.widen(x, a, b)
		VADDPD(a, sum, sum)
		VADDPD(b, sum, sum)
	})
	s.sum64(sum, v[0])
	Store(sum.AsX(), ReturnIndex(0))
	end()
}

// widen converts the float32 lanes of x to float64: the lower half to lo, the upper half to hi. x is clobbered.
func (s set) widen(x, lo, hi reg.VecPhysical) {
	if s.wide() {
		VCVTPS2PD(x.AsY(), lo)
		VEXTRACTF64X4(operand.Imm(1), x, x.AsY())
		VCVTPS2PD(x.AsY(), hi)
		return
	}
	VCVTPS2PD(x.AsX(), lo)
	VEXTRACTF128(operand.Imm(1), x, x.AsX())
	VCVTPS2PD(x.AsX(), hi)
}

// sum64 adds up the float64 lanes of x in its lowest lane, and clobbers y.
func (s set) sum64(x, y reg.VecPhysical) {
	if s.wide() {
		VEXTRACTF64X4(operand.Imm(1), x, y.AsY())
		VADDPD(y.AsY(), x.AsY(), x.AsY())
	}
	VEXTRACTF128(operand.Imm(1), x.AsY(), y.AsX())
	VADDPD(y.AsX(), x.AsX(), x.AsX())
	VUNPCKHPD(x.AsX(), x.AsX(), y.AsX())
	VADDSD(y.AsX(), x.AsX(), x.AsX())
}

// reductions emits sum, dot and max.
func (s set) reductions() {
	v := s.vecs
	sums := v[8:12]

	p, n := s.function("sum", "func(x []float32) float64", "x")
	for _, sum := range sums {
		s.zero(sum)
	}
	s.each("", p, n, temp, 2, func(u int, l lane) {
		l.load(l.mem(p[0]), v[u])
		s.widen(v[u], v[2+u], v[4+u])
		VADDPD(v[2+u], sums[2*u], sums[2*u])
		VADDPD(v[4+u], sums[2*u+1], sums[2*u+1])
	})
	s.gather(sums, v[0])
	Store(sums[0].AsX(), ReturnIndex(0))
	end()

	p, n = s.function("dot", "func(x, y []float32) float64", "x", "y")
	for _, sum := range sums {
		s.zero(sum)
	}
	s.each("", p, n, temp, 2, func(u int, l lane) {
		a, b, hi := v[u], v[2+u], v[4+u]
		l.load(l.mem(p[0]), a)
		l.load(l.mem(p[1]), b)
		s.widen(a, v[6+u], hi)
		s.widen(b, a, v[12+u])
		VFMADD231PD(v[6+u], a, sums[2*u])
		VFMADD231PD(hi, v[12+u], sums[2*u+1])
	})
	s.gather(sums, v[0])
	Store(sums[0].AsX(), ReturnIndex(0))
	end()

	p, n = s.function("max", "func(x []float32) float32", "x")
	top, nan := v[8], v[9] // the AVX-512 form keeps the lanes where a NaN was in K3
	VBROADCASTSS(at(p[0], 0), top)
	s.zero(nan)
	if s.wide() {
		KXORW(reg.K3, reg.K3, reg.K3)
	}
	s.each("", p, n, temp, 4, func(u int, l lane) {
		l.load(l.mem(p[0]), v[u])
		if l.masked { // where nothing is, put the first element of the rest
			VBROADCASTSS(at(p[0], 0), v[4])
			if s.wide() {
				VMOVAPS(v[0], laneMask, v[4])
			} else {
				VBLENDVPS(s.maskVec(), v[0], v[4], v[4])
			}
			VMOVAPS(v[4], v[0])
		}
		VMAXPS(v[u], top, top)
		const unordered = 3
		if s.wide() {
			VCMPPS(operand.Imm(unordered), v[u], v[u], reg.K2)
			KORW(reg.K2, reg.K3, reg.K3)
		} else {
			VCMPPS(operand.Imm(unordered), v[u], v[u], v[u])
			VORPS(v[u], nan, nan)
		}
	})
	if s.wide() {
		KMOVW(reg.K3, temp.As32())
		VEXTRACTF64X4(operand.Imm(1), top, v[0].AsY())
		VMAXPS(v[0].AsY(), top.AsY(), top.AsY())
	} else {
		VMOVMSKPS(nan, temp.As32())
	}
	VEXTRACTF128(operand.Imm(1), top.AsY(), v[0].AsX())
	VMAXPS(v[0].AsX(), top.AsX(), top.AsX())
	for _, order := range []uint64{0x0e, 0x01} { // upper pair, second
		VPERMILPS(operand.Imm(order), top.AsX(), v[0].AsX())
		VMAXPS(v[0].AsX(), top.AsX(), top.AsX())
	}
	TESTL(temp.As32(), temp.As32())
	JE(operand.LabelRef("store"))
	VMOVSS(constantBits(0x7fc00000), top.AsX())
	Label("store")
	Store(top.AsX(), ReturnIndex(0))
	end()
}

// gather adds up all lanes of four vectors of float64 in the lowest lane of the first.
func (s set) gather(sums []reg.VecPhysical, y reg.VecPhysical) {
	VADDPD(sums[1], sums[0], sums[0])
	VADDPD(sums[3], sums[2], sums[2])
	VADDPD(sums[2], sums[0], sums[0])
	s.sum64(sums[0], y)
}

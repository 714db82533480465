package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lane is where a vector lies: disp bytes behind the pointers. Masked, only its first lanes exist.
type lane struct {
	set
	disp   int
	masked bool
}

// The mask of a masked lane: a mask register, or with AVX2 the last vector register.
var laneMask = reg.K1

func (s set) maskVec() reg.VecPhysical { return s.vecs[15] }

// setMask sets the mask to the first n lanes, and clobbers n and temp.
func (s set) setMask(n, temp reg.GPPhysical) {
	if s.wide() {
		MOVQ(operand.I32(-1), temp)
		BZHIQ(n, temp, temp)
		KMOVW(temp.As32(), laneMask)
		return
	}
	LEAQ(masks(), temp)
	SHLQ(operand.Imm(2), n)
	SUBQ(n, temp)
	VMOVUPS(at(temp, 64), s.maskVec())
}

func (l lane) mem(p reg.Register) operand.Mem { return at(p, l.disp) }

// load loads from m; lanes that do not exist become 0.
func (l lane) load(m operand.Mem, v reg.VecPhysical) {
	switch {
	case !l.masked:
		VMOVUPS(m, v)
	case l.wide():
		VMOVUPS_Z(m, laneMask, v)
	default:
		VMASKMOVPS(m, l.maskVec(), v)
	}
}

func (l lane) store(v reg.VecPhysical, m operand.Mem) {
	switch {
	case !l.masked:
		VMOVUPS(v, m)
	case l.wide():
		VMOVUPS(v, laneMask, m)
	default:
		VMASKMOVPS(v, l.maskVec(), m)
	}
}

// clip sets the lanes of v that do not exist to 0.
func (l lane) clip(v reg.VecPhysical) {
	switch {
	case !l.masked:
	case l.wide():
		VMOVAPS_Z(v, laneMask, v)
	default:
		VANDPS(l.maskVec(), v, v)
	}
}

// each emits body for vectors that cover n elements: unroll at a time, then one at a time, then a masked one. u, below
// unroll, tells the vectors of one round apart. n and the pointers move; temp is clobbered.
func (s set) each(label string, pointers []reg.GPPhysical, n, temp reg.GPPhysical, unroll int, body func(u int, l lane)) {
	move := func(vectors int) {
		for _, p := range pointers {
			ADDQ(operand.I32(vectors*s.size), p)
		}
	}
	SUBQ(operand.I32(unroll*s.lanes()), n)
	JLT(operand.LabelRef(label + "few"))
	Label(label + "loop")
	for u := range unroll {
		body(u, lane{s, u * s.size, false})
	}
	move(unroll)
	SUBQ(operand.I32(unroll*s.lanes()), n)
	JGE(operand.LabelRef(label + "loop"))
	Label(label + "few")
	ADDQ(operand.I32((unroll-1)*s.lanes()), n)
	JLT(operand.LabelRef(label + "tail"))
	Label(label + "one")
	body(0, lane{s, 0, false})
	move(1)
	SUBQ(operand.I32(s.lanes()), n)
	JGE(operand.LabelRef(label + "one"))
	Label(label + "tail")
	ADDQ(operand.I32(s.lanes()), n)
	JE(operand.LabelRef(label + "end"))
	s.setMask(n, temp)
	body(0, lane{s, 0, true})
	Label(label + "end")
}

// function begins a routine and loads the bases of slices. It returns their registers and the length of the first one.
func (s set) function(name, signature string, slices ...string) (pointers []reg.GPPhysical, n reg.GPPhysical) {
	TEXT(name+s.name, NOSPLIT, signature)
	registers := []reg.GPPhysical{reg.RAX, reg.RBX, reg.RCX, reg.RDX, reg.R8, reg.R9, reg.R10}
	for i, x := range slices {
		Load(Param(x).Base(), registers[i])
	}
	n = reg.RSI
	Load(Param(slices[0]).Len(), n)
	return registers[:len(slices)], n
}

// temp is a general register that function leaves alone.
var temp = reg.RDI

// argument loads float32 argument name into all lanes of v.
func argument(name string, v reg.VecPhysical) {
	a, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(a.Addr, v)
}

func end() {
	VZEROUPPER()
	RET()
}

// flushed emits body with numbers under the smallest normal one taken and stored as 0. What decays, as the averages of an
// optimiser do where the gradient stays 0, ends among them, where arithmetic is a hundred times slower.
func flushed(body func()) {
	old, flush := AllocLocal(8), AllocLocal(8)
	VSTMXCSR(old)
	MOVL(operand.U32(0x9fc0), flush) // exceptions masked, round to nearest, flush to zero, denormals are zero
	VLDMXCSR(flush)
	body()
	VLDMXCSR(old)
}

// constant returns the memory that holds x.
func constant(x float64) operand.Mem { return constantBits(math.Float32bits(float32(x))) }

func constantBits(bits uint32) operand.Mem {
	m, ok := constants[bits]
	if !ok {
		m = GLOBL("c"+hex(bits), RODATA|NOPTR)
		DATA(0, operand.U32(bits))
		constants[bits] = m
	}
	return m
}

var constants = map[uint32]operand.Mem{}

func hex(x uint32) string {
	const digits = "0123456789abcdef"
	b := make([]byte, 8)
	for i := range b {
		b[i] = digits[x>>(28-4*i)&15]
	}
	return string(b)
}

// elements emits the routines that treat each element alike.
func (s set) elements() {
	v := s.vecs
	alpha, beta, zero := v[12], v[13], v[14]

	p, n := s.function("scale", "func(alpha float32, x []float32)", "x")
	argument("alpha", alpha)
	flushed(func() {
		s.each("", p, n, temp, 4, func(u int, l lane) {
			l.load(l.mem(p[0]), v[u])
			VMULPS(alpha, v[u], v[u])
			l.store(v[u], l.mem(p[0]))
		})
	})
	end()

	p, n = s.function("scaleClamp", "func(x []float32, f, m float32)", "x")
	one := v[11]
	argument("f", alpha)
	argument("m", beta)
	s.zero(zero)
	VBROADCASTSS(constant(1), one)
	s.each("", p, n, temp, 4, func(u int, l lane) {
		l.load(l.mem(p[0]), v[u])
		VFMADD213PS(beta, alpha, v[u])
		VMAXPS(zero, v[u], v[u])
		VMINPS(one, v[u], v[u])
		l.store(v[u], l.mem(p[0]))
	})
	end()

	p, n = s.function("axpy", "func(alpha float32, x, y []float32)", "x", "y")
	argument("alpha", alpha)
	flushed(func() {
		s.each("", p, n, temp, 4, func(u int, l lane) {
			l.load(l.mem(p[0]), v[u])
			l.load(l.mem(p[1]), v[4+u])
			VFMADD231PS(v[u], alpha, v[4+u])
			l.store(v[4+u], l.mem(p[1]))
		})
	})
	end()

	p, n = s.function("mul", "func(dst, x, y []float32)", "dst", "x", "y")
	s.each("", p, n, temp, 4, func(u int, l lane) {
		l.load(l.mem(p[1]), v[u])
		l.load(l.mem(p[2]), v[4+u])
		VMULPS(v[u], v[4+u], v[u])
		l.store(v[u], l.mem(p[0]))
	})
	end()

	p, n = s.function("mulAdd", "func(dst, x, y []float32)", "dst", "x", "y")
	s.each("", p, n, temp, 4, func(u int, l lane) {
		l.load(l.mem(p[0]), v[u])
		l.load(l.mem(p[1]), v[4+u])
		l.load(l.mem(p[2]), v[8+u])
		VFMADD231PS(v[4+u], v[8+u], v[u])
		l.store(v[u], l.mem(p[0]))
	})
	end()

	p, n = s.function("lerp", "func(dst, src []float32, m, rest float32)", "dst", "src")
	argument("m", alpha)
	argument("rest", beta)
	flushed(func() {
		s.each("", p, n, temp, 4, func(u int, l lane) {
			l.load(l.mem(p[0]), v[u])
			l.load(l.mem(p[1]), v[4+u])
			VMULPS(beta, v[4+u], v[4+u])
			VFMADD213PS(v[4+u], alpha, v[u])
			l.store(v[u], l.mem(p[0]))
		})
	})
	end()

	p, n = s.function("relu", "func(y, x []float32)", "y", "x")
	s.zero(zero)
	s.each("", p, n, temp, 4, func(u int, l lane) {
		l.load(l.mem(p[1]), v[u])
		VMAXPS(v[u], zero, v[u]) // of a NaN and 0, the first operand here
		l.store(v[u], l.mem(p[0]))
	})
	end()

	p, n = s.function("reluGrad", "func(dx, y, dy []float32)", "dx", "y", "dy")
	s.zero(zero)
	s.each("", p, n, temp, 4, func(u int, l lane) {
		l.load(l.mem(p[1]), v[u])
		l.load(l.mem(p[2]), v[4+u])
		s.whereGreater(v[u], zero, v[4+u])
		l.load(l.mem(p[0]), v[8+u])
		VADDPS(v[4+u], v[8+u], v[8+u])
		l.store(v[8+u], l.mem(p[0]))
	})
	end()

	p, n = s.function("reluMask", "func(dy, y []float32)", "dy", "y")
	s.zero(zero)
	s.each("", p, n, temp, 4, func(u int, l lane) {
		l.load(l.mem(p[1]), v[u])
		l.load(l.mem(p[0]), v[4+u])
		s.whereGreater(v[u], zero, v[4+u])
		l.store(v[4+u], l.mem(p[0]))
	})
	end()
}

// whereGreater sets the lanes of x where not a > b to 0, and clobbers a.
func (s set) whereGreater(a, b, x reg.VecPhysical) {
	const greater = 0x1e // ordered, quiet
	if s.wide() {
		VCMPPS(operand.Imm(greater), b, a, reg.K2)
		VMOVAPS_Z(x, reg.K2, x)
		return
	}
	VCMPPS(operand.Imm(greater), b, a, a)
	VANDPS(a, x, x)
}

// adam emits adamStep: f holds what the type adam says.
func (s set) adam() {
	v := s.vecs
	p, n := s.function("adam", "func(w, g, m, v []float32, f *[9]float32)", "w", "g", "m", "v")
	Load(Param("f"), temp)
	constant := func(i int) reg.VecPhysical { return v[6+i] } // 9 of them, up to 14
	for i := range 9 {
		VBROADCASTSS(at(temp, 4*i), constant(i))
	}
	flushed(func() {
		s.each("", p, n, temp, 1, func(_ int, l lane) {
			w, g, m, square := v[0], v[1], v[2], v[3]
			l.load(l.mem(p[0]), w)
			l.load(l.mem(p[1]), g)
			VFMADD231PS(constant(4), w, g)
			l.load(l.mem(p[2]), m)
			VMULPS(constant(0), m, m)
			VFMADD231PS(constant(1), g, m)
			l.store(m, l.mem(p[2]))
			l.load(l.mem(p[3]), square)
			VMULPS(constant(2), square, square)
			VMULPS(g, g, g)
			VFMADD231PS(constant(3), g, square)
			l.store(square, l.mem(p[3]))
			VSQRTPS(square, square)
			VFMADD213PS(constant(8), constant(7), square)
			VMULPS(constant(6), m, m)
			VDIVPS(square, m, m)
			VFMSUB132PS(constant(5), m, w)
			l.store(w, l.mem(p[0]))
		})
	})
	end()
}

package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// copyRows emits a copy of rows of up to two vectors, filled up with zeros to whole vectors.
func (s set) copyRows() {
	TEXT("copyRows"+s.name, NOSPLIT, "func(dst []float32, width int, src []float32, ld, n, rows int)")
	dst, width, src, ld, n, rows := reg.RAX, reg.RBX, reg.RCX, reg.RDX, reg.RSI, reg.R8
	Load(Param("dst").Base(), dst)
	Load(Param("width"), width)
	Load(Param("src").Base(), src)
	Load(Param("ld"), ld)
	Load(Param("n"), n)
	Load(Param("rows"), rows)
	SHLQ(operand.Imm(2), width)
	SHLQ(operand.Imm(2), ld)
	first, second := s.vecs[0], s.vecs[1]
	loop := func(label string, part func()) {
		TESTQ(rows, rows)
		JE(operand.LabelRef(label + "end"))
		Label(label)
		part()
		ADDQ(ld, src)
		ADDQ(width, dst)
		DECQ(rows)
		JNE(operand.LabelRef(label))
		Label(label + "end")
		end()
	}
	CMPQ(n, operand.I32(s.lanes()))
	JG(operand.LabelRef("two"))
	s.setMask(n, temp)
	loop("narrow", func() {
		lane{s, 0, true}.load(at(src, 0), first)
		VMOVUPS(first, at(dst, 0))
	})
	Label("two")
	SUBQ(operand.I32(s.lanes()), n)
	s.setMask(n, temp)
	loop("wide", func() {
		VMOVUPS(at(src, 0), first)
		lane{s, s.size, true}.load(at(src, s.size), second)
		VMOVUPS(first, at(dst, 0))
		VMOVUPS(second, at(dst, s.size))
	})
}

// transpose8 emits the transposition of 8 rows of a multiple of 8 columns.
func transpose8() {
	TEXT("transpose8", NOSPLIT, "func(y []float32, ldy int, x []float32, ldx, cols int)")
	y, ldy, x, ldx, cols := reg.RAX, reg.RBX, reg.RCX, reg.RDX, reg.RSI
	x3, y3, xHalf, yHalf := reg.R8, reg.R9, reg.R10, reg.R11
	Load(Param("y").Base(), y)
	Load(Param("ldy"), ldy)
	Load(Param("x").Base(), x)
	Load(Param("ldx"), ldx)
	Load(Param("cols"), cols)
	SHLQ(operand.Imm(2), ldy)
	SHLQ(operand.Imm(2), ldx)
	LEAQ(operand.Mem{Base: ldx, Index: ldx, Scale: 2}, x3)
	LEAQ(operand.Mem{Base: ldy, Index: ldy, Scale: 2}, y3)
	row := func(base, half, ld, ld3 reg.GPPhysical, i int) operand.Mem {
		if i >= 4 {
			base = half
		}
		switch i % 4 {
		case 0:
			return at(base, 0)
		case 3:
			return operand.Mem{Base: base, Index: ld3, Scale: 1}
		default:
			return operand.Mem{Base: base, Index: ld, Scale: uint8(i % 4)}
		}
	}
	v := avx2.vecs
	SHRQ(operand.Imm(3), cols)
	JE(operand.LabelRef("end"))
	Label("loop")
	LEAQ(operand.Mem{Base: x, Index: ldx, Scale: 4}, xHalf)
	LEAQ(operand.Mem{Base: y, Index: ldy, Scale: 4}, yHalf)
	// The left halves of rows i and i+4 go into one vector, as do the right halves; the rest stays within halves.
	for i := range 4 {
		left, right := row(x, xHalf, ldx, x3, i), row(x, xHalf, ldx, x3, i+4)
		VMOVUPS(left, v[i].AsX())
		VINSERTF128(operand.Imm(1), right, v[i], v[i])
		left.Disp += 16
		right.Disp += 16
		VMOVUPS(left, v[4+i].AsX())
		VINSERTF128(operand.Imm(1), right, v[4+i], v[4+i])
	}
	for half := range 2 {
		a := v[4*half : 4*half+4]
		t := v[8 : 8+4]
		VUNPCKLPS(a[1], a[0], t[0])
		VUNPCKHPS(a[1], a[0], t[1])
		VUNPCKLPS(a[3], a[2], t[2])
		VUNPCKHPS(a[3], a[2], t[3])
		for i := range 4 {
			order := uint64(0x44) // lower pairs
			if i%2 == 1 {
				order = 0xee // upper pairs
			}
			VSHUFPS(operand.Imm(order), t[2+i/2], t[i/2], a[i])
			VMOVUPS(a[i], row(y, yHalf, ldy, y3, 4*half+i))
		}
	}
	ADDQ(operand.Imm(32), x)
	LEAQ(operand.Mem{Base: yHalf, Index: ldy, Scale: 4}, y)
	DECQ(cols)
	JNE(operand.LabelRef("loop"))
	Label("end")
	end()
}

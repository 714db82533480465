package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of the Go struct tile, which holds the arguments of a micro-kernel. A slice is 24 bytes.
const (
	tileA     = 24 * 0
	tileB     = 24 * 1
	tileC     = 24 * 2
	tileARow  = 24 * 3
	tileCRow  = 24 * 4
	tileNext  = 24 * 5
	tileRun   = 144
	tileSkip  = 152
	tileSkipB = 160
	tileRuns  = 168
	tileJump  = 176
	tileJumpB = 184
	tileTimes = 192
	tileStep  = 200
	tileLdb   = 208
	tileCount = 216
	tileCols  = 224
	tileAlpha = 232
	tileAdd   = 236
)

// tileRegs names the vector registers of a micro-kernel with n vectors in a row.
type tileRegs struct {
	set
	n int
}

func (r tileRegs) acc(i, j int) reg.VecPhysical { return r.vecs[i*r.n+j] }
func (r tileRegs) b(j int) reg.VecPhysical      { return r.vecs[len(r.vecs)-1-j] }

// temp cycles through the registers that are neither sums nor B.
func (r tileRegs) temp(i int) reg.VecPhysical {
	free := min(len(r.vecs)-r.n*r.rows-r.n, 6)
	return r.vecs[r.n*r.rows+i%free]
}

// width returns the bytes of a row of a packed panel of B.
func (r tileRegs) width() int { return r.n * r.size }

// step emits one step of the depth: the sums += column of A times row of B, which lies disp bytes behind b. a gives the
// address of A's element in row i.
func (r tileRegs) step(b reg.Register, disp int, a func(i int) operand.Mem) {
	for j := range r.n {
		VMOVUPS(at(b, disp+j*r.size), r.b(j))
	}
	for i := range r.rows {
		VBROADCASTSS(a(i), r.temp(i))
		for j := range r.n {
			VFMADD231PS(r.b(j), r.temp(i), r.acc(i, j))
		}
	}
}

// fetchC emits prefetches of C, which will be there when the sums are.
func (r tileRegs) fetchC(t, c, cRow, row reg.Register) {
	MOVQ(at(t, tileC), c)
	MOVQ(at(t, tileCRow), cRow)
	for i := range r.rows {
		MOVLQSX(at(cRow, 4*i), row)
		for j := range (r.n*r.size + 63) / 64 {
			PREFETCHT0(operand.Mem{Base: c, Index: row, Scale: 4, Disp: 64 * j})
		}
	}
}

func (r tileRegs) zeroSums() {
	for i := range r.rows {
		for j := range r.n {
			r.zero(r.acc(i, j))
		}
	}
}

// tileRows emits the micro-kernel that reads each row of A through a pointer of its own.
func tileRows(s set, n int) {
	r := tileRegs{s, n}
	TEXT(fmt.Sprintf("tileRows%dx%d%s", s.rows, n*s.lanes(), s.name), NOSPLIT, "func(t *byte)")
	Doc(fmt.Sprintf("tileRows%dx%d%s is a micro-kernel: see tile. Its A has rows.", s.rows, n*s.lanes(), s.name))
	rows := []reg.Register{reg.RAX, reg.RBX, reg.RCX, reg.RDX, reg.R8, reg.R9, reg.R10, reg.R11, reg.R12, reg.R13, reg.R14, reg.R15}[:s.rows]
	b, k, t, next := reg.RSI, reg.RDI, reg.RBP, reg.RBP
	local := map[int]operand.Mem{} // copies of fields: t is lost while the sums are computed
	for _, field := range []int{tileRun, tileSkip, tileSkipB, tileRuns, tileLdb} {
		local[field] = AllocLocal(8)
	}
	limit, limit4, limit8 := AllocLocal(8), AllocLocal(8), AllocLocal(8)
	Load(Param("t"), t)
	for _, field := range []int{tileRun, tileSkip, tileRuns} {
		MOVQ(at(t, field), b)
		MOVQ(b, local[field])
	}
	MOVQ(at(t, tileLdb), b)
	SHLQ(operand.Imm(2), b) // bytes
	MOVQ(b, local[tileLdb])
	IMULQ(at(t, tileSkipB), b)
	MOVQ(b, local[tileSkipB])
	r.fetchC(t, reg.RAX, reg.RBX, reg.RCX)
	MOVQ(at(t, tileA), b)
	MOVQ(at(t, tileARow), k)
	for i, row := range rows {
		MOVLQSX(at(k, 4*i), row)
		LEAQ(operand.Mem{Base: b, Index: row, Scale: 4}, row)
	}
	MOVQ(at(t, tileB), b)
	MOVQ(at(t, tileNext), next)
	XORQ(k, k)
	r.zeroSums()

	Label("run")
	ADDQ(local[tileRun], k)
	MOVQ(k, limit)
	SUBQ(operand.Imm(3), k)
	MOVQ(k, limit4)
	SUBQ(operand.Imm(4), k)
	MOVQ(k, limit8)
	ADDQ(operand.Imm(7), k)
	SUBQ(local[tileRun], k)
	// Additions of whole numbers take places of multiply-adds, so where B is packed eight steps share them.
	CMPQ(local[tileLdb], operand.U32(r.width()))
	JNE(operand.LabelRef("four"))
	JMP(operand.LabelRef("eight"))
	element := func(p int) func(i int) operand.Mem {
		return func(i int) operand.Mem { return operand.Mem{Base: rows[i], Index: k, Scale: 4, Disp: 4 * p} }
	}
	Label("loop8")
	PREFETCHT1(at(next, 0))
	for p := range 8 {
		if p == 4 {
			PREFETCHT1(at(next, 64))
		}
		r.step(b, p*r.width(), element(p))
	}
	ADDQ(operand.I32(128), next)
	ADDQ(operand.I32(8*r.width()), b)
	ADDQ(operand.Imm(8), k)
	Label("eight")
	CMPQ(k, limit8)
	JLT(operand.LabelRef("loop8"))
	JMP(operand.LabelRef("four"))
	Label("loop4")
	PREFETCHT1(at(next, 0))
	ADDQ(operand.Imm(64), next)
	for p := range 4 {
		r.step(b, 0, element(p))
		ADDQ(local[tileLdb], b)
	}
	ADDQ(operand.Imm(4), k)
	Label("four")
	CMPQ(k, limit4)
	JLT(operand.LabelRef("loop4"))
	JMP(operand.LabelRef("one"))
	Label("loop1")
	r.step(b, 0, element(0))
	ADDQ(local[tileLdb], b)
	INCQ(k)
	Label("one")
	CMPQ(k, limit)
	JLT(operand.LabelRef("loop1"))
	ADDQ(local[tileSkip], k)
	ADDQ(local[tileSkipB], b)
	DECQ(local[tileRuns])
	JNE(operand.LabelRef("run"))
	Load(Param("t"), t)
	r.store(t)
}

// tileColumns emits the micro-kernel whose A lies column after column, a fixed distance apart.
func tileColumns(s set, n int) {
	r := tileRegs{s, n}
	TEXT(fmt.Sprintf("tileColumns%dx%d%s", s.rows, n*s.lanes(), s.name), NOSPLIT, "func(t *byte)")
	Doc(fmt.Sprintf("tileColumns%dx%d%s is a micro-kernel: see tile. Its A has columns.", s.rows, n*s.lanes(), s.name))
	t, a, b, step, ldb, skip, skipB, jump, jumpB, runs, times, k, next := reg.RDI, reg.RAX, reg.RSI, reg.RCX, reg.RDX,
		reg.R8, reg.R9, reg.R10, reg.R11, reg.R12, reg.R13, reg.R15, reg.RBX
	Load(Param("t"), t)
	r.fetchC(t, reg.RAX, reg.RSI, reg.RCX)
	MOVQ(at(t, tileA), a)
	MOVQ(at(t, tileB), b)
	MOVQ(at(t, tileStep), step)
	SHLQ(operand.Imm(2), step)
	MOVQ(at(t, tileLdb), ldb)
	SHLQ(operand.Imm(2), ldb)
	for _, x := range []struct {
		field int
		to    reg.GPPhysical
	}{{tileSkip, skip}, {tileJump, jump}} {
		MOVQ(at(t, x.field), x.to)
		SHLQ(operand.Imm(2), x.to)
	}
	for _, x := range []struct {
		field int
		to    reg.GPPhysical
	}{{tileSkipB, skipB}, {tileJumpB, jumpB}} {
		MOVQ(at(t, x.field), x.to)
		IMULQ(ldb, x.to)
	}
	MOVQ(at(t, tileTimes), times)
	MOVQ(at(t, tileNext), next)
	r.zeroSums()

	element := func(p int) func(i int) operand.Mem {
		return func(i int) operand.Mem { return at(a, 4*(p*r.rows+i)) }
	}
	Label("time")
	MOVQ(at(t, tileRuns), runs)
	Label("run")
	MOVQ(at(t, tileRun), k)
	SUBQ(operand.Imm(8), k)
	// Eight steps at a time where A and B are packed, as above.
	CMPQ(ldb, operand.U32(r.width()))
	JNE(operand.LabelRef("few"))
	CMPQ(step, operand.Imm(uint64(4*r.rows)))
	JNE(operand.LabelRef("few"))
	JMP(operand.LabelRef("eight"))
	Label("loop8")
	PREFETCHT1(at(next, 0))
	for p := range 8 {
		if p == 4 {
			PREFETCHT1(at(next, 64))
		}
		r.step(b, p*r.width(), element(p))
	}
	ADDQ(operand.I32(128), next)
	ADDQ(operand.I32(32*r.rows), a)
	ADDQ(operand.I32(8*r.width()), b)
	SUBQ(operand.Imm(8), k)
	Label("eight")
	TESTQ(k, k)
	JGE(operand.LabelRef("loop8"))
	Label("few")
	ADDQ(operand.Imm(4), k)
	JLT(operand.LabelRef("rest"))
	Label("loop4")
	PREFETCHT1(at(next, 0))
	ADDQ(operand.Imm(64), next)
	for range 4 {
		r.step(b, 0, element(0))
		ADDQ(step, a)
		ADDQ(ldb, b)
	}
	SUBQ(operand.Imm(4), k)
	JGE(operand.LabelRef("loop4"))
	Label("rest")
	ADDQ(operand.Imm(4), k)
	JE(operand.LabelRef("end"))
	Label("loop1")
	r.step(b, 0, element(0))
	ADDQ(step, a)
	ADDQ(ldb, b)
	DECQ(k)
	JNE(operand.LabelRef("loop1"))
	Label("end")
	ADDQ(skip, a)
	ADDQ(skipB, b)
	DECQ(runs)
	JNE(operand.LabelRef("run"))
	ADDQ(jump, a)
	ADDQ(jumpB, b)
	DECQ(times)
	JNE(operand.LabelRef("time"))
	r.store(t)
}

// store emits C = alpha sums or C += alpha sums, for the rows and columns that exist, and the return.
func (r tileRegs) store(t reg.Register) {
	c, cRow, count, cols, row := reg.RAX, reg.RBX, reg.RDX, reg.R8, reg.R9
	alpha := r.temp(0)
	MOVQ(at(t, tileC), c)
	MOVQ(at(t, tileCRow), cRow)
	MOVQ(at(t, tileCount), count)
	MOVQ(at(t, tileCols), cols)
	VBROADCASTSS(at(t, tileAlpha), alpha)
	if r.wide() {
		MOVQ(operand.I32(-1), row)
		BZHIQ(cols, row, row)
		KMOVW(row.As32(), reg.K1)
		SHRQ(operand.Imm(16), row)
		KMOVW(row.As32(), reg.K2)
		r.eachRow("", t, func(label string, add bool) {
			r.storeRows(label, c, cRow, count, row, func(i, j int) {
				mask := []reg.Register{reg.K1, reg.K2}[j].(reg.OpmaskPhysical)
				to, v := at(row, j*r.size), r.acc(i, j)
				if add {
					VFMADD213PS(to, alpha, mask, v)
				} else {
					VMULPS(alpha, v, v)
				}
				VMOVUPS(v, mask, to)
			})
		})
		return
	}
	CMPQ(cols, operand.Imm(uint64(r.n*r.lanes())))
	JNE(operand.LabelRef("part"))
	r.eachRow("full", t, func(label string, add bool) {
		r.storeRows(label, c, cRow, count, row, func(i, j int) {
			to, v := at(row, j*r.size), r.acc(i, j)
			if add {
				VFMADD213PS(to, alpha, v)
			} else {
				VMULPS(alpha, v, v)
			}
			VMOVUPS(v, to)
		})
	})
	Label("part")
	table, old := reg.R10, r.temp(1)
	LEAQ(masks(), table)
	SHLQ(operand.Imm(2), cols)
	SUBQ(cols, table)
	for j := range r.n {
		VMOVUPS(at(table, 64+j*r.size), r.b(j))
	}
	r.eachRow("part", t, func(label string, add bool) {
		r.storeRows(label, c, cRow, count, row, func(i, j int) {
			to, v, mask := at(row, j*r.size), r.acc(i, j), r.b(j)
			if add {
				VMASKMOVPS(to, mask, old)
				VFMADD213PS(old, alpha, v)
			} else {
				VMULPS(alpha, v, v)
			}
			VMASKMOVPS(v, mask, to)
		})
	})
}

// eachRow emits body twice, for adding and for overwriting.
func (r tileRegs) eachRow(label string, t reg.Register, body func(label string, add bool)) {
	CMPB(at(t, tileAdd), operand.Imm(0))
	JE(operand.LabelRef(label + "set"))
	body(label+"add", true)
	Label(label + "set")
	body(label+"set", false)
}

// storeRows emits each for the vectors of the first count rows, and the return.
func (r tileRegs) storeRows(label string, c, cRow, count, row reg.GPPhysical, each func(i, j int)) {
	for i := range r.rows {
		if i > 0 {
			CMPQ(count, operand.Imm(uint64(i)))
			JLE(operand.LabelRef(label + "done"))
		}
		MOVLQSX(at(cRow, 4*i), row)
		LEAQ(operand.Mem{Base: c, Index: row, Scale: 4}, row)
		for j := range r.n {
			each(i, j)
		}
	}
	Label(label + "done")
	VZEROUPPER()
	RET()
}

var maskTable operand.Mem

// masks returns the table of 16 ones and 16 zeros, 32 bits each, from which masks for the first lanes are read.
func masks() operand.Mem {
	if maskTable.Symbol.Name == "" {
		maskTable = GLOBL("masks", RODATA|NOPTR)
		for i := range 32 {
			v := operand.U32(0xffffffff)
			if i >= 16 {
				v = 0
			}
			DATA(4*i, v)
		}
	}
	return maskTable
}

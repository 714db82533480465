package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A routine of columns works on matrices [rows, c] and vectors [c]. It takes up to wide vectors of columns at a time,
// and goes down all rows with what belongs to these columns in registers.
type columns struct {
	set
	wide     int
	matrices []reg.GPPhysical
	vectors  []reg.GPPhysical
	row, end reg.GPPhysical // offset of the row, and of the end, in bytes
	stride   reg.GPPhysical // of a row, in bytes
	left     reg.GPPhysical // columns
}

// block is what the body of a routine sees: n vectors of columns.
type block struct {
	columns
	n      int
	masked bool
	label  string
}

// columnRoutine emits a routine whose slices are matrices, of equal length, and then vectors, of equal length.
func (s set) columnRoutine(name, signature string, wide int, matrices, vectors []string, body func(b block)) {
	TEXT(name+s.name, NOSPLIT, signature)
	free := []reg.GPPhysical{reg.RAX, reg.RBX, reg.RCX, reg.RDX, reg.R8, reg.R9, reg.R10, reg.R11, reg.R12}
	c := columns{set: s, wide: wide, row: reg.RDI, end: reg.RSI, stride: reg.R13, left: reg.R15}
	for _, x := range matrices {
		Load(Param(x).Base(), free[0])
		c.matrices, free = append(c.matrices, free[0]), free[1:]
	}
	for _, x := range vectors {
		Load(Param(x).Base(), free[0])
		c.vectors, free = append(c.vectors, free[0]), free[1:]
	}
	Load(Param(matrices[0]).Len(), c.end)
	SHLQ(operand.Imm(2), c.end)
	Load(Param(vectors[0]).Len(), c.left)
	MOVQ(c.left, c.stride)
	SHLQ(operand.Imm(2), c.stride)

	for _, n := range []int{wide, 1} {
		label := map[bool]string{true: "wide", false: "one"}[n == wide]
		JMP(operand.LabelRef(label + "more"))
		Label(label)
		body(block{c, n, false, label})
		for _, p := range append(append([]reg.GPPhysical(nil), c.matrices...), c.vectors...) {
			ADDQ(operand.I32(n*s.size), p)
		}
		SUBQ(operand.I32(n*s.lanes()), c.left)
		Label(label + "more")
		CMPQ(c.left, operand.I32(n*s.lanes()))
		JGE(operand.LabelRef(label))
	}
	TESTQ(c.left, c.left)
	JE(operand.LabelRef("end"))
	s.setMask(c.left, c.row)
	body(block{c, 1, true, "part"})
	Label("end")
	end()
}

// lane returns vector j of the block.
func (b block) lane(j int) lane { return lane{b.set, j * b.size, b.masked} }

// loadVector loads the columns' elements of vector i into v[0:n].
func (b block) loadVector(i int, v []reg.VecPhysical) {
	for j := range b.n {
		l := b.lane(j)
		l.load(l.mem(b.vectors[i]), v[j])
	}
}

func (b block) storeVector(i int, v []reg.VecPhysical) {
	for j := range b.n {
		l := b.lane(j)
		l.store(v[j], l.mem(b.vectors[i]))
	}
}

// eachRow emits body for each vector of each row. at gives its place in matrix i.
func (b block) eachRow(label string, body func(j int, l lane, at func(i int) operand.Mem)) {
	XORQ(b.row, b.row)
	JMP(operand.LabelRef(b.label + label + "more"))
	Label(b.label + label)
	for j := range b.n {
		l := b.lane(j)
		body(j, l, func(i int) operand.Mem {
			return operand.Mem{Base: b.matrices[i], Index: b.row, Scale: 1, Disp: l.disp}
		})
	}
	ADDQ(b.stride, b.row)
	Label(b.label + label + "more")
	CMPQ(b.row, b.end)
	JLT(operand.LabelRef(b.label + label))
}

func (s set) columnRoutines() {
	v := s.vecs
	group := func(i int) []reg.VecPhysical { return v[4*i : 4*i+4] }
	few := 4 // vectors at a time where many constants are needed
	if !s.wide() {
		few = 2
	}
	pair := func(i int) []reg.VecPhysical { return v[few*i : few*i+few] }

	s.columnRoutine("addBias", "func(y, b []float32)", 4, []string{"y"}, []string{"b"}, func(b block) {
		bias, y := group(0), group(1)
		b.loadVector(0, bias)
		b.eachRow("row", func(j int, l lane, at func(int) operand.Mem) {
			l.load(at(0), y[j])
			VADDPS(bias[j], y[j], y[j])
			l.store(y[j], at(0))
		})
	})

	s.columnRoutine("sumRows", "func(sum, x []float32)", 4, []string{"x"}, []string{"sum"}, func(b block) {
		sum, x := group(0), group(1)
		for j := range b.n {
			s.zero(sum[j])
		}
		b.eachRow("row", func(j int, l lane, at func(int) operand.Mem) {
			l.load(at(0), x[j])
			VADDPS(x[j], sum[j], sum[j])
		})
		b.storeVector(0, sum)
	})

	s.columnRoutine("columnMoments", "func(mean, m2, x []float32)", few, []string{"x"}, []string{"mean", "m2"}, func(b block) {
		mean, m2, x, first := pair(0), pair(1), pair(2), pair(3)
		for j := range b.n {
			s.zero(mean[j])
			s.zero(m2[j])
			l := b.lane(j)
			l.load(l.mem(b.matrices[0]), first[j])
		}
		b.eachRow("sum", func(j int, l lane, at func(int) operand.Mem) {
			l.load(at(0), x[j])
			VSUBPS(first[j], x[j], x[j])
			VADDPS(x[j], mean[j], mean[j])
		})
		inv, rows := x[0], x[1]
		VCVTSI2SSQ(b.stride, inv.AsX(), inv.AsX())
		VCVTSI2SSQ(b.end, rows.AsX(), rows.AsX())
		VDIVSS(rows.AsX(), inv.AsX(), inv.AsX())
		VBROADCASTSS(inv.AsX(), inv) // 1/rows
		for j := range b.n {
			VFMADD213PS(first[j], inv, mean[j])
		}
		b.storeVector(0, mean)
		b.eachRow("square", func(j int, l lane, at func(int) operand.Mem) {
			l.load(at(0), x[j])
			VSUBPS(mean[j], x[j], x[j])
			VFMADD231PS(x[j], x[j], m2[j])
		})
		b.storeVector(1, m2)
	})

	s.columnRoutine("affine", "func(y, x, mean, scale, shift []float32, floor float32)", few, []string{"y", "x"}, []string{"mean", "scale", "shift"}, func(b block) {
		mean, scale, shift, x := pair(0), pair(1), pair(2), pair(3)
		floor := v[len(v)-2]
		argument("floor", floor)
		b.loadVector(0, mean)
		b.loadVector(1, scale)
		b.loadVector(2, shift)
		b.eachRow("row", func(j int, l lane, at func(int) operand.Mem) {
			l.load(at(1), x[j])
			VSUBPS(mean[j], x[j], x[j])
			VFMADD213PS(shift[j], scale[j], x[j])
			VMAXPS(x[j], floor, x[j]) // of a NaN and the floor, the first operand here
			l.store(x[j], at(0))
		})
	})

	s.columnRoutine("affineMask", "func(dy, x, mean, scale, shift []float32)", few, []string{"dy", "x"}, []string{"mean", "scale", "shift"}, func(b block) {
		mean, scale, shift, x, dy := pair(0), pair(1), pair(2), pair(3), pair(4)
		zero := v[len(v)-2]
		s.zero(zero)
		b.loadVector(0, mean)
		b.loadVector(1, scale)
		b.loadVector(2, shift)
		b.eachRow("row", func(j int, l lane, at func(int) operand.Mem) {
			l.load(at(1), x[j])
			l.load(at(0), dy[j])
			VSUBPS(mean[j], x[j], x[j])
			VFMADD213PS(shift[j], scale[j], x[j])
			s.whereGreater(x[j], zero, dy[j])
			l.store(dy[j], at(0))
		})
	})

	s.columnRoutine("gradSums", "func(sum, sumX, x, dy, mean []float32)", few, []string{"x", "dy"}, []string{"sum", "sumX", "mean"}, func(b block) {
		sum, sumX, mean, x, dy := pair(0), pair(1), pair(2), pair(3), pair(4)
		for j := range b.n {
			s.zero(sum[j])
			s.zero(sumX[j])
		}
		b.loadVector(2, mean)
		b.eachRow("row", func(j int, l lane, at func(int) operand.Mem) {
			l.load(at(0), x[j])
			l.load(at(1), dy[j])
			VADDPS(dy[j], sum[j], sum[j])
			VSUBPS(mean[j], x[j], x[j])
			VFMADD231PS(x[j], dy[j], sumX[j])
		})
		b.storeVector(0, sum)
		b.storeVector(1, sumX)
	})

	s.columnRoutine("gradAffine", "func(dx, x, dy, mean, scale, slope, offset []float32)", few, []string{"dx", "x", "dy"}, []string{"mean", "scale", "slope", "offset"}, func(b block) {
		mean, scale, slope, offset, x := pair(0), pair(1), pair(2), pair(3), pair(4)
		b.loadVector(0, mean)
		b.loadVector(1, scale)
		b.loadVector(2, slope)
		b.loadVector(3, offset)
		dy := v[len(v)-2]
		b.eachRow("row", func(j int, l lane, at func(int) operand.Mem) {
			l.load(at(1), x[j])
			l.load(at(2), dy)
			VSUBPS(mean[j], x[j], x[j])
			VFMADD213PS(offset[j], slope[j], x[j])
			VFMADD231PS(scale[j], dy, x[j])
			l.store(x[j], at(0))
		})
	})
}

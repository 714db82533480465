// Command amd64 writes the assembly of core/kernel for amd64: one description of each routine, emitted for AVX2 with FMA
// and for AVX-512. Run it by `go generate` in core/kernel.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	for _, s := range []set{avx2, avx512} {
		tileRows(s, 2)
		tileRows(s, 1)
		tileColumns(s, 2)
		tileColumns(s, 1)
	}
	for _, s := range []set{avx2, avx512} {
		s.elements()
		s.adam()
		s.exps()
		s.reductions()
		s.columnRoutines()
		s.copyRows()
		s.rowNorm()
	}
	transpose8()
	Generate()
}

// set is an instruction set: its vectors and what they are good for.
type set struct {
	name string
	vecs []reg.VecPhysical
	size int // bytes of a vector
	rows int // of a tile of a matrix product
}

var avx2 = set{"AVX2", []reg.VecPhysical{
	reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
	reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15}, 32, 6}

var avx512 = set{"AVX512", []reg.VecPhysical{
	reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
	reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
	reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
	reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31}, 64, 12}

// lanes returns the number of float32 in a vector.
func (s set) lanes() int { return s.size / 4 }

// wide reports whether s is AVX-512, which has masks.
func (s set) wide() bool { return s.size == 64 }

func (s set) zero(v reg.VecPhysical) {
	if s.wide() {
		VPXORD(v, v, v)
	} else {
		VXORPS(v, v, v)
	}
}

// at returns the memory at base plus disp bytes.
func at(base reg.Register, disp int) operand.Mem { return operand.Mem{Base: base, Disp: disp} }

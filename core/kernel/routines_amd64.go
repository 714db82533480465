package kernel

import "golang.org/x/sys/cpu"

//go:generate go -C amd64 run . -out ../tile_amd64.s -pkg kernel

// available returns the implementations this machine can use, best first.
func available() []*routines {
	all := []*routines{&plain}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		r := plain
		r.name, r.tiling = "avx2", &avx2Tiling
		all = append([]*routines{&r}, all...)
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasBMI2 {
		r := plain
		r.name, r.tiling = "avx512", &avx512Tiling
		all = append([]*routines{&r}, all...)
	}
	return all
}

//go:build linux || darwin || freebsd || netbsd || openbsd

package main

import (
	"runtime"
	"syscall"
)

// peakMemory returns the most memory that the program has had, in megabytes of 2²⁰ bytes.
func peakMemory() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	bytes := float64(u.Maxrss)
	if runtime.GOOS != "darwin" { // where it is in bytes already
		bytes *= 1024
	}
	return bytes / (1 << 20)
}

//go:build linux || darwin || freebsd || netbsd || openbsd

package main

import (
	"os"
	"runtime"
	"syscall"
)

// resident returns the most memory that a process which has ended has had, in bytes.
func resident(s *os.ProcessState) float64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // where it is in bytes already
		return float64(u.Maxrss)
	}
	return 1024 * float64(u.Maxrss)
}

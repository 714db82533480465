//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package main

// peakMemory returns 0: this system does not tell.
func peakMemory() float64 { return 0 }

//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly || windows)

package main

import "os"

// lock returns true: this system has no lock that ends with its process.
func lock(*os.File) bool { return true }

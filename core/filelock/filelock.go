// Package filelock keeps a file to one process. A lock ends with its process, however that ends.
package filelock

import "os"

// Try locks f until it is closed. It returns false if f is locked already, in another process or by way of another opened
// file in this one. Where a system or a file system has no locks of this kind it returns true.
func Try(f *os.File) bool { return try(f) }

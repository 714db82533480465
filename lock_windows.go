package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock keeps f from being locked by others until it is closed or the process ends, however it ends. It returns false if
// another has it locked. A file system without locks refuses none.
func lock(f *os.File) bool {
	far := &windows.Overlapped{OffsetHigh: 1 << 30} // a locked byte cannot be read by others, so it is one past the content
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, far)
	return err != windows.ERROR_LOCK_VIOLATION && err != windows.ERROR_IO_PENDING
}

package filelock

import (
	"os"

	"golang.org/x/sys/windows"
)

func try(f *os.File) bool {
	far := &windows.Overlapped{OffsetHigh: 1 << 30} // a locked byte cannot be read by others, so it is one past the content
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, far)
	return err != windows.ERROR_LOCK_VIOLATION && err != windows.ERROR_IO_PENDING
}

// Package wholefile writes files that are either complete or not there.
package wholefile

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
)

// Write makes a file of what write writes. It works under a temporary name in the same folder and renames when all of it
// is on the disk: at any instant path holds the whole old file, if there was one, or the whole new one. After an error
// nothing has changed.
func Write(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil { // CreateTemp lets only the owner read
		return err
	}
	return os.Rename(f.Name(), path)
}

// Package wholefile writes files that are either complete or not there.
package wholefile

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Write makes a file of what write writes. It works under a temporary name in the same folder and renames when all of it
// is on the disk: at any instant path holds the whole old file, if there was one, or the whole new one. After an error
// nothing has changed.
func Write(path string, write func(io.Writer) error) (err error) {
	temporary := fmt.Sprintf("%s%08x", prefix(path), rand.Uint32())
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // CreateTemp would let only the owner read
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(temporary)
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
	return os.Rename(temporary, path)
}

// prefix is how the temporary names of a file begin; eight digits follow.
func prefix(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-")
}

// Sweep removes what was written of the file by processes that were killed. Nobody may be writing it.
func Sweep(path string) {
	entries, _ := os.ReadDir(filepath.Dir(path)) // of a folder that cannot be read nothing is removed
	for _, e := range entries {
		name := filepath.Join(filepath.Dir(path), e.Name())
		digits, ours := strings.CutPrefix(name, prefix(path))
		if ours && len(digits) == 8 && strings.Trim(digits, "0123456789abcdef") == "" {
			os.Remove(name)
		}
	}
}

//go:build unix

package wholefile

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Who may read the file is the user's choice, as of any file.
func TestWriteHeedsUmask(t *testing.T) {
	for _, mask := range []int{0o022, 0o077} {
		path := filepath.Join(t.TempDir(), "a.txt")
		before := syscall.Umask(mask)
		err := Write(path, func(io.Writer) error { return nil })
		syscall.Umask(before)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := 0o666 &^ os.FileMode(mask); info.Mode() != want {
			t.Errorf("mode %v under the mask %03o, want %v", info.Mode(), mask, want)
		}
	}
}

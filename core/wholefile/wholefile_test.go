package wholefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, s)
			return err
		}
	}
	for _, content := range []string{"old", "new"} {
		if err := Write(path, text(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Fatalf("%q, %v; want %q", got, err, content)
		}
	}

	full := errors.New("no space left")
	err := Write(path, func(w io.Writer) error {
		io.WriteString(w, "half a ")
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
	if got, _ := os.ReadFile(path); string(got) != "new" {
		t.Errorf("a write that failed left %q", got)
	}
	if err := Write(filepath.Join(path, "b.txt"), text("")); err == nil {
		t.Error("wrote a file into a file")
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}

// What a writer that was killed has left is removed, and nothing else.
func TestSweep(t *testing.T) {
	t.Chdir(t.TempDir())
	kept := []string{".a.txt-0123456", ".a.txt-0123456g", ".b.txt-01234567", "a.txt", "a.txt-01234567"}
	for _, name := range append([]string{".a.txt-01234567", ".a.txt-89abcdef"}, kept...) {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := Write("a.txt", func(io.Writer) error { // swept while it is written: it has such a name
		Sweep("a.txt")
		return nil
	})
	if err == nil {
		t.Error("a file that is being written has another name than what is swept")
	}
	var left []string
	entries, _ := os.ReadDir(".")
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if !slices.Equal(left, kept) {
		t.Errorf("left are %q, want %q", left, kept)
	}
}

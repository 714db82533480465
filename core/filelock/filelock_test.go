package filelock

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestTry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	first, second := open(t, path), open(t, path)
	if !Try(first) {
		t.Fatal("a file that nobody has locked is refused")
	}
	if Try(second) {
		t.Fatal("a locked file is locked again")
	}
	if _, err := first.WriteString("content"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "content" {
		t.Errorf("a locked file reads as %q, %v", got, err)
	}
	first.Close()
	if !Try(second) {
		t.Error("the lock outlives its file")
	}
}

// A process that is killed leaves no lock.
func TestTryAfterKill(t *testing.T) {
	if path := os.Getenv("FILELOCK_TEST"); path != "" { // the process that is killed
		if Try(open(t, path)) {
			os.Stdout.WriteString("locked")
		}
		time.Sleep(time.Minute)
		return
	}
	path := filepath.Join(t.TempDir(), "f")
	holder := exec.Command(os.Args[0], "-test.run=TestTryAfterKill")
	holder.Env = append(os.Environ(), "FILELOCK_TEST="+path)
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	defer holder.Wait()
	defer holder.Process.Kill()
	if n, err := out.Read(make([]byte, 6)); n != 6 {
		t.Fatalf("the other process locked nothing: %v", err)
	}
	f := open(t, path)
	if Try(f) {
		t.Fatal("two processes have the lock")
	}
	holder.Process.Kill()
	holder.Wait()
	if !Try(f) {
		t.Error("the lock of a killed process stays")
	}
}

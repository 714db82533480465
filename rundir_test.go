package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pushpull/core/train"
)

// TestRunDirIsHeld opens a run's folder while it is open, which two processes do alike: locks belong to the open file.
func TestRunDirIsHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	d, err := createRunDir(path, train.Config{Algo: "simclr"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.note(train.Metrics{Step: 1}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.file(checkpointName), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	before := content(t, path)
	for name, open := range map[string]func() (*runDir, error){
		"a new run":          func() (*runDir, error) { return createRunDir(path, train.Config{Algo: "byol"}) },
		"a run that goes on": func() (*runDir, error) { return openRunDir(path) },
		"a fine-tuned one":   func() (*runDir, error) { return newDir(path) },
	} {
		if _, err := open(); err == nil || !strings.Contains(err.Error(), path+" is in use") {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.close()
	if _, err := createRunDir(path, train.Config{Algo: "byol"}); err == nil || !strings.Contains(err.Error(), path+" holds a run already") {
		t.Errorf("a new run where one came to an end meanwhile: %v", err)
	}
	if after := content(t, path); after != before {
		t.Errorf("the folder changed from\n%s to\n%s", before, after)
	}
	d, err = openRunDir(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if last, err := d.after(1); err != nil || last.Step != 1 {
		t.Errorf("the run that goes on had its last step at %d, %v", last.Step, err)
	}
}

// content returns the names and texts of a folder's files.
func content(t *testing.T, path string) string {
	var all strings.Builder
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(path, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(e.Name() + "\n" + string(text))
	}
	return all.String()
}

// Runs that begin in the same second, such as those of other seeds, get folders of their own.
func TestRunsOfOneSecond(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, want := range []string{"runs/a", "runs/a-2", "runs/a-3"} {
		if got, err := newFolder("a"); err != nil || filepath.ToSlash(got) != want {
			t.Errorf("folder %q, %v, want %q", got, err, want)
		}
	}
}

// Who has freed some space may use the same folder for the run whose first checkpoint could not be written.
func TestDiscardedRunLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	for range 2 {
		d, err := createRunDir(path, train.Config{Algo: "simclr"})
		if err != nil {
			t.Fatal(err)
		}
		d.discard()
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Fatalf("the folder is still there: %v", err)
		}
	}
}

// A full disk is told with its remedy, and where a run goes on nobody is sent to -out, which -resume refuses.
func TestRemedyOfWhatCannotBeWritten(t *testing.T) {
	full := &os.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}
	goesOn, created := &runDir{path: "a", remedy: copied}, &runDir{path: "a", remedy: elsewhere}
	for want, err := range map[string]error{
		copied:                             goesOn.cannotWrite(syscall.EROFS),
		"free some space, or " + copied:    goesOn.cannotWrite(full),
		elsewhere:                          created.cannotWrite(syscall.EACCES),
		"free some space, or " + elsewhere: created.cannotWrite(full),
	} {
		var hinted hintedError
		if !errors.As(err, &hinted) || hinted.Hint() != want || !strings.HasPrefix(err.Error(), "the run's folder a cannot be written: ") {
			t.Errorf("%v, hint %q, want %q", err, hinted.Hint(), want)
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
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

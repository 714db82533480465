package main

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pushpull/core/data"
)

// Without labels there is nothing beside the embeddings, and labels of others are not left beside them.
func TestEmbeddingsWithoutLabels(t *testing.T) {
	dir := t.TempDir()
	set := &data.Set{H: 1, W: 1, C: 1, Pixels: make([]uint8, 2)}
	e := embedding{File: filepath.Join(dir, "x.csv"), Which: "h", Rows: 2, Dim: 2}
	if err := e.writeCSV(t.Context(), []float32{1, 2.5, -3e-7, 4}, set); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(e.File); string(text) != "h0,h1\n1,2.5\n-3e-07,4\n" || e.Labels != "" {
		t.Errorf("%q, labels in %q", text, e.Labels)
	}

	e.File = filepath.Join(dir, "x.npy")
	if err := e.writeNPY(t.Context(), []float32{1, 2, 3, 4}, set); err != nil || e.Labels != "" {
		t.Errorf("%v, labels in %q", err, e.Labels)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.labels.npy"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := e.writeNPY(t.Context(), []float32{5, 6, 7, 8}, set); err == nil || !strings.Contains(err.Error(), "x.labels.npy has some of others") {
		t.Errorf("error %v", err)
	}
}

// Names of files stand beside their rows as they are, whatever characters they have.
func TestEmbeddingsNameTheirFiles(t *testing.T) {
	dir := t.TempDir()
	set := &data.Set{H: 1, W: 1, C: 1, Pixels: make([]uint8, 2), Files: []string{"a, b/\"1\".png", "second\nline.png"}}
	e := embedding{File: filepath.Join(dir, "x.npy"), Which: "h", Rows: 2, Dim: 1}
	if err := e.writeNPY(t.Context(), []float32{1, 2}, set); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(dir, "x.files.csv"))
	if want := "file\n\"a, b/\"\"1\"\".png\"\n\"second\nline.png\"\n"; string(text) != want || e.Images != filepath.Join(dir, "x.files.csv") {
		t.Errorf("%q in %s, want %q", text, e.Images, want)
	}
	e.File = filepath.Join(dir, "x.csv")
	if err := e.writeCSV(t.Context(), []float32{1, 2}, set); err != nil {
		t.Fatal(err)
	}
	text, _ = os.ReadFile(e.File)
	if rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll(); err != nil || rows[0][0] != "file" || rows[1][0] != set.Files[0] || rows[2][0] != set.Files[1] {
		t.Errorf("%q, %v", rows, err)
	}
}

// Ctrl-C in the middle of writing leaves the file as it was, and nothing beside it.
func TestEmbeddingsInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := writeWhole(ctx, path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			t.Fatal(err)
		}
		cancel()
		_, err := io.WriteString(w, "more")
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "before" {
		t.Errorf("the file holds %q", text)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left are %v", left)
	}
}

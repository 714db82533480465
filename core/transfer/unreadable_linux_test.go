package transfer

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pushpull/core/data"
	"pushpull/core/npy"
)

// A file of pixels that can no longer be read is an error, not black images.
func TestUnreadablePixels(t *testing.T) {
	d := stripes(60, 30)
	dir := t.TempDir()
	files := map[string][]byte{}
	for name, s := range map[string]*data.Set{"train": d.Train, "test": d.Test} {
		images := make([]float32, s.Len()*s.H*s.W*s.C)
		for i := range s.Len() {
			s.Image(i, images[i*s.H*s.W*s.C:])
		}
		var x, y bytes.Buffer
		if err := npy.Write(&x, images, s.Len(), s.H, s.W, s.C); err != nil {
			t.Fatal(err)
		}
		if err := npy.Write(&y, s.Labels, s.Len()); err != nil {
			t.Fatal(err)
		}
		files[name+"_x.npy"], files[name+"_y.npy"] = x.Bytes(), y.Bytes()
	}
	d, err := data.Read(data.InMemory(files), "stripes", data.Options{Memory: 1, Cache: dir})
	if err != nil {
		t.Fatal(err)
	}
	n := untrained(t, d, nil)
	if _, err := Measure(n, d, 0.01, nil); err != nil {
		t.Fatal(err)
	}
	empty(t, dir)
	for name, do := range map[string]func() error{
		"measure": func() error {
			_, err := Measure(n, d, 0.01, nil)
			return err
		},
		"embed": func() error {
			_, _, err := Embed(n, d.Test, everything(d.Test))
			return err
		},
		"fine-tune": func() error {
			_, err := settings(t, nil).FineTune(context.Background(), n, d, silent)
			return err
		},
		"from scratch": func() error {
			_, err := settings(t, nil).FromScratch(context.Background(), n, d, silent)
			return err
		},
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "the file of decoded images cannot be read") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// empty truncates the open files of a folder, which have no names any more.
func empty(t *testing.T, dir string) {
	t.Helper()
	open, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range open {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, dir) {
			if err := os.Truncate(fd, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
}

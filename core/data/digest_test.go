//go:build !js

package data

import (
	"archive/zip"
	"bytes"
	"image/color"
	"testing"
	"testing/fstest"
)

// The digest tells images, classes and parts apart, and nothing else.
func TestDigest(t *testing.T) {
	of := func(change func(f fstest.MapFS)) uint64 {
		f := twoClasses()
		change(f)
		d, err := readFS(f, "two")
		if err != nil {
			t.Fatal(err)
		}
		return d.Digest
	}
	move := func(f fstest.MapFS, from, to string) {
		f[to], f[from] = f[from], f[to]
		if f[from] == nil {
			delete(f, from)
		}
	}
	want := of(func(fstest.MapFS) {})
	for name, change := range map[string]func(fstest.MapFS){
		"another name":  func(f fstest.MapFS) { move(f, "train/red/1.png", "train/red/9.png") },
		"a hidden file": func(f fstest.MapFS) { f["train/.DS_Store"] = &fstest.MapFile{Data: []byte("x")} },
	} {
		if got := of(change); got != want {
			t.Errorf("%s changes the digest", name)
		}
	}
	seen := map[uint64]string{0: "none", want: "before"}
	for name, change := range map[string]func(fstest.MapFS){
		"another image": func(f fstest.MapFS) {
			f["train/red/1.png"] = &fstest.MapFile{Data: asPNG(plain(4, 4, color.White))}
		},
		"one more":            func(f fstest.MapFS) { f["train/red/3.png"] = f["train/red/1.png"] },
		"another part":        func(f fstest.MapFS) { move(f, "train/red/1.png", "test/red/9.png") },
		"another class":       func(f fstest.MapFS) { move(f, "train/red/1.png", "train/blue/9.png") },
		"two classes swapped": func(f fstest.MapFS) { move(f, "train/red/1.png", "train/blue/1.png") },
	} {
		got := of(change)
		if before := seen[got]; before != "" {
			t.Errorf("%s: the digest is that of %s", name, before)
		}
		seen[got] = name
	}

	pixels := func(labels ...byte) uint64 {
		f := tinyMNIST()
		f["train-labels-idx1-ubyte.gz"] = &fstest.MapFile{Data: asGzip(idx(labels, 3))}
		d, err := readFS(f, "digits")
		if err != nil {
			t.Fatal(err)
		}
		return d.Digest
	}
	if a := pixels(1, 0, 2); a == 0 || a != pixels(1, 0, 2) || a == pixels(0, 1, 2) {
		t.Errorf("the digest of pixels is %x, with other classes %x", a, pixels(0, 1, 2))
	}

	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(twoClasses()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := Options{}.Unpack("two.zip", bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	d, err := Read(f, "two", Options{Side: 2})
	if err != nil {
		t.Fatal(err)
	}
	if d.Digest != want {
		t.Error("an archive or another size changes the digest")
	}
}

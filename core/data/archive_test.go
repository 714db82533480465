//go:build !js

package data

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func asZip(files map[string][]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, _ := z.Create(name)
		w.Write(content)
	}
	z.Close()
	return b.Bytes()
}

// lockedZip has a file that is encrypted.
func lockedZip() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.CreateRaw(&zip.FileHeader{Name: "a.png", Flags: 1})
	z.Close()
	return b.Bytes()
}

func asTar(files map[string][]byte) []byte {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	for name, content := range files {
		t.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644, Typeflag: tar.TypeReg})
		t.Write(content)
	}
	t.Close()
	return b.Bytes()
}

func asGzip(content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(content)
	z.Close()
	return b.Bytes()
}

func TestReadArchives(t *testing.T) {
	tree := pictures(12, func(i int) string {
		return fmt.Sprintf("p/%s/%s/%d.png", []string{"train", "test"}[i%2], []string{"a", "b"}[i/2%2], i)
	})
	shard := map[string][]byte{}
	for i := range 12 {
		shard[fmt.Sprintf("%04d.png", i)] = asPNG(plain(4, 4, gray8(i)))
		shard[fmt.Sprintf("%04d.cls", i)] = []byte(fmt.Sprint(i % 3))
		shard[fmt.Sprintf("%04d.txt", i)] = []byte(fmt.Sprintf("picture %d", i))
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"p.zip": asZip(tree), "p.tar": asTar(tree), "p.tar.gz": asGzip(asTar(tree)), "shard.tar": asTar(shard)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := Open(filepath.Join(dir, name), nil, Options{Cache: dir})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if n := d.Train.Len() + d.Test.Len(); n != 12 || d.Train.Labels == nil {
			t.Errorf("%s: %d images", name, n)
		}
		if strings.HasPrefix(name, "shard") && (len(d.Train.Captions) != d.Train.Len() || !strings.HasPrefix(d.Train.Captions[0], "picture ")) {
			t.Errorf("%s: captions %q", name, d.Train.Captions)
		}
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"cut.zip":    {asZip(tree)[:2000], "cut.zip: "},
		"cut.tar.gz": {asGzip(asTar(tree))[:500], "cut.tar.gz: "},
		"empty.zip":  {asZip(nil), "holds no files"},
		"text.zip":   {[]byte("not an archive"), "is a file of no kind that is known"},
		"zero.tar":   {nil, "zero.tar: is empty"},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), c.content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(filepath.Join(dir, name), nil, Options{Cache: dir}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// Entries are files of the archive, whatever their names climb: nothing is written to them. A zip once lost those that go up,
// without a word, where a tar had them.
func TestNamesInArchives(t *testing.T) {
	files := pictures(6, func(i int) string {
		return []string{"../a/0.png", "./a/1.png", "/a/2.png", "b/3.png", "b/../b/4.png", "b/5.png"}[i]
	})
	files["__MACOSX/a/0.png"], files["../.hidden.png"], files[".."] = nil, nil, nil
	zipped := maps.Clone(files)
	zipped[`b\6.png`], zipped[`b\`] = zipped["b/5.png"], nil // as some programs of Windows have them
	delete(zipped, "b/5.png")
	for want, content := range map[string][]byte{
		"[a/0.png a/1.png a/2.png b/3.png b/4.png b/5.png]": asTar(files),
		"[a/0.png a/1.png a/2.png b/3.png b/4.png b/6.png]": asZip(zipped),
	} {
		f, err := Options{}.Unpack("x", bytes.NewReader(content), int64(len(content)))
		if err != nil || fmt.Sprint(f.Names) != want {
			t.Errorf("%v, %v; want %s", f, err, want)
			continue
		}
		if d, err := Read(f, "x", Options{}); err != nil || d.Train.Len()+d.Test.Len() != 6 || len(d.Skipped) > 0 {
			t.Errorf("%+v, %v", d, err)
		}
	}
}

// A file of two names, which tar packs once, and one that is linked to are images of both classes; they were lost.
func TestLinksInTar(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	w.WriteHeader(&tar.Header{Name: "set/b/3.png", Linkname: "../a/3.png", Typeflag: tar.TypeSymlink})
	w.WriteHeader(&tar.Header{Name: "set/b/gone.png", Linkname: "/elsewhere/3.png", Typeflag: tar.TypeSymlink})
	for i := range 4 {
		picture, name := asPNG(plain(4, 4, gray8(i))), fmt.Sprintf("set/a/%d.png", i)
		w.WriteHeader(&tar.Header{Name: name, Size: int64(len(picture)), Mode: 0o644, Typeflag: tar.TypeReg})
		w.Write(picture)
		if i < 3 {
			w.WriteHeader(&tar.Header{Name: fmt.Sprintf("./set/b/%d.png", i), Linkname: name, Typeflag: tar.TypeLink})
		}
	}
	w.Close()
	for form, files := range map[string]map[string][]byte{"tar": nil, "shard": {"x.tar": b.Bytes()}} {
		f := InMemory(files)
		if form == "tar" {
			var err error
			if f, err = (Options{}).Unpack("x", bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil {
				t.Fatal(err)
			}
		}
		d, err := Read(f, form, Options{})
		if err != nil || d.Train.Len() != 6 || d.Test.Len() != 2 || fmt.Sprint(d.Train.Classes) != "[a b]" {
			t.Errorf("%s: %+v, %v", form, d, err)
		}
	}
}

// A gzip file of 1.6 GB of zeros is refused before a disk is full.
func TestGunzipIsBounded(t *testing.T) {
	bomb := asGzip(make([]byte, 8<<20))
	var written counter
	_, err := gunzip(&written, bytes.NewReader(slices.Concat(slices.Repeat([][]byte{bomb}, 200)...)), int64(200*len(bomb)))
	if err == nil || !strings.Contains(err.Error(), "unpacks to more than 1024 MB") {
		t.Errorf("1,600 MB in %d KB: error %v", 200*len(bomb)>>10, err)
	}
	if written > maxPlain+1 {
		t.Errorf("%d bytes were written before that", written)
	}
}

// That there is no room to unpack is no fault of the archive.
func TestGunzipToAFileThatCannotBeWritten(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "closed"))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	packed := asGzip([]byte("x"))
	if _, err := gunzip(f, bytes.NewReader(packed), int64(len(packed))); err == nil || !strings.Contains(err.Error(), "cannot be unpacked to a file (file already closed); free some space") {
		t.Errorf("error %v", err)
	}
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func FuzzArchive(f *testing.F) {
	tree := map[string][]byte{"a/1.png": asPNG(plain(2, 2, red)), "b/1.png": asPNG(plain(2, 2, blue))}
	for _, seed := range [][]byte{asZip(tree), asTar(tree), asGzip(asTar(tree)), asGzip([]byte("x")), nil} {
		f.Add(seed)
	}
	cache := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		files, err := Options{Cache: cache}.Unpack("x", bytes.NewReader(content), int64(len(content)))
		if err != nil || files == nil {
			return
		}
		Read(files, "fuzz", Options{Cache: cache})
	})
}

//go:build !js

package data

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// gray8 is the colour of image i in the sets of these tests.
func gray8(i int) color.NRGBA { return color.NRGBA{uint8(10 * i), uint8(20 * i), uint8(255 - i), 255} }

// pictures are n pngs of 4x4 pixels, by the names that name gives them.
func pictures(n int, name func(i int) string) map[string][]byte {
	files := map[string][]byte{}
	for i := range n {
		files[name(i)] = asPNG(plain(4, 4, gray8(i)))
	}
	return files
}

// What lies beside the files that make the set is not left out in silence.
func TestFilesBeside(t *testing.T) {
	images, labels := npyImages(5)
	shard := asTar(pictures(5, func(i int) string { return fmt.Sprintf("%d.png", i) }))
	for name, c := range map[string]struct {
		files map[string][]byte
		note  string
	}{
		"tar":    {map[string][]byte{"old.tar": shard, "notes.md": nil}, "2 files beside those that were read are left out, such as cat/0.png"},
		"arrays": {map[string][]byte{"tar.tar": shard, "x.npy": images}, "3 files beside those that were read are left out, such as cat/0.png"},
		"numpy":  {map[string][]byte{"x.npy": images, "y.npy": labels}, "2 files beside those that were read are left out, such as cat/0.png"},
		"pixels": {map[string][]byte{"all.csv": []byte(pixelLines(5, 16, small, labelFirst))}, "2 files beside those that were read are left out, such as cat/0.png"},
		"table":  {map[string][]byte{"all.csv": []byte("file\ncat/0.png\ncat/1.png\n"), "dog/2.png": asPNG(plain(4, 4, red))}, "1 images are not named in a table that is read, such as dog/2.png, so they are not used."},
	} {
		for i := range 2 {
			c.files[fmt.Sprintf("cat/%d.png", i)] = asPNG(plain(4, 4, gray8(i)))
		}
		if d, err := Read(InMemory(c.files), name, Options{}); err != nil || !strings.Contains(strings.Join(d.Notes, " "), c.note) {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
}

// Files whose ending contradicts their content: what can be read is, by its content, and of the rest a sentence tells what
// it is.
func TestMislabelledFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		t.Helper()
		file := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = os.WriteFile(file, content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	tree := pictures(12, func(i int) string { return fmt.Sprintf("%s/%d.jpg", []string{"a", "b"}[i%2], i) }) // they are pngs
	images, labels := npyImages(10)
	for name, content := range map[string][]byte{"zip.tar": asZip(tree), "tar.zip": asTar(tree), "gzip.png": asGzip(asTar(tree)), "npz.tgz": asZip(map[string][]byte{"x.npy": images, "y.npy": labels})} {
		d, err := Open(write(name, content), nil, Options{Cache: dir})
		if err != nil || d.Train.Len() < 8 || len(d.Train.Classes) != 2 || len(d.Skipped) != 0 {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	picture := asPNG(plain(4, 4, red))
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    string
	}{
		"text as image":     {"a/1.png", []byte("Dear diary, this is no picture at all."), "1.png, is no png, jpeg, gif or webp image"},
		"html as image":     {"b/1.jpg", []byte("<!doctype html><title>Not found</title>"), "is no png, jpeg, gif or webp image"},
		"image as npy":      {"c/x.npy", picture, "x.npy starts with 89 50 4e 47"},
		"image as idx":      {"d/train-images-idx3-ubyte", picture, "starts with 89 50 4e 47 where an idx file of bytes has 00 00 08"},
		"labels as images":  {"e/train-images-idx3-ubyte", idx([]byte{1, 2, 3}, 3), "is it a file of labels?"},
		"image as parquet":  {"f/x.parquet", picture, "x.parquet is a damaged parquet file"},
		"image as table":    {"g/all.csv", picture, "all.csv has no column of files in its first line"},
		"one endless line":  {"l/all.csv", bytes.Repeat([]byte("1"), 1<<20), `first line, "` + strings.Repeat("1", 200) + `"; name one file`},
		"image as batch":    {"h/data_batch_1.bin", picture, "which is no number of records of 3073"},
		"zip as shard":      {"i/p.tar", asZip(tree), "p.tar is no tar but zip by its content; give it the ending of that"},
		"image as shard":    {"j/p.tar", picture, "p.tar is a damaged tar after 0 files"},
		"image as gzip idx": {"k/train-images-idx3-ubyte.gz", picture, "cannot be unpacked"},
	} {
		file := write(c.file, c.content)
		write(filepath.Join(filepath.Dir(c.file), "LICENCE"), []byte("as you like")) // so that it is no archive alone in a folder
		_, err := Open(filepath.Dir(file), nil, Options{Cache: dir})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// What is nearly read is refused with the remedy.
func TestRemedies(t *testing.T) {
	dir := t.TempDir()
	floats := make([]byte, 20*4*5*4) // of images [20, 4, 5]
	binary.LittleEndian.PutUint32(floats[7*4*5*4+8:], math.Float32bits(2))
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"bright.npy":   {bytes.Replace(asNPY(floats, 20, 4, 5), []byte("|u1"), []byte("<f4"), 1), "has the value 2 in image 7, where numbers of that kind go from 0 to 1"},
		"x.tar.xz":     {[]byte("\xfd7zXZ\x00 and so on"), "is packed with xz, which is not read; unpack it, or pack it as zip"},
		"x.tar.bz2":    {[]byte("BZh91AY and so on"), "is packed with bzip2"},
		"one.png":      {asPNG(plain(4, 4, red)), "is one image; name a folder or an archive of many"},
		"in.zip":       {asZip(map[string][]byte{"README": []byte("Unpack it."), "deep.zip": asZip(nil)}), "deep.zip, is an archive (zip) itself; name it, or unpack it"},
		"first.npy":    {asNPY(make([]byte, 480), 10, 3, 4, 4), "save numpy.moveaxis(x, 1, -1)"},
		"alpha.npy":    {asNPY(make([]byte, 640), 10, 4, 4, 4), "save x[..., :3]"},
		"rows.npy":     {asNPY(make([]byte, 160), 10, 16), "save x.reshape(-1, height, width)"},
		"python.zip":   {asZip(map[string][]byte{"cifar-10-batches-py/data_batch_1": {128, 2}}), "holds CIFAR in its version for Python; `pushpull data get cifar10`"},
		"nothing.webp": {[]byte("RIFF....WEBP"), "is a file of no kind that is known"},
		"utf16.csv":    {[]byte("\xff\xfef\x00i\x00l\x00e\x00\n\x00"), "is in UTF-16; save it as UTF-8"},
		"locked.zip":   {lockedZip(), "is encrypted: a.png needs a password; unpack it and name the folder"},
		".table.csv":   {[]byte("file,label\na.png,1\n"), "is hidden by its name, so it is not read; rename it"},
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, c.content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(file, nil, Options{Cache: dir}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// Of labels that are numbers those that occur are classes: EMNIST's letters count from 1, and chance is 1 in 26. Labels that
// are all the same tell nothing.
func TestClassesAreNumbersThatOccur(t *testing.T) {
	for want, labels := range map[string][]byte{"[1 3 9]": {1, 3, 9, 1, 3, 9, 1, 3, 9, 1}, "[]": bytes.Repeat([]byte{4}, 10)} {
		pixels := bytes.Repeat([]byte{7}, 10*4)
		for form, files := range map[string]map[string][]byte{
			"NumPy": {"x.npy": asNPY(pixels, 10, 2, 2), "y.npy": asNPY(labels, 10)},
			"idx":   {"train-images-idx3-ubyte": idx(pixels, 10, 2, 2), "train-labels-idx1-ubyte": idx(labels, 10), "t10k-images-idx3-ubyte": idx(pixels[:8], 2, 2, 2), "t10k-labels-idx1-ubyte": idx(labels[1:3], 2)},
		} {
			d, err := Read(InMemory(files), form, Options{})
			if err != nil || fmt.Sprint(d.Train.Classes) != want || d.Labelled() != (want != "[]") || (want == "[]") != strings.Contains(strings.Join(d.Notes, ""), `one class only, "4"`) {
				t.Errorf("%s: %+v, %v; want classes %s", form, d, err, want)
			} else if form == "idx" && d.Labelled() && fmt.Sprint(d.Test.Labels) != "[1 2]" {
				t.Errorf("%s: labels %v", form, d.Test.Labels)
			}
		}
	}
}

// Whatever a file holds and is called, Read gives a set or a sentence. The seeds are files that are read, so that changes of
// them reach far into the parsers.
func FuzzRead(f *testing.F) {
	images, labels := npyImages(3)
	picture := asPNG(plain(2, 2, red))
	const plane = 96 * 96 * 3
	seeds := []struct {
		name    string
		content []byte
		beside  map[string][]byte
	}{
		{"x.npy", images, map[string][]byte{"y.npy": labels}},
		{"y.npy", labels, map[string][]byte{"x.npy": images}},
		{"data_batch_1.bin", cifarBatch(12), nil},
		{"train.bin", bytes.Repeat(append([]byte{1, 2}, make([]byte, 3072)...), 6), map[string][]byte{"test.bin": make([]byte, 3074)}},
		{"all.csv", []byte("file,label\na.png,b\nb.png,b\nc.png,c\n"), map[string][]byte{"b.png": picture, "c.png": picture}},
		{"train/a/1.png", picture, map[string][]byte{"train/b/1.png": picture, "test/a/2.png": picture}},
		{"p.tar", asTar(map[string][]byte{"a/1.png": picture, "a/2.png": picture, "b/1.png": picture}), nil},
		{"t.parquet", parquetFile(f, 8), nil},
		{"train-images-idx3-ubyte", idx(make([]byte, 40), 10, 2, 2), map[string][]byte{"train-labels-idx1-ubyte": idx(make([]byte, 10), 10)}},
		{"train-labels-idx1-ubyte", idx(make([]byte, 10), 10), map[string][]byte{"train-images-idx3-ubyte": idx(make([]byte, 40), 10, 2, 2)}},
		{"train_X.bin", make([]byte, 2*plane), map[string][]byte{"train_y.bin": {1, 2}, "test_X.bin": make([]byte, plane), "test_y.bin": {2}}},
		{"train_y.bin", []byte{1, 2}, map[string][]byte{"train_X.bin": make([]byte, 2*plane), "test_X.bin": make([]byte, plane), "test_y.bin": {2}}},
		{"pixels.csv", []byte(pixelLines(6, 16, small, labelFirst)), nil},
		{"pixels_test.tsv", []byte("\tlabel\t" + strings.ReplaceAll(numbered("p%d", 0, 48)+"\n"+strings.Repeat("0,cat"+strings.Repeat(",.5", 48)+"\n", 4), ",", "\t")), nil},
	}
	cache := f.TempDir()
	read := func(kind int, content []byte) (*Dataset, error) {
		s := seeds[kind]
		files := map[string][]byte{"a.png": asPNG(plain(2, 2, blue)), s.name: content}
		for name, beside := range s.beside {
			files[name] = beside
		}
		return Read(InMemory(files), "fuzz", Options{Cache: cache})
	}
	for i, s := range seeds {
		if d, err := read(i, s.content); err != nil || d.Train.Len() == 0 || d.Test.Len() == 0 {
			f.Errorf("the seed %s is not read: %v", s.name, err)
		}
		f.Add(uint8(i), s.content)
		f.Add(uint8(i), s.content[:len(s.content)/2])
		f.Add(uint8(i), []byte(nil))
	}
	f.Fuzz(func(t *testing.T, kind uint8, content []byte) {
		name := seeds[int(kind)%len(seeds)].name
		d, err := read(int(kind)%len(seeds), content)
		if err == nil && (d.Train == nil || d.Train.Len() == 0) {
			t.Errorf("%s: a set without images", name)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q is no sentence", name, err)
		}
	})
}

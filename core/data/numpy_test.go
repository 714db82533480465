//go:build !js

package data

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// asNPY is an array of bytes as NumPy writes it.
func asNPY(values []byte, shape ...int) []byte {
	var dims []string
	for _, d := range shape {
		dims = append(dims, fmt.Sprint(d))
	}
	head := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%s,), }\n", strings.Join(dims, ", "))
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), byte(len(head)>>8))
	return slices.Concat(b, []byte(head), values)
}

// labelsNPY are 30 labels of a kind of whole numbers.
func labelsNPY(kind string, values []byte) []byte {
	return bytes.Replace(asNPY(values, 30), []byte("|u1"), []byte(kind), 1)
}

// npyImages are n images of 4x5 pixels, image i of value i, and their labels, which alternate.
func npyImages(n int) (images, labels []byte) {
	for i := range n {
		images = append(images, bytes.Repeat([]byte{byte(i)}, 4*5*3)...)
		labels = append(labels, byte(i%2))
	}
	return asNPY(images, n, 4, 5, 3), asNPY(labels, n)
}

func TestReadNumPy(t *testing.T) {
	images, labels := npyImages(30)
	more, moreLabels := npyImages(8)
	all := map[string][]byte{"x.npy": images, "y.npy": labels, "x_test.npy": more, "y_test.npy": moreLabels}
	file := filepath.Join(t.TempDir(), "set.npz")
	if err := os.WriteFile(file, asZip(all), 0o644); err != nil {
		t.Fatal(err)
	}
	fromZip, err := Open(file, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	loose, err := Read(InMemory(all), "loose", Options{})
	if err != nil {
		t.Fatal(err)
	}
	capitals, err := Read(InMemory(map[string][]byte{"X.NPY": images, "Y.NPY": labels, "X_TEST.NPY": more, "Y_TEST.NPY": moreLabels}), "capitals", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Dataset{fromZip, loose, capitals} {
		pixel := make([]uint8, 4*5*3)
		d.Train.Bytes(7, pixel)
		if d.Train.Len() != 30 || d.Test.Len() != 8 || d.Train.H != 4 || d.Train.W != 5 || d.Train.Labels[7] != 1 || pixel[0] != 7 {
			t.Errorf("%s: %d and %d images of %dx%d, image 7 of class %d has %d", d.Name, d.Train.Len(), d.Test.Len(), d.Train.W, d.Train.H, d.Train.Labels[7], pixel[0])
		}
	}
	for _, c := range []struct {
		want  string
		files map[string][]byte
	}{
		{"x.npy is truncated: it has", map[string][]byte{"x.npy": images[:900]}},
		{"x.npy starts with 50 4b", map[string][]byte{"x.npy": []byte("PK\x03\x04 and so on")}},
		{"x.npy is truncated", map[string][]byte{"x.npy": images[:5]}},
		{"x.npy holds 30 images but y.npy holds 8 labels", map[string][]byte{"x.npy": images, "y.npy": moreLabels}},
		{"x.npy has the shape [30 2 2 5]", map[string][]byte{"x.npy": asNPY(make([]byte, 600), 30, 2, 2, 5)}},
		{"x.npy holds no images", map[string][]byte{"x.npy": asNPY(nil, 0, 4, 4)}},
		{"has the shape (99999999, 99999999, 3,), which is more than is read", map[string][]byte{"x.npy": asNPY(nil, 99999999, 99999999, 3)}},
		{"has no array of images", map[string][]byte{"y.npy": labels}},
		{"y.npy has the label -1 for image 2;", map[string][]byte{"x.npy": images, "y.npy": labelsNPY("|i1", append(make([]byte, 2), bytes.Repeat([]byte{255}, 28)...))}},
		{"y.npy has the label -1 for image 0;", map[string][]byte{"x.npy": images, "y.npy": labelsNPY("<i2", bytes.Repeat([]byte{255}, 60))}},
		{"y.npy has the label 4294967295 for image 0; there are at most 65536 classes", map[string][]byte{"x.npy": images, "y.npy": labelsNPY("<u4", bytes.Repeat([]byte{255}, 120))}},
	} {
		if _, err := Read(InMemory(c.files), "bad", Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// Truth values are black and white.
func TestReadNumPyBooleans(t *testing.T) {
	values := bytes.Repeat([]byte{0, 1}, 30*8)
	array := bytes.Replace(asNPY(values, 30, 4, 4), []byte("|u1"), []byte("|b1"), 1)
	d, err := Read(InMemory(map[string][]byte{"x.npy": array}), "masks", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Train.Pixels[:4]; !bytes.Equal(got, []byte{0, 255, 0, 255}) {
		t.Errorf("pixels %v", got)
	}
}

// That there are no labels is told of arrays as it is of folders.
func TestArraysWithoutLabels(t *testing.T) {
	images, _ := npyImages(5)
	if d, err := Read(InMemory(map[string][]byte{"x.npy": images}), "x", Options{}); err != nil || !slices.Contains(d.Notes, "The images have no labels.") {
		t.Errorf("%v, %v", d, err)
	}
}

// A test whose labels were kept back is no test.
func TestNumPyWithoutTestLabels(t *testing.T) {
	images, labels := npyImages(20)
	d, err := Read(InMemory(map[string][]byte{"x_train.npy": images, "y_train.npy": labels, "x_test.npy": images}), "x", Options{})
	if err != nil || d.Train.Len() != 16 || d.Test.Len() != 4 || !d.Labelled() || !strings.Contains(strings.Join(d.Notes, " "), "x_test.npy has no labels, so it is not used.") {
		t.Errorf("%+v, %v", d, err)
	}
}

// Of arrays for test and validation those for test are used, as of folders, which is told.
func TestNumPyWithValidation(t *testing.T) {
	images, labels := npyImages(12)
	few, fewLabels := npyImages(4)
	d, err := Read(InMemory(map[string][]byte{"train_images.npy": images, "train_labels.npy": labels, "val_images.npy": images, "val_labels.npy": labels,
		"test_images.npy": few, "test_labels.npy": fewLabels}), "medical", Options{})
	if err != nil || d.Train.Len() != 12 || d.Test.Len() != 4 || !strings.Contains(strings.Join(d.Notes, " "), "val_images.npy is not used") {
		t.Errorf("%+v, %v", d, err)
	}
}

func FuzzNPY(f *testing.F) {
	images, labels := npyImages(3)
	for _, file := range [][]byte{images, labels, asNPY(nil, 1<<30), asNPY(nil, -1), asNPY(nil)} {
		f.Add(file, file)
	}
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		d, err := Read(InMemory(map[string][]byte{"x.npy": images, "y.npy": labels}), "fuzz", Options{Cache: t.TempDir()})
		if err == nil && d.Train.Len()+d.Test.Len() == 0 {
			t.Error("a set without images")
		}
	})
}

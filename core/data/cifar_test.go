//go:build !js

package data

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// cifarBatch are n records of CIFAR-10, record i of label i%10 and of value i in all channels but red, which has 255-i.
func cifarBatch(n int) (b []byte) {
	for i := range n {
		b = append(b, byte(i%10))
		b = append(b, bytes.Repeat([]byte{byte(255 - i)}, 1024)...)
		b = append(b, bytes.Repeat([]byte{byte(i)}, 2048)...)
	}
	return b
}

// closing is an open file that counts down when it is closed.
type closing struct {
	io.ReadCloser
	open *int
}

func (c closing) Close() error {
	*c.open--
	return c.ReadCloser.Close()
}

// Every batch is closed once it is read, the last one, too.
func TestBatchesAreClosed(t *testing.T) {
	for _, names := range [][]string{{"data_batch_1.bin", "data_batch_2.bin"}, {"data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"}} {
		content := map[string][]byte{}
		for _, name := range names {
			content[name] = cifarBatch(10)
		}
		f, open, opened := InMemory(content), 0, 0
		from := f.open
		f.open = func(i int) (io.ReadCloser, error) {
			r, err := from(i)
			open++
			opened++
			return closing{r, &open}, err
		}
		if _, err := Read(f, "c", Options{}); err != nil || open != 0 || opened < len(names) {
			t.Errorf("%q: %d of %d files are still open, %v", names, open, opened, err)
		}
	}
}

func TestReadCIFAR(t *testing.T) {
	files := map[string][]byte{"c/data_batch_1.bin": cifarBatch(20), "c/data_batch_2.bin": cifarBatch(10), "c/test_batch.bin": cifarBatch(10),
		"c/batches.meta.txt": []byte("plane\ncar\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n")}
	d, err := Read(InMemory(files), "c", Options{})
	if err != nil {
		t.Fatal(err)
	}
	pixel := make([]uint8, 32*32*3)
	d.Train.Bytes(13, pixel)
	if d.Train.Len() != 30 || d.Test.Len() != 10 || d.Train.Labels[13] != 3 || d.Train.Classes[3] != "cat" || !slices.Equal(pixel[:3], []uint8{242, 13, 13}) {
		t.Errorf("%d and %d images, image 13 is of class %d, %v", d.Train.Len(), d.Test.Len(), d.Train.Labels[13], pixel[:3])
	}
	delete(files, "c/test_batch.bin") // then of each class some are held out
	if d, err := Read(InMemory(files), "c", Options{}); err != nil || d.Test.Len() != 10 || len(slices.Compact(slices.Sorted(slices.Values(d.Test.Labels)))) != 10 {
		t.Errorf("held out %v, %v", d, err)
	}
	files["c/test_batch.bin"] = cifarBatch(10)
	for want, bad := range map[string][]byte{"c/data_batch_1.bin ": cifarBatch(20)[:5000], "has the label 77, where there are 10 classes": append([]byte{77}, cifarBatch(1)[1:]...)} {
		files["c/data_batch_1.bin"] = bad
		if _, err := Read(InMemory(files), "c", Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

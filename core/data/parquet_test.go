//go:build !js

package data

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

type parquetRow struct {
	Image struct {
		Bytes []byte `parquet:"bytes"`
		Path  string `parquet:"path"`
	} `parquet:"image"`
	Label int64 `parquet:"label"`
}

func TestReadParquet(t *testing.T) {
	file := parquetFile(t, 12)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "train-00000.parquet"), file, 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := Open(dir, nil, Options{Cache: dir})
	if err != nil {
		t.Fatal(err)
	}
	if n := d.Train.Len() + d.Test.Len(); n != 12 || len(d.Train.Classes) != 2 {
		t.Errorf("%d images of %v", n, d.Train.Classes)
	}
	if err := os.WriteFile(filepath.Join(dir, "train-00000.parquet"), file[:len(file)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, nil, Options{Cache: dir}); err == nil || !strings.Contains(err.Error(), "damaged parquet file") {
		t.Errorf("error %v", err)
	}
}

// parquetFile is a parquet file of n images with labels that alternate.
func parquetFile(t testing.TB, n int) []byte {
	rows := make([]parquetRow, n)
	for i := range rows {
		rows[i].Image.Bytes, rows[i].Label = asPNG(plain(4, 4, gray8(i))), int64(i%2)
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

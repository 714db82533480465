package npy

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, []float32{1, -2.5, 0, 3, 4, 5}, 2, 3); err != nil {
		t.Fatal(err)
	}
	head := "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
	got := b.Bytes()
	if len(got) != 128+6*4 || string(got[:len(head)]) != head || got[127] != '\n' {
		t.Fatalf("%q", got)
	}
	var back [6]float32
	if err := binary.Read(bytes.NewReader(got[128:]), binary.LittleEndian, &back); err != nil || back != [6]float32{1, -2.5, 0, 3, 4, 5} {
		t.Errorf("%v, %v", back, err)
	}

	b.Reset()
	if err := Write(&b, []int32{7, -1}, 2); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b.Bytes(), []byte("'descr': '<i4', 'fortran_order': False, 'shape': (2,), }")) || !bytes.HasSuffix(b.Bytes(), []byte("\n\x07\x00\x00\x00\xff\xff\xff\xff")) {
		t.Errorf("%q", b.Bytes())
	}
}

func TestShapeMustFit(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("three elements passed for 2x2")
		}
	}()
	Write(&bytes.Buffer{}, make([]float32, 3), 2, 2)
}

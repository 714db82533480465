package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"
)

func example(t testing.TB) ([]Tensor, map[string]string, []byte) {
	ts := []Tensor{
		{"a.weight", []int{2, 3}, []float32{1, -2, 3.5, 0, float32(math.Inf(1)), 1e-40}},
		{"b", []int{}, []float32{7}},
		{"empty", []int{0, 4}, []float32{}},
	}
	meta := map[string]string{"config": `{"algo":"simclr"}`}
	var b bytes.Buffer
	if err := Write(&b, ts, meta); err != nil {
		t.Fatal(err)
	}
	return ts, meta, b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	ts, meta, raw := example(t)
	got, gotMeta, err := Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, ts) || !reflect.DeepEqual(gotMeta, meta) {
		t.Errorf("read %v %v, want %v %v", got, gotMeta, ts, meta)
	}
	if header := binary.LittleEndian.Uint64(raw); header%8 != 0 {
		t.Errorf("header of %d bytes: the numbers are not aligned", header)
	}
}

func TestTwoTensorsOfOneNameAreRefused(t *testing.T) {
	if err := Write(&bytes.Buffer{}, []Tensor{{"x", []int{1}, []float32{1}}, {"x", []int{1}, []float32{2}}}, nil); err == nil {
		t.Error("no error")
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	_, _, good := example(t)
	file := func(header string, body int) []byte {
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
		return append(append(b, header...), make([]byte, body)...)
	}
	for name, raw := range map[string][]byte{
		"ends within":  good[:5],
		"said to have": good[:40],
		"F32":          file(`{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 4),
		"cannot lie":   file(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4),
		"impossible":   file(`{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4),
		"larger than":  file(`{"x":{"dtype":"F32","shape":[4,4,4],"data_offsets":[0,4]}}`, 4),
		"not JSON":     file(`{"x":`, 0),
		"belong to no": file(`{}`, 4),
		"overlaps":     file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4),
		"not a table":  file(`{"__metadata__":3}`, 0),
		"has 9":        append(binary.LittleEndian.AppendUint64(nil, 1<<60), 0),
	} {
		if _, _, err := Read(bytes.NewReader(raw), int64(len(raw))); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one that contains %q", err, name)
		}
	}
}

func FuzzRead(f *testing.F) {
	_, _, raw := example(f)
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		ts, meta, err := Read(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := Write(&again, ts, meta); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}

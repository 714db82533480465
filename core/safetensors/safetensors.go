// Package safetensors reads and writes named arrays of float32 in the safetensors format: eight bytes that hold the
// length of a JSON header, the header, and the numbers, little-endian. https://github.com/huggingface/safetensors
package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// Tensor is a named array.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// entry describes a tensor in the header.
type entry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// maxHeader bounds what a reader allocates before it has seen any content; the format's own limit.
const maxHeader = 100 << 20

// Write writes the tensors in their order, with metadata.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	at := 0
	for _, t := range tensors {
		if _, ok := header[t.Name]; ok {
			return fmt.Errorf("two tensors are named %q", t.Name)
		}
		shape := t.Shape
		if shape == nil {
			shape = []int{}
		}
		header[t.Name] = entry{"F32", shape, [2]int{at, at + 4*len(t.Data)}}
		at += 4 * len(t.Data)
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(text)%8 != 0 {
		text = append(text, ' ') // numbers start at a multiple of eight bytes
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text)))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	buffer := make([]byte, 0, 1<<16)
	for _, t := range tensors {
		for chunk := range slices.Chunk(t.Data, 1<<14) {
			buffer = buffer[:0]
			for _, v := range chunk {
				buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
			}
			if _, err := w.Write(buffer); err != nil {
				return err
			}
		}
	}
	return nil
}

// Read reads a file of float32 tensors; size is its length in bytes. Tensors come in the order of their names. It
// allocates no more than a small multiple of size, whatever the file says.
func Read(r io.Reader, size int64) ([]Tensor, map[string]string, error) {
	header, length, err := readHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	var metadata map[string]string
	if m, ok := header["__metadata__"]; ok {
		if err := json.Unmarshal(m, &metadata); err != nil {
			return nil, nil, fmt.Errorf("the metadata is not a table of strings: %w", err)
		}
		delete(header, "__metadata__")
	}
	data := make([]byte, size-length)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, nil, fmt.Errorf("the file ends within its numbers")
	}
	tensors := make([]Tensor, 0, len(header))
	total := 0
	for _, name := range slices.Sorted(maps.Keys(header)) {
		t, err := readTensor(name, header[name], data)
		if err != nil {
			return nil, nil, err
		}
		if total += 4 * len(t.Data); total > len(data) {
			return nil, nil, fmt.Errorf("tensor %q overlaps another", name)
		}
		tensors = append(tensors, t)
	}
	if total != len(data) {
		return nil, nil, fmt.Errorf("%d bytes belong to no tensor", len(data)-total)
	}
	return tensors, metadata, nil
}

// readHeader reads the header, and returns how many bytes it has with its length before it.
func readHeader(r io.Reader, size int64) (header map[string]json.RawMessage, length int64, err error) {
	var prefix [8]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return nil, 0, fmt.Errorf("the file ends within the length of the header")
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, 0, fmt.Errorf("the header is said to have %d bytes, but the file has %d", n, size)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, 0, fmt.Errorf("the file ends within the header")
	}
	if err := json.Unmarshal(text, &header); err != nil {
		return nil, 0, fmt.Errorf("the header is not JSON: %w", err)
	}
	return header, 8 + int64(n), nil
}

// readTensor takes the tensor that an entry of the header describes out of the file's numbers.
func readTensor(name string, about json.RawMessage, data []byte) (Tensor, error) {
	var e entry
	if err := json.Unmarshal(about, &e); err != nil {
		return Tensor{}, fmt.Errorf("tensor %q: %w", name, err)
	}
	if e.DType != "F32" {
		return Tensor{}, fmt.Errorf("tensor %q has type %s; only F32 is read", name, e.DType)
	}
	count := 1
	for _, d := range e.Shape {
		if d < 0 || d > len(data) {
			return Tensor{}, fmt.Errorf("tensor %q has the impossible shape %v", name, e.Shape)
		}
		if count *= d; count > len(data) {
			return Tensor{}, fmt.Errorf("tensor %q of shape %v is larger than the file", name, e.Shape)
		}
	}
	lo, hi := e.Offsets[0], e.Offsets[1]
	if lo < 0 || hi < lo || hi > len(data) || hi-lo != 4*count {
		return Tensor{}, fmt.Errorf("tensor %q of shape %v cannot lie at bytes %d to %d of %d", name, e.Shape, lo, hi, len(data))
	}
	values := make([]float32, count)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[lo+4*i:]))
	}
	return Tensor{name, e.Shape, values}, nil
}

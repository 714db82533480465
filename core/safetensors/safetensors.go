// Package safetensors reads and writes named arrays of float32 in the safetensors format: eight bytes that hold the
// length of a JSON header, the header, and the numbers, little-endian. https://github.com/huggingface/safetensors
package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
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
	var prefix [8]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return nil, nil, fmt.Errorf("the file ends within the length of the header")
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > maxHeader || int64(length) > size-8 {
		return nil, nil, fmt.Errorf("the header is said to have %d bytes, but the file has %d", length, size)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, nil, fmt.Errorf("the file ends within the header")
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, nil, fmt.Errorf("the header is not JSON: %w", err)
	}
	var metadata map[string]string
	if m, ok := raw["__metadata__"]; ok {
		if err := json.Unmarshal(m, &metadata); err != nil {
			return nil, nil, fmt.Errorf("the metadata is not a table of strings: %w", err)
		}
		delete(raw, "__metadata__")
	}
	body := size - 8 - int64(length)
	data := make([]byte, body)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, nil, fmt.Errorf("the file ends within its numbers")
	}
	names := make([]string, 0, len(raw))
	for name := range raw {
		names = append(names, name)
	}
	slices.Sort(names)
	tensors := make([]Tensor, 0, len(names))
	total := 0
	for _, name := range names {
		var e entry
		if err := json.Unmarshal(raw[name], &e); err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		if e.DType != "F32" {
			return nil, nil, fmt.Errorf("tensor %q has type %s; only F32 is read", name, e.DType)
		}
		count := 1
		for _, d := range e.Shape {
			if d < 0 || d > len(data) {
				return nil, nil, fmt.Errorf("tensor %q has the impossible shape %v", name, e.Shape)
			}
			if count *= d; count > len(data) {
				return nil, nil, fmt.Errorf("tensor %q of shape %v is larger than the file", name, e.Shape)
			}
		}
		lo, hi := e.Offsets[0], e.Offsets[1]
		if lo < 0 || hi < lo || hi > len(data) || hi-lo != 4*count {
			return nil, nil, fmt.Errorf("tensor %q of shape %v cannot lie at bytes %d to %d of %d", name, e.Shape, lo, hi, len(data))
		}
		if total += hi - lo; total > len(data) {
			return nil, nil, fmt.Errorf("tensor %q overlaps another", name)
		}
		values := make([]float32, count)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[lo+4*i:]))
		}
		tensors = append(tensors, Tensor{name, e.Shape, values})
	}
	if total != len(data) {
		return nil, nil, fmt.Errorf("%d bytes belong to no tensor", len(data)-total)
	}
	return tensors, metadata, nil
}

// Package npy writes arrays as NumPy's .npy files.
package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Write writes data in the given shape, row-major and little-endian (format version 1.0). It panics if data and shape do
// not have the same number of elements.
func Write[T float32 | int32](w io.Writer, data []T, shape ...int) error {
	n, sizes := 1, make([]string, len(shape))
	for i, s := range shape {
		n *= s
		sizes[i] = fmt.Sprint(s)
	}
	if n != len(data) {
		panic(fmt.Sprintf("npy: %d elements in the shape %v", len(data), shape))
	}
	if len(shape) == 1 {
		sizes[0] += "," // a tuple of one, as Python writes it
	}
	kind := "<f4"
	if _, whole := any(data).([]int32); whole {
		kind = "<i4"
	}
	const magic = "\x93NUMPY\x01\x00"
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, strings.Join(sizes, ", "))
	before := len(magic) + 2 // bytes, then the header; the data begins at a multiple of 64
	header += strings.Repeat(" ", 63-(before+len(header))%64) + "\n"
	start := append(binary.LittleEndian.AppendUint16([]byte(magic), uint16(len(header))), header...)
	if _, err := w.Write(start); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, data)
}

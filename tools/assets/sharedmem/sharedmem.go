// Package sharedmem makes the memory of a WebAssembly module shared, which is the one change that threads need: workers
// can then work in it. Go's compiler cannot do that, nor can a browser while it loads a module.
package sharedmem

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Pages is how far a shared memory may grow, in pages of 64 KiB: all that a pointer reaches. Whoever imports a memory
// must agree with its owner about that.
const Pages = 1 << 16

// Sections of a module that may hold a memory.
const (
	importSection = 2
	memorySection = 5
)

// Share returns a copy of the module whose memory, imported or its own, is shared.
func Share(module []byte) ([]byte, error) {
	r := reader{rest: module}
	if !bytes.Equal(r.take(8), []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errors.New("this is no WebAssembly module")
	}
	for len(r.rest) > 0 && !r.short {
		at := len(module) - len(r.rest)
		id := r.byte()
		section := r.take(r.number())
		if r.short {
			break
		}
		limits := -1
		switch id {
		case importSection:
			limits = importedMemory(section)
		case memorySection:
			limits = 1 // behind the number of memories, 1
		}
		if limits < 0 {
			continue
		}
		old := reader{rest: section[min(limits, len(section)):]}
		flags, least := old.byte(), old.number()
		if flags&1 != 0 {
			old.number()
		}
		if old.short || flags > 1 {
			return nil, errors.New("the memory is shared already, or of an unknown kind")
		}
		body := append(bytes.Clone(section[:limits]), 3) // shared, with a maximum
		body = binary.AppendUvarint(body, uint64(least))
		body = binary.AppendUvarint(body, Pages)
		body = append(body, old.rest...)
		out := append(bytes.Clone(module[:at]), id)
		out = binary.AppendUvarint(out, uint64(len(body)))
		return append(append(out, body...), r.rest...), nil
	}
	if r.short {
		return nil, errors.New("the WebAssembly module is cut short")
	}
	return nil, errors.New("the WebAssembly module has no memory")
}

// importedMemory returns where the limits of an imported memory begin, or -1. Only functions may stand before it.
func importedMemory(section []byte) int {
	r := reader{rest: section}
	for n := r.number(); n > 0 && !r.short; n-- {
		r.take(r.number()) // module
		r.take(r.number()) // name
		switch kind := r.byte(); kind {
		case 0:
			r.number()
		case 2:
			return len(section) - len(r.rest)
		default:
			return -1
		}
	}
	return -1
}

// reader reads the elements of a module. What lies behind its end reads as zeros.
type reader struct {
	rest  []byte
	short bool // read behind the end
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.rest, r.short = nil, true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads an unsigned LEB128 number of 32 bits.
func (r *reader) number() int {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > 1<<32-1 {
		r.rest, r.short = nil, true
		return 0
	}
	r.rest = r.rest[n:]
	return int(v)
}

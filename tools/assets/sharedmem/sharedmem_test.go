package sharedmem

import (
	"bytes"
	"testing"
)

const (
	header = "\x00asm\x01\x00\x00\x00"
	typed  = "\x01\x04\x01\x60\x00\x00" // type section: func()
)

func TestShare(t *testing.T) {
	for _, c := range []struct{ name, module, want string }{
		{"own memory", header + typed + "\x05\x03\x01\x00\x11" + "\x00\x02\x01x",
			header + typed + "\x05\x06\x01\x03\x11\x80\x80\x04" + "\x00\x02\x01x"},
		{"own memory with a maximum", header + "\x05\x05\x01\x01\x11\x80\x01",
			header + "\x05\x06\x01\x03\x11\x80\x80\x04"},
		{"imported memory", header + typed + "\x02\x10\x02" + "\x01e\x01f\x00\x00" + "\x01e\x03mem\x02\x00\x02",
			header + typed + "\x02\x13\x02" + "\x01e\x01f\x00\x00" + "\x01e\x03mem\x02\x03\x02\x80\x80\x04"},
	} {
		got, err := Share([]byte(c.module))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %x, %v; want %x", c.name, got, err, c.want)
		}
	}
	for _, c := range []struct{ name, module string }{
		{"nothing", ""},
		{"no module", "\x7fELF\x00\x00\x00\x00\x00"},
		{"no memory", header + typed},
		{"cut short", header + "\x05\x03\x01"},
		{"shared already", header + "\x05\x04\x01\x03\x01\x02"},
		{"an endless number", header + "\x05\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"},
	} {
		if got, err := Share([]byte(c.module)); err == nil {
			t.Errorf("%s: no error, but %x", c.name, got)
		}
	}
}

// Whatever comes in, Share does not panic; what it changes once has a shared memory.
func FuzzShare(f *testing.F) {
	f.Add([]byte(header + typed + "\x02\x10\x02" + "\x01e\x01f\x00\x00" + "\x01e\x03mem\x02\x00\x02"))
	f.Add([]byte(header + "\x05\x05\x01\x01\x11\x80\x01"))
	f.Fuzz(func(t *testing.T, module []byte) {
		before := bytes.Clone(module)
		out, err := Share(module)
		if !bytes.Equal(module, before) {
			t.Fatal("the argument changed")
		}
		if err != nil {
			return
		}
		if _, err := Share(out); err == nil {
			t.Fatalf("the memory of %x is not shared", out)
		}
	})
}

//go:build js && wasm

package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"strings"
	"syscall/js"

	"pushpull/core/data"
	"pushpull/wasm/protocol"
)

// usualSide is the size of the squares that the user's image files are made, in pixels, where nothing else is asked for: small
// enough to learn in a browser.
const usualSide = 32

// read makes a data set of files that the user has given, which may be a single archive.
func read(m *protocol.Files, progress func(done, total int)) (*data.Dataset, error) {
	o := data.Options{Side: cmp.Or(m.Side, usualSide), Decode: decode, Progress: progress}
	content := map[string][]byte{}
	for i, name := range m.Names {
		content[strings.TrimPrefix(path.Clean("/"+name), "/")] = m.Contents[i]
	}
	title, files := m.Title(), data.InMemory(content)
	if len(m.Names) == 1 {
		inside, err := o.Unpack(m.Names[0], bytes.NewReader(m.Contents[0]), int64(len(m.Contents[0])))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", title, err)
		}
		if inside != nil {
			files = inside
		}
	}
	d, err := data.Read(files, title, o)
	if err != nil && !strings.HasPrefix(err.Error(), title) {
		err = fmt.Errorf("%s: %w", title, err)
	}
	return d, err
}

// decode has the browser decode an image file, cut to the shape and resized, on white where it is transparent.
func decode(file []byte, h, w, c int, dst []uint8) error {
	array := js.Global().Get("Uint8Array").New(len(file))
	js.CopyBytesToJS(array, file)
	pixels, err := await(host.Call("decode", array, h, w))
	if err != nil {
		return errors.New("cannot be decoded by the browser: it is truncated or damaged")
	}
	rgba := make([]byte, 4*h*w)
	if js.CopyBytesToGo(rgba, pixels) != len(rgba) {
		return errors.New("has another size than it should")
	}
	for i := range h * w * c {
		dst[i] = rgba[i/c*4+i%c]
	}
	return nil
}

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// file is one file of the page.
type file struct {
	root    fs.FS
	content []byte        // of a file that is not in root
	name    string        // in root, without .br
	hash    string        // of its plain content
	size    int64         // of its plain content in bytes
	plain   bool          // whether root has it as it is
	brotli  bool          // whether root has it compressed, as name + ".br"
	squeeze func() []byte // compress, once
}

// newFile returns a file without content.
func newFile(name string) *file {
	f := &file{name: name}
	f.squeeze = sync.OnceValue(f.compress)
	return f
}

// measure sets hash and size from the content.
func (f *file) measure() error {
	r, err := f.open()
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	if f.size, err = io.Copy(h, r); err != nil {
		return err
	}
	f.hash = hex.EncodeToString(h.Sum(nil)[:12])
	return nil
}

// open returns the plain content.
func (f *file) open() (io.ReadCloser, error) {
	if f.content != nil {
		return io.NopCloser(bytes.NewReader(f.content)), nil
	}
	if f.plain {
		return f.root.Open(f.name)
	}
	r, err := f.root.Open(f.name + ".br")
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{brotli.NewReader(r), r}, nil
}

// read returns all of the plain content.
func (f *file) read() ([]byte, error) {
	r, err := f.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// compress returns the content compressed, nil where that does not help.
func (f *file) compress() []byte {
	text, err := f.read()
	if err != nil {
		return nil
	}
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, 9)
	w.Write(text) // writing to memory does not fail
	w.Close()
	if b.Len() >= len(text) {
		return nil
	}
	return b.Bytes()
}

// compressed returns the content compressed with brotli and its length, or nil where there is no such form.
func (f *file) compressed() (io.ReadCloser, int64, error) {
	if !f.brotli {
		b := f.squeeze()
		if b == nil {
			return nil, 0, nil
		}
		return io.NopCloser(bytes.NewReader(b)), int64(len(b)), nil
	}
	r, err := f.root.Open(f.name + ".br")
	if err != nil {
		return nil, 0, err
	}
	info, err := r.Stat()
	if err != nil {
		r.Close()
		return nil, 0, err
	}
	return r, info.Size(), nil
}

// serve answers with the file, compressed where the browser can read that. An error means that nothing was answered yet.
func (f *file) serve(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	kind, text := contentType(f.name)
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-cache") // kept, but asked about each time
	if v := r.URL.Query().Get("v"); v != "" && v == f.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}

	var content io.ReadCloser
	var err error
	size, tag := f.size, f.hash
	if text || f.brotli {
		h.Set("Vary", "Accept-Encoding")
		if accepts(r.Header.Get("Accept-Encoding"), "br") {
			var n int64
			if content, n, err = f.compressed(); err != nil {
				return err
			}
			if content != nil {
				size, tag = n, f.hash+"-br"
				h.Set("Content-Encoding", "br")
			}
		}
	}
	if content == nil {
		if content, err = f.open(); err != nil {
			return err
		}
	}
	defer content.Close()

	h.Set("ETag", `"`+tag+`"`)
	if matches(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("X-Plain-Length", strconv.FormatInt(f.size, 10)) // what a page that reads the stream counts up to
	if r.Method == http.MethodHead {
		return nil
	}
	io.Copy(w, content) // a reader that went away is no error
	return nil
}

// contentType returns a file's type and whether compressing helps.
func contentType(name string) (kind string, text bool) {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8", true
	case ".css":
		return "text/css; charset=utf-8", true
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8", true
	case ".json":
		return "application/json", true
	case ".webmanifest":
		return "application/manifest+json", true
	case ".svg":
		return "image/svg+xml", true
	case ".txt", ".md":
		return "text/plain; charset=utf-8", true
	case ".wasm":
		return "application/wasm", true
	case ".png":
		return "image/png", false
	case ".ico":
		return "image/x-icon", false
	case ".woff2":
		return "font/woff2", false
	}
	return "application/octet-stream", false
}

// accepts says whether an Accept-Encoding header allows a coding.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) != coding {
			continue
		}
		q, weighted := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !weighted || err == nil && weight > 0
	}
	return false
}

// matches says whether an If-None-Match header names a tag.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == `"`+tag+`"` {
			return true
		}
	}
	return false
}

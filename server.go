package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// static holds the page. What tools/assets makes lies under static/build, compressed, and is missing from a program
// that was built without it.
//
//go:embed all:static
var static embed.FS

// errNoAssets says that the page's programs are not in this program.
var errNoAssets = withHint(errors.New("this pushpull was built without the page's programs"),
	"`make build` makes them and a pushpull that holds them")

// site serves the files of the page, each with the headers that make it fast and safe.
type site struct {
	files   map[string]*file // by URL path without the leading slash
	version string           // of all files together, from their content
}

// editionName is the file that tells the page and its service worker which files there are.
const editionName = "build/edition.json"

// edition is what the file of that name holds.
type edition struct {
	Version string            `json:"version"` // from the files' content
	Program string            `json:"program"` // the program that carries them
	Files   map[string]string `json:"files"`   // hash of the plain content by name, this file left out
}

// file is one file of the page.
type file struct {
	root    fs.FS
	content []byte // of a file that is not in root
	name    string // in root, without .br
	hash    string // of its plain content
	size    int64  // of its plain content in bytes
	plain   bool   // whether root has it as it is
	brotli  bool   // whether root has it compressed, as name + ".br"
	squeeze func() []byte
}

// built describes a file that tools/assets made.
type built struct {
	Hash  string `json:"hash"`
	Bytes int64  `json:"bytes"`
}

// playground returns the site that is inside this program.
func playground() (*site, error) {
	root, err := fs.Sub(static, "static")
	if err != nil {
		return nil, err
	}
	return newSite(root)
}

// newSite returns the site of the files under root.
func newSite(root fs.FS) (*site, error) {
	var manifest map[string]built
	text, err := fs.ReadFile(root, "build/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoAssets
	} else if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, fmt.Errorf("build/manifest.json: %w", err)
	}

	s := &site{files: map[string]*file{}}
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		name, compressed := strings.CutSuffix(name, ".br")
		f := s.files[name]
		if f == nil {
			f = &file{root: root, name: name}
			f.squeeze = sync.OnceValue(f.compress)
			s.files[name] = f
		}
		f.brotli = f.brotli || compressed
		f.plain = f.plain || !compressed
		return nil
	})
	if err != nil {
		return nil, err
	}
	delete(s.files, "build/manifest.json")
	for name, f := range s.files {
		if b, ok := manifest[strings.TrimPrefix(name, "build/")]; ok && f.brotli {
			f.hash, f.size = b.Hash, b.Bytes
		} else if err := f.measure(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if s.files["index.html"] == nil {
		return nil, errors.New("the page's index.html is missing")
	}
	return s, s.describe()
}

// describe adds the edition to the files, or brings it up to date.
func (s *site) describe() error {
	h := sha256.New()
	delete(s.files, editionName)
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		fmt.Fprintln(h, name, s.files[name].hash)
	}
	s.version = hex.EncodeToString(h.Sum(nil)[:12])
	f := &file{name: editionName, content: s.edition(func(name string) string { return name })}
	f.squeeze = sync.OnceValue(f.compress)
	s.files[editionName] = f
	return f.measure()
}

// edition returns the content of the edition's file on a host that has each file under the name that hosted gives.
func (s *site) edition(hosted func(name string) string) []byte {
	e := edition{Version: s.version, Program: version(), Files: map[string]string{}}
	for name, f := range s.files {
		e.Files[hosted(name)] = f.hash
	}
	delete(e.Files, editionName)
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // text is all there is in it
	}
	return text
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

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cross-Origin-Opener-Policy", "same-origin") // with the next, the page may share memory between threads
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	embed := embeddable(name) && r.URL.Query().Get("embed") == "1"
	h.Set("Content-Security-Policy", policy(name, embed))
	if embed {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin") // a page that is isolated itself may frame it then
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	f := s.files[name]
	if f == nil {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	if err := f.serve(w, r); err != nil {
		http.Error(w, "the file cannot be read", http.StatusInternalServerError)
	}
}

// embeddable tells of the documents that any page may frame with ?embed=1, the page and the view within it. There is
// nothing in them to lose by a click that was meant for something else: no account, no cookie, nothing stored by a server
// and no way to one. Their scripts take messages of their own origin only. All else is framed by this origin alone.
func embeddable(name string) bool { return name == "index.html" || name == "view.html" }

// policy returns the Content-Security-Policy of a file. The view alone may style its elements inline, since ebiten does;
// embed lets other origins frame the document.
func policy(name string, embed bool) string {
	ancestors := "'self'"
	if embed {
		ancestors = "*"
	}
	style := "style-src 'self'"
	if name == "view.html" {
		style += " 'unsafe-inline'"
	}
	return "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self' data: blob:; " + style +
		"; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors " + ancestors
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

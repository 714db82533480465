package main

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
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
			f = newFile(name)
			f.root = root
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
	f := newFile(editionName)
	f.content = s.edition(func(name string) string { return name })
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

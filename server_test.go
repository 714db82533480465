package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

func squeezed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const trainerText = "\x00asm pretend to be a program, pretend to be a program"

// testSite returns a site of a few files.
func testSite(t *testing.T) *site {
	t.Helper()
	manifest, err := json.Marshal(map[string]built{"trainer.wasm": {"0123abcd", int64(len(trainerText))}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSite(fstest.MapFS{
		"index.html":            {Data: []byte(strings.Repeat("<p>page</p>", 50))},
		"view.html":             {Data: []byte("<p>view</p>")},
		"js/page.js":            {Data: []byte(strings.Repeat("let a = 1;", 50))},
		"dot.png":               {Data: []byte("\x89PNG")},
		".hidden":               {Data: []byte("secret")},
		"build/trainer.wasm.br": {Data: squeezed(t, trainerText)},
		"build/manifest.json":   {Data: manifest},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask returns the answer to a request with the headers, given as name, value, name, value.
func ask(s http.Handler, method, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	var from io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "br" {
		from = brotli.NewReader(from)
	}
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestServeTypes(t *testing.T) {
	s := testSite(t)
	for path, kind := range map[string]string{
		"/":                   "text/html; charset=utf-8",
		"/view.html":          "text/html; charset=utf-8",
		"/js/page.js":         "text/javascript; charset=utf-8",
		"/dot.png":            "image/png",
		"/build/trainer.wasm": "application/wasm",
	} {
		for _, coding := range []string{"", "br", "gzip, deflate, br;q=0.5", "br;q=0", "gzip"} {
			r := ask(s, "GET", path, "Accept-Encoding", coding)
			if got := r.Header.Get("Content-Type"); r.StatusCode != 200 || got != kind {
				t.Errorf("%s: status %d, type %q; want 200, %q", path, r.StatusCode, got, kind)
			}
			compressed := r.Header.Get("Content-Encoding") == "br"
			want := strings.Contains(coding, "br") && coding != "br;q=0" && path != "/dot.png" && path != "/view.html"
			if compressed != want {
				t.Errorf("%s, accepting %q: compressed %v, want %v", path, coding, compressed, want)
			}
			text := body(t, r)
			if path == "/build/trainer.wasm" && text != trainerText {
				t.Errorf("%s, accepting %q: %q", path, coding, text)
			}
			if int64(len(text)) != r.ContentLength && !compressed {
				t.Errorf("%s: length %d, body %d", path, r.ContentLength, len(text))
			}
		}
	}
}

func TestServeIsolation(t *testing.T) {
	s := testSite(t)
	for _, path := range []string{"/", "/js/page.js", "/build/trainer.wasm", "/view.html", "/missing"} {
		h := ask(s, "GET", path).Header
		for name, want := range map[string]string{
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp",
			"Cross-Origin-Resource-Policy": "same-origin",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		csp := h.Get("Content-Security-Policy")
		if inline := strings.Contains(csp, "'unsafe-inline'"); inline != (path == "/view.html") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for _, want := range []string{"default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy %q lacks %s", path, csp, want)
			}
		}
	}
}

// Other pages may frame the page and its view when they are asked for so, and nothing else.
func TestServeEmbed(t *testing.T) {
	s := testSite(t)
	for path, want := range map[string]bool{
		"/?embed=1": true, "/index.html?embed=1": true, "/view.html?embed=1": true, "/": false, "/?embed=0": false, "/js/page.js?embed=1": false, "/missing?embed=1": false,
	} {
		h := ask(s, "GET", path).Header
		csp, corp := h.Get("Content-Security-Policy"), h.Get("Cross-Origin-Resource-Policy")
		if got := strings.HasSuffix(csp, "frame-ancestors *"); got != want || (corp == "cross-origin") != want {
			t.Errorf("%s: policy %q, resource policy %q", path, csp, corp)
		}
		if !want && !strings.HasSuffix(csp, "frame-ancestors 'self'") || h.Get("Cross-Origin-Embedder-Policy") != "require-corp" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
}

func TestServeCaching(t *testing.T) {
	s := testSite(t)
	for _, coding := range []string{"br", "identity"} {
		first := ask(s, "GET", "/build/trainer.wasm", "Accept-Encoding", coding)
		tag := first.Header.Get("ETag")
		if tag == "" || first.Header.Get("Cache-Control") != "no-cache" || first.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: headers %v", coding, first.Header)
		}
		for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := ask(s, "GET", "/build/trainer.wasm", "Accept-Encoding", coding, "If-None-Match", known)
			if again.StatusCode != http.StatusNotModified || body(t, again) != "" || again.Header.Get("ETag") != tag {
				t.Errorf("%s, knowing %s: status %d, tag %s", coding, known, again.StatusCode, again.Header.Get("ETag"))
			}
		}
		if r := ask(s, "GET", "/build/trainer.wasm", "Accept-Encoding", coding, "If-None-Match", `"other"`); r.StatusCode != 200 {
			t.Errorf("%s: status %d for another version", coding, r.StatusCode)
		}
	}
	a, b := ask(s, "GET", "/", "Accept-Encoding", "br"), ask(s, "GET", "/")
	if a.Header.Get("ETag") == b.Header.Get("ETag") {
		t.Error("compressed and plain content have the same tag")
	}
	for query, want := range map[string]string{"?v=0123abcd": "public, max-age=31536000, immutable", "?v=old": "no-cache", "": "no-cache"} {
		if got := ask(s, "GET", "/build/trainer.wasm"+query).Header.Get("Cache-Control"); got != want {
			t.Errorf("%q: Cache-Control %q, want %q", query, got, want)
		}
	}
}

func TestServeMethods(t *testing.T) {
	s := testSite(t)
	get, head := ask(s, "GET", "/"), ask(s, "HEAD", "/")
	if head.StatusCode != 200 || body(t, head) != "" || head.ContentLength != get.ContentLength {
		t.Errorf("HEAD: status %d, length %d; GET has length %d", head.StatusCode, head.ContentLength, get.ContentLength)
	}
	if r := ask(s, "POST", "/"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d", r.StatusCode)
	}
	for _, path := range []string{"/missing", "/.hidden", "/js", "/js/", "/../server.go", "/build/trainer.wasm.br"} {
		if r := ask(s, "GET", path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, r.StatusCode)
		}
	}
}

// Requests may come at once; the first ones compress.
func TestServeConcurrently(t *testing.T) {
	s := testSite(t)
	want := body(t, ask(s, "GET", "/"))
	done := make(chan string)
	for range 8 {
		go func() {
			b, _ := io.ReadAll(brotli.NewReader(ask(s, "GET", "/", "Accept-Encoding", "br").Body))
			done <- string(b)
		}()
	}
	for range 8 {
		if got := <-done; got != want {
			t.Errorf("got %q", got)
		}
	}
}

func TestSiteWithoutAssets(t *testing.T) {
	_, err := newSite(fstest.MapFS{"index.html": {Data: []byte("page")}})
	var hinted interface{ Hint() string }
	if !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), "make build") {
		t.Errorf("error %v does not name make build", err)
	}
}

// The manifest, by which a browser installs the page, names icons that are there and of the size that it says.
func TestManifest(t *testing.T) {
	s := realSite(t)
	text, err := s.files["manifest.webmanifest"].read()
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		StartURL string `json:"start_url"`
		Icons    []struct{ Src, Sizes, Type string }
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	if m.StartURL != "./" || len(m.Icons) != 4 {
		t.Errorf("start %q, %d icons", m.StartURL, len(m.Icons))
	}
	for _, icon := range m.Icons {
		f := s.files[icon.Src]
		if f == nil {
			t.Errorf("%s is missing", icon.Src)
			continue
		}
		if kind, _ := contentType(icon.Src); kind != icon.Type {
			t.Errorf("%s is %s, not %s", icon.Src, kind, icon.Type)
		}
		if icon.Type != "image/png" {
			continue
		}
		r, err := f.open()
		if err != nil {
			t.Fatal(err)
		}
		if c, _, err := image.DecodeConfig(r); err != nil || icon.Sizes != fmt.Sprintf("%dx%d", c.Width, c.Height) {
			t.Errorf("%s is %dx%d, not %s: %v", icon.Src, c.Width, c.Height, icon.Sizes, err)
		}
		r.Close()
	}
}

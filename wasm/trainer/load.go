//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"syscall/js"

	"pushpull/core/data"
)

// Sizes of the set that the page draws itself.
const (
	shapesTrain, shapesTest = 10000, 2000
)

// load returns the data set of a name: shapes are drawn here, MNIST is fetched from the page's server.
func load(name string, progress func(done, total int)) (*data.Dataset, error) {
	switch name {
	case "shapes":
		return data.Shapes(0, shapesTrain, shapesTest), nil
	case "mnist":
		files, err := fetch("build/mnist/", mnistFiles, progress)
		if err != nil {
			return nil, fmt.Errorf("MNIST cannot be fetched: %w", err)
		}
		return data.MNIST(files)
	}
	return nil, fmt.Errorf("the page has no data set %q: choose shapes or mnist", name)
}

// mnistFiles are the parts of MNIST as the server has them.
var mnistFiles = []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}

// fetch gets files of a folder of the page's server, telling how many bytes of all of them are there.
func fetch(dir string, names []string, progress func(done, total int)) (folder, error) {
	type result struct {
		array js.Value
		err   error
	}
	results := make(chan result, 1)
	paths := js.Global().Get("Array").New()
	for _, name := range names {
		paths.Call("push", dir+name)
	}
	tell := js.FuncOf(func(_ js.Value, args []js.Value) any {
		progress(args[0].Int(), args[1].Int())
		return nil
	})
	done := js.FuncOf(func(_ js.Value, args []js.Value) any {
		results <- result{array: args[0]}
		return nil
	})
	failed := js.FuncOf(func(_ js.Value, args []js.Value) any {
		results <- result{err: errors.New(args[0].Get("message").String())}
		return nil
	})
	defer tell.Release()
	defer done.Release()
	defer failed.Release()
	host.Call("fetch", paths, tell).Call("then", done, failed)
	r := <-results
	if r.err != nil {
		return nil, r.err
	}
	f := folder{}
	for i, name := range names {
		b := make([]byte, r.array.Index(i).Get("byteLength").Int())
		js.CopyBytesToGo(b, r.array.Index(i))
		f[name] = b
	}
	return f, nil
}

// folder is a file system of files in memory, by name, as far as data.MNIST needs one.
type folder map[string][]byte

func (f folder) Open(name string) (fs.File, error) { return nil, missing(name) }

func (f folder) ReadFile(name string) ([]byte, error) {
	if b, ok := f[name]; ok {
		return b, nil
	}
	return nil, missing(name)
}

func (f folder) ReadDir(string) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(f)) {
		entries = append(entries, entry(name))
	}
	return entries, nil
}

func missing(name string) error { return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist} }

// entry is a file in a folder, by its name.
type entry string

func (e entry) Name() string               { return string(e) }
func (e entry) IsDir() bool                { return false }
func (e entry) Type() fs.FileMode          { return 0 }
func (e entry) Info() (fs.FileInfo, error) { return nil, missing(string(e)) }

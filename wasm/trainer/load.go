//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"syscall/js"

	"pushpull/core/data"
)

// load returns the data set of a name: shapes are drawn here, MNIST is fetched from the page's server.
func load(name string, progress func(done, total int)) (*data.Dataset, error) {
	switch name {
	case "shapes":
		return data.Shapes(0, data.ShapesTrain, data.ShapesTest), nil
	case "mnist":
		files, err := fetch("build/mnist/", data.MNISTFiles, progress)
		if err != nil {
			return nil, fmt.Errorf("MNIST cannot be fetched: %w", err)
		}
		return data.Read(files, name, data.Options{})
	}
	return nil, fmt.Errorf("the page has no data set %q: choose shapes or mnist, or drop images onto the page", name)
}

// fetch gets files of a folder of the page's server, telling how many bytes of all of them are there.
func fetch(dir string, names []string, progress func(done, total int)) (*data.Files, error) {
	paths := js.Global().Get("Array").New()
	for _, name := range names {
		paths.Call("push", dir+name)
	}
	tell := js.FuncOf(func(_ js.Value, args []js.Value) any {
		progress(args[0].Int(), args[1].Int())
		return nil
	})
	defer tell.Release()
	arrays, err := await(host.Call("fetch", paths, tell))
	if err != nil {
		return nil, err
	}
	f := map[string][]byte{}
	for i, name := range names {
		b := make([]byte, arrays.Index(i).Get("byteLength").Int())
		js.CopyBytesToGo(b, arrays.Index(i))
		f[name] = b
	}
	return data.InMemory(f), nil
}

// await waits for a promise.
func await(promise js.Value) (js.Value, error) {
	type result struct {
		value js.Value
		err   error
	}
	results := make(chan result, 1)
	done := js.FuncOf(func(_ js.Value, args []js.Value) any {
		results <- result{value: args[0]}
		return nil
	})
	failed := js.FuncOf(func(_ js.Value, args []js.Value) any {
		results <- result{err: errors.New(args[0].Get("message").String())}
		return nil
	})
	defer done.Release()
	defer failed.Release()
	promise.Call("then", done, failed)
	r := <-results
	return r.value, r.err
}

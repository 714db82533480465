//go:build js && wasm

package main

import (
	"slices"
	"syscall/js"

	"pushpull/core/train"
)

// helper has views made by the worker behind static/js/views.js: paper(n) gives a Uint8Array of n bytes or more for an order,
// null while the worker is busy; order() takes it there; views() returns what was ordered last as a Uint8Array, null where it
// is not there.
type helper struct{}

func (helper) Order(order []byte) {
	paper := host.Call("paper", len(order))
	if paper.IsNull() {
		return
	}
	js.CopyBytesToJS(paper, order)
	host.Call("order")
}

func (helper) Deliver(parts [][]byte) bool {
	views := host.Call("views")
	if views.IsNull() {
		return false
	}
	at := 0
	for _, p := range parts {
		js.CopyBytesToGo(p, views.Call("subarray", at, at+len(p)))
		at += len(p)
	}
	return true
}

// makeViews is the life of that worker: it answers each order that static/js/views-helper.js takes to make(Uint8Array) with
// made(Uint8Array), on the same paper if it is large enough. It does not return.
func makeViews() {
	var order, views []byte
	host.Set("make", js.FuncOf(func(_ js.Value, args []js.Value) any {
		paper := args[0]
		order = slices.Grow(order[:0], paper.Length())[:paper.Length()]
		js.CopyBytesToGo(order, paper)
		views = train.AppendViews(views[:0], order)
		if len(views) > paper.Length() {
			paper = js.Global().Get("Uint8Array").New(len(views))
		}
		js.CopyBytesToJS(paper, views)
		host.Call("made", paper)
		return nil
	}))
	host.Call("ready")
	select {}
}

//go:build js && wasm

package main

import (
	"syscall/js"

	"pushpull/core/train"
)

// helper has views made by the worker behind static/js/views.js: order(Uint8Array) takes an order there, views() returns
// what was ordered last as a Uint8Array, null where it is not there.
type helper struct{}

func (helper) Order(order []byte) {
	array := js.Global().Get("Uint8Array").New(len(order))
	js.CopyBytesToJS(array, order)
	host.Call("order", array)
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
// made(Uint8Array). It does not return.
func makeViews() {
	host.Set("make", js.FuncOf(func(_ js.Value, args []js.Value) any {
		order := make([]byte, args[0].Get("byteLength").Int())
		js.CopyBytesToGo(order, args[0])
		views := train.MakeViews(order)
		array := js.Global().Get("Uint8Array").New(len(views))
		js.CopyBytesToJS(array, views)
		host.Call("made", array)
		return nil
	}))
	host.Call("ready")
	select {}
}

//go:build js && wasm

// Command trainer is the page's trainer. It runs in a Web Worker, so that the page never waits for it, and talks to the
// page by messages of package protocol. A second worker runs it too, to make views for the first one.
package main

import (
	"fmt"
	"runtime/debug"
	"syscall/js"

	"pushpull/wasm/protocol"
	"pushpull/wasm/session"
)

// static/worker.js sets the host: send(Uint8Array) takes a message to the page; fetch(paths, progress) resolves with the
// files' Uint8Arrays; decode(Uint8Array, h, w) resolves with an image file's pixels, [h, w, 4]; turn() calls turned() once
// waiting messages have been delivered; backend says what computes. It calls receive(Uint8Array). views.go tells what it
// does about views.
var host = js.Global().Get("host")

func main() {
	if !host.Get("made").IsUndefined() {
		makeViews()
	}
	inbox := make(chan protocol.Message, 256)
	host.Set("receive", js.FuncOf(func(_ js.Value, args []js.Value) any {
		b := make([]byte, args[0].Get("byteLength").Int())
		js.CopyBytesToGo(b, args[0])
		m, err := protocol.Decode(b)
		if err != nil {
			send(&protocol.Error{Message: err.Error()})
			return nil
		}
		select {
		case inbox <- m:
		default: // nobody has listened for 256 commands: drop this one rather than stop the worker's events
		}
		return nil
	}))
	turned := make(chan struct{}, 1)
	host.Set("turned", js.FuncOf(func(js.Value, []js.Value) any {
		turned <- struct{}{}
		return nil
	}))
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(string(debug.Stack()))
			send(&protocol.Error{Message: fmt.Sprintf("The trainer failed: %v.", r), Fatal: true,
				Hint: "Press Reset to start it again. If it happens again, the details are in the browser's console."})
		}
	}()
	s := session.Session{
		Inbox: inbox, Send: send, Load: load, Read: read, Backend: host.Get("backend").String(), Helper: helper{},
		Turn: func() {
			host.Call("turn")
			<-turned
		},
	}
	host.Call("ready")
	s.Run()
}

// send takes a message to the page.
func send(m protocol.Message) {
	b := protocol.Encode(m)
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	host.Call("send", array)
}

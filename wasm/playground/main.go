//go:build js && wasm

// Command playground is the page's view of the embedding. It runs in an iframe of its own, because ebiten owns the
// document that it runs in, and hears from the page by messages of package protocol.
package main

import (
	"strconv"
	"syscall/js"

	"github.com/hajimehoshi/ebiten/v2"

	"pushpull/viz"
	"pushpull/viz/draw"
	"pushpull/wasm/protocol"
)

// static/view.js sets the host: send(Uint8Array) takes a message to the page, fail(text) tells that there can be no
// view, rest() stops the frames until something happens. It calls receive(Uint8Array) and away().
var host = js.Global().Get("host")

func main() {
	game := draw.New(viz.NewScene())
	game.OnFocus = func(point, class int) {
		send(&protocol.Hover{Index: point, Class: class, Label: game.Scene.Label(class)})
	}
	game.OnProjection = func(name string) { send(&protocol.View{Projection: name}) }
	game.Rest = func() { host.Call("rest") }
	host.Set("receive", js.FuncOf(func(_ js.Value, args []js.Value) any {
		b := make([]byte, args[0].Get("byteLength").Int())
		js.CopyBytesToGo(b, args[0])
		m, err := protocol.Decode(b)
		if err != nil {
			host.Call("fail", err.Error())
			return nil
		}
		receive(game, m)
		return nil
	}))
	host.Set("away", js.FuncOf(func(js.Value, []js.Value) any {
		game.Scene.PointAway()
		return nil
	}))
	host.Call("ready")

	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetTPS(ebiten.SyncWithFPS)
	if err := ebiten.RunGameWithOptions(game, &ebiten.RunGameOptions{SingleThread: true}); err != nil {
		host.Call("fail", err.Error())
	}
}

// receive does what a message of the page asks.
func receive(g *draw.Game, m protocol.Message) {
	switch m := m.(type) {
	case *protocol.Images:
		g.Scene.SetImages(viz.Images{N: m.N, H: m.H, W: m.W, C: m.C, Classes: m.Classes, Labels: m.Labels, Pixels: m.Pixels})
		send(legend(m))
	case *protocol.Snapshot:
		g.Scene.Place(m.Names, m.Positions, g.Now())
	case *protocol.View:
		switch m.Theme {
		case "light":
			g.Scene.SetTheme(&viz.Light)
		case "dark":
			g.Scene.SetTheme(&viz.Dark)
		}
		if m.Motion != "" {
			g.Scene.Calm = m.Motion == "none"
		}
		if m.Projection != "" {
			g.Show(m.Projection)
		}
		if m.Hide != nil {
			g.Scene.Hide(m.Hide)
		}
	default:
		host.Call("fail", "the view knows no message of kind "+strconv.Itoa(int(m.Kind())))
	}
}

// legend tells the page how the classes look.
func legend(m *protocol.Images) *protocol.Legend {
	l := &protocol.Legend{}
	for _, e := range viz.Legend(m.Classes, m.Labels) {
		l.Entries = append(l.Entries, protocol.LegendEntry{
			Name: e.Name, Light: e.Light.Hex(), Dark: e.Dark.Hex(), Shape: e.Shape.Name(), Path: e.Shape.Path(), Count: e.Count,
		})
	}
	return l
}

// send takes a message to the page.
func send(m protocol.Message) {
	b := protocol.Encode(m)
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	host.Call("send", array)
}

//go:build js && wasm

// Command playground is the page's view of the embedding. It runs in an iframe of its own, because ebiten owns the
// document that it runs in, and hears from the page by messages of package protocol.
//
// Without a WebGL that is worth it there is no ebiten; then the same picture goes to a plain canvas.
package main

import (
	"bytes"
	"strconv"
	"syscall/js"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"pushpull/viz"
	"pushpull/viz/draw"
	"pushpull/wasm/protocol"
)

// static/js/frame.js sets the host: plain tells that there is no WebGL; send(Uint8Array) takes a message to the page,
// fail(text) tells that there can be no view, rest() stops the frames until something happens. Where plain, pixels(w, h) is
// where a picture's bytes go, and paint() shows it. It calls receive(Uint8Array), what the user's hand does, picture() for
// an ImageData of the scene, svg(title) for it as a drawing, and where plain frame(w, h, scale).
var host = js.Global().Get("host")

// view is the scene, and what the page knows of it.
type view struct {
	scene  *viz.Scene
	hand   viz.Hand
	start  time.Time
	wish   int // the number of the page's last View
	told   protocol.Hover
	legend []byte // the message that told it last, nil where it must be told again
}

func (v *view) now() float64 { return time.Since(v.start).Seconds() }

func main() {
	v := &view{scene: viz.NewScene(), start: time.Now(), told: protocol.Hover{Index: -1, Class: -1, Chosen: -1}}
	v.hand = viz.Hand{Scene: v.scene, Show: v.choose, Select: func(points []int) {
		if points == nil {
			points = []int{}
		}
		send(&protocol.Selection{Points: points})
	}}
	on("receive", func(args []js.Value) any {
		b := make([]byte, args[0].Get("byteLength").Int())
		js.CopyBytesToGo(b, args[0])
		m, err := protocol.Decode(b)
		if err != nil {
			host.Call("fail", err.Error())
			return nil
		}
		v.receive(m)
		return nil
	})
	v.listen()
	host.Call("ready")
	if host.Get("plain").Bool() {
		v.paint()
	}
	game := &draw.Game{Scene: v.scene, Now: v.now, Tick: v.tell, Rest: func() { host.Call("rest") }}
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetTPS(ebiten.SyncWithFPS)
	if err := ebiten.RunGameWithOptions(game, &ebiten.RunGameOptions{SingleThread: true}); err != nil {
		host.Call("fail", err.Error())
	}
}

// paint shows the scene without ebiten, for ever.
func (v *view) paint() {
	on("frame", func(args []js.Value) any {
		v.resize(args[0].Float(), args[1].Float(), args[2].Float())
		changed := v.scene.Advance(v.now())
		v.tell()
		if !changed {
			host.Call("rest")
			return nil
		}
		c := v.scene.Draw()
		js.CopyBytesToJS(host.Call("pixels", c.W, c.H), c.Bytes())
		host.Call("paint")
		return nil
	})
	host.Call("begin")
	select {}
}

// resize gives the scene the size of a page of w by h, on a screen of so many pixels for each of the page's.
func (v *view) resize(w, h, screen float64) {
	scale := draw.Scale(w, h, screen)
	v.scene.Resize(max(int(w*scale), 1), max(int(h*scale), 1), float32(scale))
}

// present brings the scene to what it would be on the screen, for a picture that is kept: frames stop while nobody sees
// them, and there may have been none.
func (v *view) present() {
	page := js.Global()
	v.resize(page.Get("innerWidth").Float(), page.Get("innerHeight").Float(), page.Get("devicePixelRatio").Float())
	v.scene.Advance(v.now())
}

// listen lets the host tell what the user's hand does. Positions are in pixels of the page.
func (v *view) listen() {
	x := func(a js.Value) float32 { return float32(a.Float()) }
	on("down", func(a []js.Value) any { v.hand.Down(a[0].Int(), x(a[1]), x(a[2]), a[3].Bool()); return nil })
	on("move", func(a []js.Value) any { v.hand.Move(a[0].Int(), x(a[1]), x(a[2])); return nil })
	on("up", func(a []js.Value) any { v.hand.Up(a[0].Int()); return nil })
	on("cancel", func([]js.Value) any { v.hand.Cancel(); return nil })
	on("away", func([]js.Value) any { v.scene.PointAway(); return nil })
	on("wheel", func(a []js.Value) any { v.hand.Wheel(x(a[0])); return nil })
	on("picture", func([]js.Value) any {
		v.present()
		c := v.scene.Picture()
		pixels := js.Global().Get("Uint8ClampedArray").New(len(c.Bytes()))
		js.CopyBytesToJS(pixels, c.Bytes())
		return js.Global().Get("ImageData").New(pixels, c.W)
	})
	on("svg", func(a []js.Value) any {
		v.present()
		return v.scene.SVG(a[0].String())
	})
	on("key", func(a []js.Value) any { return v.hand.Key(a[0].String()) })
}

// on gives the host a function to call.
func on(name string, f func(args []js.Value) any) {
	host.Set(name, js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) }))
}

// choose changes the projection by a key and tells the page. Where the page asks for another at the same time, that one comes
// here later and is shown, and from the number of the wish the page sees that what it is told is older.
func (v *view) choose(projection string) {
	if projection != v.scene.Projection() {
		v.scene.Show(projection, v.now())
		send(&protocol.View{Wish: v.wish, Projection: projection})
		v.tellLegend()
	}
}

// tell tells the page which point is in focus, if that is another.
func (v *view) tell() {
	point, class := v.scene.Focus()
	m := protocol.Hover{Index: point, Class: class, Label: v.scene.Label(class), Chosen: v.scene.Chosen()}
	if m != v.told {
		v.told = m
		send(&m)
	}
}

// receive does what a message of the page asks.
func (v *view) receive(m protocol.Message) {
	s := v.scene
	switch m := m.(type) {
	case *protocol.Images:
		images := viz.Images{N: m.N, H: m.H, W: m.W, C: m.C, Classes: m.Classes, Labels: m.Labels, Pixels: m.Pixels}
		for _, f := range m.Factors {
			images.Factors = append(images.Factors, viz.Factor{Name: f.Name, Names: f.Names, Of: f.Of})
		}
		s.SetImages(images)
		v.legend = nil // nothing is hidden any more
	case *protocol.Snapshot:
		s.Place(m.Names, m.Positions, v.now())
		for i, name := range m.Figures {
			s.SetFigure(name, m.Values[i])
		}
	case *protocol.Pairs:
		s.SetPairs(viz.Pairs{Projection: m.Projection, Split: m.Split, Why: m.Why, Labels: m.Labels, Positions: m.Positions, Pull: m.Pull, Push: m.Push})
	case *protocol.View:
		v.change(m)
	default:
		host.Call("fail", "the view knows no message of kind "+strconv.Itoa(int(m.Kind())))
	}
	v.tellLegend()
}

// change does what a View asks.
func (v *view) change(m *protocol.View) {
	s := v.scene
	v.wish = m.Wish
	switch m.Theme {
	case "light":
		s.SetTheme(&viz.Light)
	case "dark":
		s.SetTheme(&viz.Dark)
	}
	if m.Motion != "" {
		s.Calm = m.Motion == "none"
	}
	if m.Projection != "" {
		s.Show(m.Projection, v.now())
	}
	if m.Points != "" {
		s.ShowPictures(m.Points == "pictures")
	}
	if m.Pairs != "" {
		s.ShowPairs(m.Pairs)
	}
	if m.Drag != "" {
		v.hand.Catches = m.Drag == "catch"
	}
	if m.Colour != "" {
		s.Colour(m.Colour)
	}
	if m.Hide != nil {
		s.Hide(m.Hide)
	}
	if m.Marked != nil {
		s.Mark(m.Marked)
	}
	if m.Chosen != nil {
		s.ChoosePoint(*m.Chosen)
	}
}

// tellLegend tells the page what colours and markers stand for, if that is another than it knows.
func (v *view) tellLegend() {
	_, entries, ramp := v.scene.Legend()
	l := &protocol.Legend{Entries: []protocol.LegendEntry{}, Forces: []protocol.ForceEntry{}}
	for _, e := range entries {
		l.Entries = append(l.Entries, protocol.LegendEntry{
			Name: e.Name, Light: e.Light.Hex(), Dark: e.Dark.Hex(), Shape: e.Shape.Name(), Path: e.Shape.Path(), Count: e.Count,
		})
	}
	if ramp != nil {
		l.Ramp = &protocol.Ramp{What: ramp.What, Low: float64(ramp.Low), High: float64(ramp.High)}
		for i := range ramp.Light {
			l.Ramp.Light, l.Ramp.Dark = append(l.Ramp.Light, ramp.Light[i].Hex()), append(l.Ramp.Dark, ramp.Dark[i].Hex())
		}
	}
	forces, why := v.scene.ForceLegend()
	for _, f := range forces {
		l.Forces = append(l.Forces, protocol.ForceEntry{Name: f.Name, Light: f.Light.Hex(), Dark: f.Dark.Hex()})
	}
	l.Why = why
	if b := protocol.Encode(l); !bytes.Equal(b, v.legend) {
		v.legend = b
		post(b)
	}
}

// send takes a message to the page.
func send(m protocol.Message) { post(protocol.Encode(m)) }

// post takes an encoded one.
func post(b []byte) {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	host.Call("send", array)
}

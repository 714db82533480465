// Package draw shows a viz.Scene with ebiten. It holds no more than that: what can be tested without a screen, and what
// the user's hand does, is in package viz.
package draw

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"pushpull/viz"
)

// maxPixels bounds the picture, which is drawn on the CPU: on a larger screen each of its pixels covers several.
const maxPixels = 2_600_000

// Scale returns how many pixels of the picture make one of a page of w by h, on a screen of so many.
func Scale(w, h, screen float64) float64 {
	return min(screen, 2, math.Sqrt(maxPixels/max(w*h, 1)))
}

// Game is an ebiten.Game of one scene.
type Game struct {
	Scene *viz.Scene
	Now   func() float64 // the scene's time in seconds
	Tick  func()         // called once a frame, after the scene has moved on
	Rest  func()         // called in every frame in which nothing has changed

	redraw bool
	copy   *ebiten.Shader
}

// Update implements ebiten.Game.
func (g *Game) Update() error {
	if g.redraw = g.Scene.Advance(g.Now()); !g.redraw {
		g.Rest()
	}
	g.Tick()
	return nil
}

// Draw implements ebiten.Game. The screen keeps its pixels, so a picture like the last costs nothing.
func (g *Game) Draw(screen *ebiten.Image) {
	if g.redraw {
		g.redraw = false
		screen.WritePixels(g.Scene.Draw().Bytes())
	}
}

// Layout implements ebiten.Game. LayoutF is called in its stead.
func (g *Game) Layout(w, h int) (int, int) { return w, h }

// LayoutF gives the picture the screen's own pixels, fewer if they are very many.
func (g *Game) LayoutF(w, h float64) (float64, float64) {
	scale := Scale(w, h, ebiten.Monitor().DeviceScaleFactor())
	pw, ph := max(int(w*scale), 1), max(int(h*scale), 1)
	g.Scene.Resize(pw, ph, float32(scale))
	return float64(pw), float64(ph)
}

// DrawFinalScreen implements ebiten.FinalScreenDrawer. A picture of the screen's own pixels is copied as it is, opaque and
// sharp: ebiten's way would filter and blend each.
func (g *Game) DrawFinalScreen(screen ebiten.FinalScreen, picture *ebiten.Image, geoM ebiten.GeoM) {
	if geoM.Element(0, 0) != 1 {
		ebiten.DefaultDrawFinalScreen(screen, picture, geoM)
		return
	}
	if g.copy == nil {
		var err error
		if g.copy, err = ebiten.NewShader([]byte(copyShader)); err != nil {
			panic(err)
		}
	}
	b := picture.Bounds()
	op := &ebiten.DrawRectShaderOptions{GeoM: geoM, Blend: ebiten.BlendCopy}
	op.Images[0] = picture
	screen.DrawRectShader(b.Dx(), b.Dy(), g.copy, op)
}

const copyShader = `//kage:unit pixels
package main

func Fragment(at vec4, from vec2) vec4 { return imageSrc0UnsafeAt(from) }
`

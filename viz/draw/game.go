// Package draw shows a viz.Scene with ebiten and hands it the user's mouse, fingers and keys. It holds no more than
// that: what can be tested without a screen is in package viz.
package draw

import (
	"math"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"pushpull/viz"
)

// maxPixels bounds the picture, which is drawn on the CPU: on a larger screen each of its pixels covers several.
const maxPixels = 2_600_000

// Game is an ebiten.Game of one scene.
type Game struct {
	Scene *viz.Scene
	// OnFocus, if set, is called when another point comes into focus, OnProjection when the user chooses another
	// projection, and Rest in every frame in which nothing moves and no key or button is held.
	OnFocus      func(point, class int)
	OnProjection func(name string)
	Rest         func()

	start  time.Time
	last   float64 // time of the last update
	scale  float64 // pixels of the picture per pixel of the page
	hand   hand
	focus  int
	redraw bool
}

// New returns a game of the scene.
func New(s *viz.Scene) *Game { return &Game{Scene: s, start: time.Now(), focus: -1, scale: 1} }

// Now returns the scene's time.
func (g *Game) Now() float64 { return time.Since(g.start).Seconds() }

// Show changes the projection as if the user had.
func (g *Game) Show(projection string) {
	if projection != g.Scene.Projection() {
		g.Scene.Show(projection, g.Now())
		if g.OnProjection != nil {
			g.OnProjection(projection)
		}
	}
}

// Update implements ebiten.Game.
func (g *Game) Update() error {
	now := g.Now()
	seconds := min(now-g.last, 0.1)
	g.last = now
	busy := g.hand.update(g)
	busy = g.keys(float32(seconds)) || busy
	g.redraw = g.Scene.Advance(now)
	if point, class := g.Scene.Focus(); point != g.focus {
		g.focus = point
		if g.OnFocus != nil {
			g.OnFocus(point, class)
		}
	}
	if !busy && !g.redraw && g.Rest != nil {
		g.Rest()
	}
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
	g.scale = min(ebiten.Monitor().DeviceScaleFactor(), 2, math.Sqrt(maxPixels/(w*h)))
	pw, ph := max(int(w*g.scale), 1), max(int(h*g.scale), 1)
	g.Scene.Resize(pw, ph, float32(g.scale))
	return float64(pw), float64(ph)
}

package draw

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"pushpull/viz"
)

// hand is what mouse and fingers do to the scene: one turns the ball, wheel and two fingers zoom, a click or a tap
// chooses a point.
type hand struct {
	x, y    float32 // where the mouse, or the middle of the fingers, was
	spread  float32 // distance of two fingers
	fingers int
	held    bool // the mouse button
	moved   float32
	touches []ebiten.TouchID
}

// tapReach is how far a click may slip and still be one, in pixels of the page.
const tapReach = 5

// update reports whether a button or finger is down.
func (h *hand) update(g *Game) bool {
	h.touches = ebiten.AppendTouchIDs(h.touches[:0])
	if len(h.touches) > 0 || h.fingers > 0 {
		h.touch(g)
	} else {
		h.mouse(g)
	}
	return h.held || h.fingers > 0
}

func (h *hand) mouse(g *Game) {
	ix, iy := ebiten.CursorPosition()
	x, y := float32(ix), float32(iy)
	down := ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft)
	switch {
	case down && !h.held:
		h.moved = 0
	case down:
		h.turn(g, x-h.x, y-h.y)
	case h.held && h.moved < tapReach*float32(g.scale):
		g.Scene.Choose(x, y)
	case x != h.x || y != h.y:
		g.Scene.PointAt(x, y)
	}
	h.held, h.x, h.y = down, x, y
	if _, wheel := ebiten.Wheel(); wheel != 0 {
		g.Scene.Zoom(float32(math.Exp(min(max(wheel, -120), 120) * 0.0016)))
	}
}

func (h *hand) touch(g *Game) {
	var x, y, spread float32
	n := min(len(h.touches), 2)
	var px, py [2]float32
	for i := range n {
		ix, iy := ebiten.TouchPosition(h.touches[i])
		px[i], py[i] = float32(ix), float32(iy)
		x, y = x+px[i]/float32(n), y+py[i]/float32(n)
	}
	if n == 2 {
		spread = float32(math.Hypot(float64(px[0]-px[1]), float64(py[0]-py[1])))
	}
	switch {
	case n == 0 && h.fingers == 1 && h.moved < 2*tapReach*float32(g.scale):
		g.Scene.Choose(h.x, h.y)
	case n == 0:
	case n != h.fingers:
		if h.fingers == 0 {
			h.moved = 0
		}
	default:
		h.turn(g, x-h.x, y-h.y)
		if n == 2 && h.spread > 0 && spread > 0 {
			g.Scene.Zoom(spread / h.spread)
		}
	}
	if n > 0 {
		h.x, h.y = x, y
	}
	h.spread, h.fingers = spread, n
}

func (h *hand) turn(g *Game, dx, dy float32) {
	if dx != 0 || dy != 0 {
		h.moved += float32(math.Hypot(float64(dx), float64(dy)))
		g.Scene.Rotate(dx, dy)
	}
}

// keys turns and zooms while keys are held, and reports whether one is.
func (g *Game) keys(seconds float32) bool {
	s, busy := g.Scene, false
	held := func(keys ...ebiten.Key) bool {
		for _, k := range keys {
			if ebiten.IsKeyPressed(k) {
				busy = true
				return true
			}
		}
		return false
	}
	step := 260 * seconds * float32(g.scale) // pixels
	if held(ebiten.KeyArrowLeft) {
		s.Rotate(-step, 0)
	}
	if held(ebiten.KeyArrowRight) {
		s.Rotate(step, 0)
	}
	if held(ebiten.KeyArrowUp) {
		s.Rotate(0, -step)
	}
	if held(ebiten.KeyArrowDown) {
		s.Rotate(0, step)
	}
	if held(ebiten.KeyEqual, ebiten.KeyNumpadAdd) {
		s.Zoom(1 + 1.5*seconds)
	}
	if held(ebiten.KeyMinus, ebiten.KeyNumpadSubtract) {
		s.Zoom(1 / (1 + 1.5*seconds))
	}
	pressed := inpututil.IsKeyJustPressed
	switch {
	case pressed(ebiten.KeyS):
		g.Show(viz.Sphere)
	case pressed(ebiten.KeyP):
		g.Show("pca")
	case pressed(ebiten.KeyHome), pressed(ebiten.KeyDigit0):
		s.GoHome()
	case pressed(ebiten.KeyPeriod):
		s.ChooseNext(1)
	case pressed(ebiten.KeyComma):
		s.ChooseNext(-1)
	case pressed(ebiten.KeyEscape):
		s.ChooseNone()
	}
	return busy
}

package viz

import "math"

// Hand is what mouse, fingers and keys do to a scene: one finger turns it, wheel and two fingers zoom, a click or a tap
// chooses a point, a drag with shift catches points. Positions are in pixels of the page.
type Hand struct {
	Scene   *Scene
	Catches bool // whether a drag catches points without shift, too
	// Show, if set, is called when a key asks for another projection, and Select when the user has caught points.
	Show   func(projection string)
	Select func(points []int)

	fingers []finger
	moved   float32 // since the first went down
	many    bool    // there were several since
	lasso   bool
}

type finger struct {
	id   int
	x, y float32
}

// tapReach is how far a click may slip and still be one, in pixels of the page.
const tapReach = 6

// Down tells that a button or finger goes down.
func (h *Hand) Down(id int, x, y float32, shift bool) {
	if len(h.fingers) == 0 {
		h.moved, h.many = 0, false
		if h.lasso = shift || h.Catches; h.lasso {
			h.Scene.Lasso(x*h.Scene.scale, y*h.Scene.scale)
		}
	} else { // a second finger zooms, whatever the first one did
		h.many, h.lasso = true, false
		h.Scene.noLasso()
	}
	h.fingers = append(h.fingers, finger{id, x, y})
}

// Move tells that the pointer or a finger has moved.
func (h *Hand) Move(id int, x, y float32) {
	s := h.Scene
	at := -1
	for i, f := range h.fingers {
		if f.id == id {
			at = i
		}
	}
	if at < 0 {
		s.PointAt(x*s.scale, y*s.scale)
		return
	}
	f := &h.fingers[at]
	dx, dy := x-f.x, y-f.y
	h.moved += abs(dx) + abs(dy)
	before := h.spread()
	f.x, f.y = x, y
	switch {
	case h.lasso:
		if at == 0 {
			s.LassoTo(x*s.scale, y*s.scale)
		}
	case len(h.fingers) == 1:
		s.Rotate(dx*s.scale, dy*s.scale)
	case at < 2:
		if after := h.spread(); before > 0 && after > 0 {
			s.Zoom(after / before)
		}
		s.Rotate(dx/2*s.scale, dy/2*s.scale)
	}
}

// spread is the distance of the first two fingers, 0 where there is one.
func (h *Hand) spread() float32 {
	if len(h.fingers) < 2 {
		return 0
	}
	a, b := h.fingers[0], h.fingers[1]
	return float32(math.Hypot(float64(a.x-b.x), float64(a.y-b.y)))
}

// Up tells that a button or finger goes up.
func (h *Hand) Up(id int) {
	s := h.Scene
	for i, f := range h.fingers {
		if f.id != id {
			continue
		}
		h.fingers = append(h.fingers[:i], h.fingers[i+1:]...)
		switch {
		case len(h.fingers) > 0:
		case h.lasso && h.moved >= tapReach:
			h.selected(s.LassoEnd())
		case h.moved < tapReach && !h.many:
			s.noLasso()
			s.Choose(f.x*s.scale, f.y*s.scale)
			if s.chosen < 0 && s.marks > 0 { // beside all points: those that were caught go free
				s.Mark(nil)
				h.selected(nil)
			}
		}
		return
	}
}

// Cancel tells that no finger is down any more, whatever was begun.
func (h *Hand) Cancel() {
	h.fingers = h.fingers[:0]
	h.Scene.noLasso()
}

// Wheel zooms; dy is how far the wheel was turned towards the user, in pixels.
func (h *Hand) Wheel(dy float32) {
	h.Scene.Zoom(float32(math.Exp(float64(min(max(-dy, -120), 120)) * 0.0016)))
}

// keyStep is how far an arrow key turns the scene each time, in pixels of the page.
const keyStep = 14

// Key does what a key asks for, by its name in the browser, and reports whether it asks for anything.
func (h *Hand) Key(key string) bool {
	s := h.Scene
	step := keyStep * s.scale
	switch key {
	case "ArrowLeft":
		s.Rotate(-step, 0)
	case "ArrowRight":
		s.Rotate(step, 0)
	case "ArrowUp":
		s.Rotate(0, -step)
	case "ArrowDown":
		s.Rotate(0, step)
	case "+", "=":
		s.Zoom(1.08)
	case "-", "_":
		s.Zoom(1 / 1.08)
	case "0", "Home":
		s.GoHome()
	case ".":
		s.ChooseNext(1)
	case ",":
		s.ChooseNext(-1)
	case "x":
		h.selected(s.MarkChosen(false))
	case "X":
		h.selected(s.MarkChosen(true))
	case "Escape":
		h.Cancel()
		s.ChooseNone()
		s.Mark(nil)
		h.selected(nil)
	default:
		kind := map[string]string{"s": Sphere, "p": "pca", "t": TSNE, "u": UMAP}[key]
		if kind != "" && h.Show != nil {
			h.Show(kind)
		}
		return kind != ""
	}
	return true
}

func (h *Hand) selected(points []int) {
	if h.Select != nil {
		h.Select(points)
	}
}

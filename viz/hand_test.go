package viz

import (
	"slices"
	"testing"
)

// A drag with shift catches what it encircles; new images in the middle of one end it.
func TestLasso(t *testing.T) {
	s := scene(200, 3, 300, 300)
	s.Draw()
	var caught [][]int
	h := Hand{Scene: s, Select: func(points []int) { caught = append(caught, points) }}
	drag := func(path ...[2]float32) {
		for _, p := range path {
			h.Move(1, p[0], p[1])
		}
	}
	h.Down(1, 0, 0, true)
	drag([2]float32{300, 0}, [2]float32{300, 300}, [2]float32{0, 300})
	h.Up(1)
	if len(caught) != 1 || len(caught[0]) == 0 {
		t.Fatalf("a lasso round everything catches %v", caught)
	}

	h.Down(1, 0, 0, true)
	drag([2]float32{300, 0})
	s.SetImages(Images{N: 1, H: 1, W: 1, C: 1, Classes: []string{"one"}, Labels: []int32{0}, Pixels: []uint8{0}})
	drag([2]float32{300, 300}, [2]float32{0, 300})
	h.Up(1)
	if last := caught[len(caught)-1]; len(caught) > 1 && len(last) != 0 {
		t.Errorf("a lasso from before the images catches %v", last)
	}
}

// Where a drag catches points, one finger does so, and a second one zooms instead.
func TestFingersCatch(t *testing.T) {
	s := scene(200, 3, 300, 300)
	s.Draw()
	caught := [][]int{}
	h := Hand{Scene: s, Catches: true, Select: func(points []int) { caught = append(caught, points) }}
	round := func(id int) {
		for _, p := range [][2]float32{{300, 0}, {300, 300}, {0, 300}} {
			h.Move(id, p[0], p[1])
		}
	}
	h.Down(7, 0, 0, false)
	round(7)
	h.Up(7)
	if len(caught) != 1 || len(caught[0]) == 0 || len(caught[0]) != s.marks {
		t.Fatalf("a finger round everything catches %v", caught)
	}

	zoom := s.Camera.Zoom
	h.Down(7, 100, 100, false)
	h.Move(7, 120, 100)
	h.Down(8, 200, 100, false)
	h.Move(8, 290, 100)
	h.Up(8)
	round(7) // what is left of two fingers does not go on with the lasso
	h.Up(7)
	if len(caught) != 1 || len(s.lasso) != 0 || s.Camera.Zoom <= zoom {
		t.Errorf("two fingers catch points %d times and zoom from %v to %v", len(caught)-1, zoom, s.Camera.Zoom)
	}
	h.Catches = false
	h.Down(7, 0, 0, false)
	round(7)
	h.Up(7)
	if len(caught) != 1 {
		t.Error("a finger still catches points")
	}
}

// A click beside the points lets go what was caught, one on a point does not.
func TestClickBesideLetsGo(t *testing.T) {
	s := scene(200, 3, 300, 300)
	s.Draw()
	caught := -1
	h := Hand{Scene: s, Select: func(points []int) { caught = len(points) }}
	click := func(x, y float32) {
		h.Down(1, x, y, false)
		h.Up(1)
	}
	s.Mark([]int{1, 2})
	front := s.seen[s.order[len(s.order)-1]]
	if click(front.x, front.y); s.Chosen() < 0 || s.marks != 2 || caught != -1 {
		t.Errorf("a click on a point chooses %d and leaves %d marked", s.Chosen(), s.marks)
	}
	if click(2, 2); s.Chosen() != -1 || s.marks != 0 || caught != 0 {
		t.Errorf("a click beside the points leaves %d marked and %d chosen; it tells of %d", s.marks, s.Chosen(), caught)
	}
}

// What is in front goes along with a finger, and with arrow keys; wheel, keys and two fingers zoom, and home takes it all back.
func TestHandTurnsAndZooms(t *testing.T) {
	s := scene(200, 3, 300, 300)
	var shown string
	h := Hand{Scene: s, Show: func(projection string) { shown = projection }}
	s.Draw()
	front := int(s.order[len(s.order)-1])
	moves := func(what string, x, y float32, do func()) {
		s.Camera = Home
		s.Draw()
		from := s.seen[front]
		do()
		s.Draw()
		if dx, dy := s.seen[front].x-from.x, s.seen[front].y-from.y; !(x*dx+y*dy > 4) {
			t.Errorf("%s moves what is in front by %v, %v", what, dx, dy)
		}
	}
	drag := func(dx, dy float32) func() {
		return func() {
			h.Down(1, 150, 150, false)
			h.Move(1, 150+dx, 150+dy)
			h.Up(1)
		}
	}
	moves("a drag to the right", 1, 0, drag(12, 0))
	moves("a drag to the left", -1, 0, drag(-12, 0))
	moves("a drag down", 0, 1, drag(0, 12))
	moves("a drag up", 0, -1, drag(0, -12))
	moves("the right arrow", 1, 0, func() { h.Key("ArrowRight") })
	moves("the left arrow", -1, 0, func() { h.Key("ArrowLeft") })
	moves("the down arrow", 0, 1, func() { h.Key("ArrowDown") })
	moves("the up arrow", 0, -1, func() { h.Key("ArrowUp") })
	for what, zoom := range map[string]struct {
		do   func()
		want float32
	}{
		"+":          {func() { h.Key("+") }, 1.08},
		"-":          {func() { h.Key("-") }, 1 / 1.08},
		"wheel up":   {func() { h.Wheel(-100) }, 1.1735},
		"wheel down": {func() { h.Wheel(100) }, 1 / 1.1735},
		"two fingers": {func() {
			h.Down(1, 100, 150, false)
			h.Down(2, 200, 150, false)
			h.Move(2, 300, 150)
			h.Up(1)
			h.Up(2)
		}, 2},
	} {
		s.Camera = Home
		if zoom.do(); abs(s.Camera.Zoom/zoom.want-1) > 1e-3 {
			t.Errorf("%s zooms by %v, want %v", what, s.Camera.Zoom, zoom.want)
		}
	}
	if h.Key("0"); s.Camera != Home {
		t.Errorf("home is %+v", s.Camera)
	}
	for key, want := range map[string]string{"s": Sphere, "p": "pca", "t": TSNE, "u": UMAP} {
		if shown = ""; !h.Key(key) || shown != want {
			t.Errorf("%s shows %q, want %q", key, shown, want)
		}
	}
	if h.Key("y") {
		t.Error("y is taken for something")
	}
}

// By keyboard the chosen point is caught and let go, with those around it too.
func TestKeysCatch(t *testing.T) {
	s := scene(200, 3, 300, 300)
	s.Draw()
	var caught []int
	h := Hand{Scene: s, Select: func(points []int) { caught = points }}
	if h.Key("x"); len(caught) > 0 {
		t.Errorf("%v are caught where none is chosen", caught)
	}
	h.Key(".")
	at := s.chosen
	if h.Key("x"); !slices.Equal(caught, []int{at}) {
		t.Errorf("%v are caught, chosen is %d", caught, at)
	}
	if h.Key("x"); len(caught) != 0 {
		t.Errorf("%v are still caught", caught)
	}
	var near []int
	for i, p := range s.seen {
		if q := s.seen[at]; p.radius > 0 && (p.x-q.x)*(p.x-q.x)+(p.y-q.y)*(p.y-q.y) < 60*60 {
			near = append(near, i)
		}
	}
	if h.Key("X"); !slices.Equal(caught, near) || len(near) < 2 || len(near) == 200 {
		t.Errorf("%v are caught, near are %v", caught, near)
	}
	if h.Key("Escape"); len(caught) != 0 || len(s.Marked()) != 0 || s.chosen >= 0 {
		t.Errorf("after Escape %v are caught and %d is chosen", caught, s.chosen)
	}
}

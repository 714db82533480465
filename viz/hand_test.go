package viz

import "testing"

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

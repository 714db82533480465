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

package viz

// pictures are the points' images at the size of a marker, made when that changes.
type pictures struct {
	side int      // in pixels
	pix  []uint32 // [n, side, side]
}

// pictureSize is the side of a point's picture, in pixels.
func (s *Scene) pictureSize(n int) int {
	return min(max(int(4.6*s.pointRadius(n)), int(9*s.scale)), int(48*s.scale))
}

// pictureRim is the width of its rim.
func (s *Scene) pictureRim() int { return max(int(1.5*s.scale), 1) }

// pictureAlpha returns how opaque the picture of point i is, 0 to 1.
func (s *Scene) pictureAlpha(i int32) float32 {
	alpha := min(max(0.72+0.3*s.seen[i].depth, 0.35), 1)
	if s.marks > 0 && !s.marked[i] {
		alpha /= 5
	}
	return alpha
}

// showsPictures tells whether points are drawn as pictures.
func (s *Scene) showsPictures() bool { return s.asPictures && s.images.C > 0 }

// pictureAt returns the point whose picture, of those that lie over (x, y), is drawn last; -1 if none does.
func (s *Scene) pictureAt(x, y float32) int {
	if !s.showsPictures() {
		return -1
	}
	side, rim := s.pictureSize(len(s.seen)), s.pictureRim()
	for k := len(s.order) - 1; k >= 0; k-- {
		p := &s.seen[s.order[k]]
		col, row := int(x)-int(p.x)+side/2+rim, int(y)-int(p.y)+side/2+rim
		if min(col, row) >= 0 && max(col, row) < side+2*rim {
			return int(s.order[k])
		}
	}
	return -1
}

// make shrinks the images to a side.
func (p *pictures) make(m *Images, side int) {
	if p.side == side && len(p.pix) == m.N*side*side {
		return
	}
	p.side = side
	p.pix = make([]uint32, m.N*side*side)
	for i := range m.N {
		m.resize(i, side, side, p.pix[i*side*side:])
	}
}

// resize writes image i at another size [h, w] to pix: each pixel is the mean of those that it covers.
func (m *Images) resize(i, w, h int, pix []uint32) {
	image := m.Pixels[i*m.H*m.W*m.C:][:m.H*m.W*m.C]
	for y := range h {
		y0 := y * m.H / h
		y1 := max((y+1)*m.H/h, y0+1)
		for x := range w {
			x0 := x * m.W / w
			x1 := max((x+1)*m.W/w, x0+1)
			var sum [3]int
			for row := y0; row < y1; row++ {
				for col := x0; col < x1; col++ {
					at := (row*m.W + col) * m.C
					for c := range 3 {
						sum[c] += int(image[at+c%m.C])
					}
				}
			}
			k := (y1 - y0) * (x1 - x0)
			pix[y*w+x] = Color{uint8(sum[0] / k), uint8(sum[1] / k), uint8(sum[2] / k)}.pixel()
		}
	}
}

// drawPictures draws the images of the given points in order, each with a rim of its colour. What is farther fades.
func (s *Scene) drawPictures(order []int32) {
	side := s.pictureSize(len(s.seen))
	s.pictures.make(&s.images, side)
	palette, rim := s.palette(), s.pictureRim()
	c := &s.canvas
	for _, i := range order {
		p := &s.seen[i]
		alpha := uint32(256 * s.pictureAlpha(i))
		edge := palette[s.paint(i)].pixel()
		left, top := int(p.x)-side/2, int(p.y)-side/2
		for y := max(-rim, -top); y < min(side+rim, c.H-top); y++ {
			out := c.Pix[(top+y)*c.W:][:c.W]
			for x := max(-rim, -left); x < min(side+rim, c.W-left); x++ {
				v := edge
				if y >= 0 && y < side && x >= 0 && x < side {
					v = s.pictures.pix[(int(i)*side+y)*side+x]
				}
				q := &out[left+x]
				*q = blend(*q, v, alpha)
			}
		}
	}
}

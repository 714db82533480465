package augment

import (
	"fmt"
	"math"
)

// Matrix maps a place of the output to the place of the input that it shows, both measured in pixels from the image's
// centre, x to the right and y down: (m[0]·x + m[1]·y + m[2], m[3]·x + m[4]·y + m[5]).
type Matrix [6]float32

var identity = Matrix{0: 1, 4: 1}

// at returns the place of the input that the output shows at (x, y).
func (m Matrix) at(x, y float32) (float32, float32) {
	return m[0]*x + m[1]*y + m[2], m[3]*x + m[4]*y + m[5]
}

// After returns the matrix of an operation n whose input is the output of m: from places of n's output to those of m's
// input.
func (m Matrix) After(n Matrix) Matrix {
	return Matrix{
		m[0]*n[0] + m[1]*n[3], m[0]*n[1] + m[1]*n[4], m[0]*n[2] + m[1]*n[5] + m[2],
		m[3]*n[0] + m[4]*n[3], m[3]*n[1] + m[4]*n[4], m[3]*n[2] + m[4]*n[5] + m[5],
	}
}

// Inverse returns the matrix from places of the input to those of the output. There is none where the output shows only
// a line or a point of the input.
func (m Matrix) Inverse() Matrix {
	d := 1 / (m[0]*m[4] - m[1]*m[3])
	a, b, c, e := d*m[4], -d*m[1], -d*m[3], d*m[0]
	return Matrix{a, b, -a*m[2] - b*m[5], c, e, -c*m[2] - e*m[5]}
}

// Rotation returns the matrix that turns the picture by so many degrees counter-clockwise.
func Rotation(degrees float32) Matrix {
	sin, cos := math.Sincos(float64(degrees) * math.Pi / 180)
	return Matrix{float32(cos), float32(-sin), 0, float32(sin), float32(cos), 0}
}

// Shear returns the matrix that slants the picture: columns move down by y pixels a pixel, rows to the right by x.
func Shear(x, y float32) Matrix { return Matrix{1, -x, 0, -y, 1, 0} }

// Translation returns the matrix that moves the picture by x pixels to the right and y down.
func Translation(x, y float32) Matrix { return Matrix{1, 0, -x, 0, 1, -y} }

// Affine shows src through the matrix; outside of src is black. Bilinear samples mix with that black at the edges,
// otherwise the nearest pixel is taken, halves to the even one. dst may have another size, but must not be src.
func Affine(dst, src Image, m Matrix, bilinear bool) {
	if dst.C != src.C || len(dst.Pix) != dst.H*dst.W*dst.C || len(src.Pix) != src.H*src.W*src.C {
		panic(fmt.Sprintf("augment.Affine: [%d, %d, %d] of %d numbers into [%d, %d, %d] of %d", src.H, src.W, src.C, len(src.Pix),
			dst.H, dst.W, dst.C, len(dst.Pix)))
	}
	h, w, c := dst.H, dst.W, dst.C
	halfW, halfH := float32(w)/2, float32(h)/2
	midW, midH := float32(src.W)/2, float32(src.H)/2
	for i := range h {
		y := float32(i) + 0.5 - halfH
		u0, v0 := m[1]*y+m[2]+midW-0.5, m[4]*y+m[5]+midH-0.5
		row := dst.Pix[i*w*c:][:w*c]
		for j := range w {
			x := float32(j) + 0.5 - halfW
			u, v := m[0]*x+u0, m[3]*x+v0
			if bilinear {
				src.between(row[j*c:][:c], u, v)
			} else {
				src.nearest(row[j*c:][:c], u, v)
			}
		}
	}
}

// nearest writes the pixel nearest to column u and row v.
func (m Image) nearest(to []float32, u, v float32) {
	j, i := math.RoundToEven(float64(u)), math.RoundToEven(float64(v))
	if !(j >= 0 && j < float64(m.W) && i >= 0 && i < float64(m.H)) {
		clear(to)
		return
	}
	copy(to, m.Pix[(int(i)*m.W+int(j))*m.C:][:m.C])
}

// between writes the bilinear sample at column u and row v.
func (m Image) between(to []float32, u, v float32) {
	if !(u > -1 && u < float32(m.W) && v > -1 && v < float32(m.H)) {
		clear(to)
		return
	}
	j, i := int(u+1)-1, int(v+1)-1 // rounded down
	a, b := u-float32(j), v-float32(i)
	left, right, top, bottom := 1-a, a, 1-b, b // weights
	at := (i*m.W + j) * m.C
	if j >= 0 && j+1 < m.W && i >= 0 && i+1 < m.H {
		p, q := m.Pix[at:][:2*m.C], m.Pix[at+m.W*m.C:][:2*m.C]
		for k := range to {
			to[k] = top*(left*p[k]+right*p[k+m.C]) + bottom*(left*q[k]+right*q[k+m.C])
		}
		return
	}
	clear(to)
	for _, corner := range [4]struct {
		i, j   int
		weight float32
	}{{i, j, top * left}, {i, j + 1, top * right}, {i + 1, j, bottom * left}, {i + 1, j + 1, bottom * right}} {
		if corner.i < 0 || corner.i >= m.H || corner.j < 0 || corner.j >= m.W {
			continue
		}
		p := m.Pix[(corner.i*m.W+corner.j)*m.C:][:m.C]
		for k := range to {
			to[k] += corner.weight * p[k]
		}
	}
}

// Rotate turns by a random angle of at most so many degrees; the corners become black.
type Rotate struct{ Degrees float32 }

func (o Rotate) apply(v *view) {
	v.Angle = v.random.Uniform(-o.Degrees, o.Degrees)
	v.affine(Rotation(v.Angle))
}

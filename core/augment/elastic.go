package augment

import (
	"fmt"
	"math"
)

// knots is the number of knots of a deformation along each side. Ronneberger et al. 2015 have three; four leave the middle
// some freedom of its own.
const knots = 4

// Shifts holds how far each knot of a regular grid over the image is shifted, [row][column], to the right and down, in
// pixels. Corners of the grid are those of the image.
type Shifts [knots][knots][2]float32

// Deform shows src as if it were drawn on rubber: each place shows what lies shifted from it, by the knots' shifts with
// cubic interpolation in between. Beyond an edge its pixels are repeated. dst must not be src.
func Deform(dst, src Image, shifts *Shifts, s *Scratch) {
	same("Deform", dst, src)
	h, w, c := src.H, src.W, src.C
	if len(src.Pix) > 0 && &dst.Pix[0] == &src.Pix[0] {
		panic(fmt.Sprintf("augment.Deform: [%d, %d, %d] in place", h, w, c))
	}
	lastX, lastY := float32(w-1), float32(h-1)
	columns := s.floats(w * knots) // the weights at each column
	for j := range w {
		*(*[knots]float32)(columns[j*knots:]) = cubic((float32(j) + 0.5) / float32(w))
	}
	for i := range h {
		var along [knots][2]float32 // the shifts at this row
		weights := cubic((float32(i) + 0.5) / float32(h))
		for a, weight := range weights {
			for b := range along {
				along[b][0] += weight * shifts[a][b][0]
				along[b][1] += weight * shifts[a][b][1]
			}
		}
		to := dst.Pix[i*w*c:][:w*c]
		for j := range w {
			u, v := float32(j), float32(i)
			for b, weight := range (*[knots]float32)(columns[j*knots:]) {
				u += weight * along[b][0]
				v += weight * along[b][1]
			}
			src.between(to[j*c:][:c], min(max(u, 0), lastX), min(max(v, 0), lastY))
		}
	}
}

// cubic returns the weights of the knots at t, from 0 at the first knot to 1 at the last (Catmull and Rom 1974, the
// outermost knots repeated). They sum to 1.
func cubic(t float32) (weights [knots]float32) {
	x := t * (knots - 1)
	at := min(int(x), knots-2)
	f := x - float32(at)
	for k, weight := range [4]float32{
		f * (-0.5 + f*(1-0.5*f)),
		1 + f*f*(-2.5+1.5*f),
		f * (0.5 + f*(2-1.5*f)),
		f * f * (-0.5 + 0.5*f),
	} {
		weights[min(max(at+k-1, 0), knots-1)] += weight
	}
	return weights
}

// Elastic deforms with shifts whose standard deviation is a share of the shorter side.
type Elastic struct{ Strength float32 }

func (o Elastic) apply(v *view) {
	sigma := o.Strength * float32(min(v.now.H, v.now.W))
	var shifts Shifts
	var sum float32
	for i := range shifts {
		for j := range shifts[i] {
			x, y := sigma*v.random.Normal(), sigma*v.random.Normal()
			shifts[i][j] = [2]float32{x, y}
			sum += float32(math.Hypot(float64(x), float64(y)))
		}
	}
	v.Record.Elastic = sum / (knots * knots)
	Deform(v.free, v.now, &shifts, v.scratch)
	v.next()
}

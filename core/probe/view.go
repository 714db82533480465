package probe

import (
	"math"
	"slices"

	"pushpull/core/kernel"
	"pushpull/core/random"
)

// View projects embeddings to three dimensions again and again while they change, cheaply and without jumps:
// each frame starts from the directions of the last, and is rotated to look as much like it as it can. The zero View is
// ready to use.
//
// Plain, it shows the rows along their principal directions, centred. With Sphere it shows the normalised rows along
// the principal directions of their second moment, *not* centred, and puts them on the unit sphere: embeddings that
// collapse to one direction fall together in one spot, where centring would blow up what little differs.
type View struct {
	Sphere bool

	d     int       // length of the rows of the last frame
	axes  []float32 // [viewDims, d] of the last frame, or [d, d] where that is less, nil before the first
	mean  []float64 // [d], of its rows, without Sphere
	basis []float32 // [p, d], p a few more than viewDims: the subspace that the search goes on from
	image []float32 // [p, d], the basis times the covariance
	rows  []float32 // [n, d], centred or normalised
	norms []float32 // [n]
	cov   []float32 // [d, d]
}

const (
	viewDims        = 3
	spareDirections = 5    // beyond those shown; they speed up convergence
	viewIterations  = 40   // at most for one frame
	viewResidual    = 1e-3 // |C v - λ v| / λ₁ at which a direction is good enough for the eye
)

// Project writes the coordinates [n, 3] of the rows of x [n, d] to dst. The rows need not be those of the last frame;
// another d starts afresh. Rows of NaN or Inf make dst NaN and leave the view as it was.
func (v *View) Project(dst, x []float32, d int) {
	n := rowsOf("View.Project", x, d)
	must(len(dst) == n*viewDims, "View.Project: dst is not [n, 3]")
	if n == 0 {
		return
	}
	v.load(x, d)
	shown := min(viewDims, d)
	values := v.search(shown)
	if math.IsNaN(values[0]) {
		for i := range dst {
			dst[i] = float32(math.NaN())
		}
		return
	}
	axes := slices.Clone(v.basis[:shown*d])
	if v.axes == nil { // the first frame
		for i := range shown {
			fixSign(axes[i*d:][:d])
		}
	} else {
		axes = v.rotated(axes, values)
	}
	v.axes = axes
	clear(dst)
	kernel.Gemm(false, true, n, shown, d, 1, v.rows, d, axes, d, 0, dst, viewDims)
	if v.Sphere {
		kernel.NormalizeRows(dst, v.norms, dst, viewDims, 1e-12)
	}
}

// Place writes the coordinates [m, 3] of other rows x [m, d], seen as the rows of the last frame were, to dst. There
// must have been a frame with rows of length d.
func (v *View) Place(dst, x []float32, d int) {
	m := rowsOf("View.Place", x, d)
	must(len(dst) == m*viewDims && d == v.d && v.axes != nil, "View.Place: dst is not [m, 3], or no frame with such rows was projected")
	rows, norms := make([]float32, len(x)), make([]float32, m)
	if v.Sphere {
		kernel.NormalizeRows(rows, norms, x, d, 1e-12)
	} else {
		center(rows, x, v.mean)
	}
	clear(dst)
	kernel.Gemm(false, true, m, len(v.axes)/d, d, 1, rows, d, v.axes, d, 0, dst, viewDims)
	if v.Sphere {
		kernel.NormalizeRows(dst, norms, dst, viewDims, 1e-12)
	}
}

// load prepares rows and their covariance (with Sphere the second moment), and the basis of the first frame.
func (v *View) load(x []float32, d int) {
	n := len(x) / d
	if v.d != d {
		p := min(d, viewDims+spareDirections)
		v.d, v.axes = d, nil
		v.cov, v.image, v.basis = make([]float32, d*d), make([]float32, p*d), make([]float32, p*d)
		r := random.New(0x76696577)
		for i := range v.basis {
			v.basis[i] = r.Normal()
		}
		orthonormalize(v.basis, d)
	}
	if len(v.rows) != n*d {
		v.rows, v.norms = make([]float32, n*d), make([]float32, n)
	}
	if v.Sphere {
		kernel.NormalizeRows(v.rows, v.norms, x, d, 1e-12)
	} else {
		v.mean = columnMeans(x, d)
		center(v.rows, x, v.mean)
	}
	kernel.Gemm(true, false, d, d, n, 1/float32(n), v.rows, d, v.rows, d, 0, v.cov, d)
	most := float32(0) // the greatest variance of a column, which becomes 1: squares can neither overflow nor vanish
	for j := 0; j < d*d; j += d + 1 {
		most = max(most, v.cov[j])
	}
	if most > 0 {
		kernel.Scale(1/most, v.cov)
	}
}

// search turns the basis towards the leading eigenvectors of the covariance by subspace iteration with Rayleigh-Ritz
// steps, until the first shown are good enough. It returns the eigenvalues of the basis.
func (v *View) search(shown int) []float64 {
	d := v.d
	p := len(v.basis) / d
	ritz := make([]float64, p*p)
	for step := 0; ; step++ {
		kernel.Gemm(false, false, p, d, d, 1, v.basis, d, v.cov, d, 0, v.image, d)
		for i := range p {
			for j := range i + 1 {
				h := float64(kernel.Dot(v.image[i*d:][:d], v.basis[j*d:][:d]))
				ritz[i*p+j], ritz[j*p+i] = h, h
			}
		}
		values := eigen(ritz, p)
		if math.IsNaN(values[0]) {
			return values
		}
		mix(v.basis, ritz, d)
		mix(v.image, ritz, d)
		if v.residual(values[:shown]) <= viewResidual*values[0] || step == viewIterations {
			return values
		}
		copy(v.basis, v.image)
		orthonormalize(v.basis, d)
	}
}

// residual returns the greatest |C v - λ v| over the first directions.
func (v *View) residual(values []float64) float64 {
	d, worst := v.d, 0.0
	for i, l := range values {
		var s float64
		for j, b := range v.basis[i*d:][:d] {
			e := float64(v.image[i*d+j]) - l*float64(b)
			s += e * e
		}
		worst = max(worst, math.Sqrt(s))
	}
	return worst
}

// rotated returns axes, eigenvectors with the given values, turned within their span so that the rows seen along them
// come as near as possible to the same rows seen along the axes of the last frame.
func (v *View) rotated(axes []float32, values []float64) []float32 {
	d := v.d
	k := len(axes) / d
	overlap := make([]float64, k*k) // the rows along axesᵀ times the rows along the last axes, over n: Λ V Pᵀ
	for i := range k {
		for j := range k {
			overlap[i*k+j] = values[i] * float64(kernel.Dot(axes[i*d:][:d], v.axes[j*d:][:d]))
		}
	}
	turn := nearestRotation(overlap, k)
	out := make([]float32, len(axes))
	for i := range k {
		for j := range k {
			kernel.Axpy(float32(turn[i*k+j]), axes[i*d:][:d], out[j*d:][:d])
		}
	}
	return out
}

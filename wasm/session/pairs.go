package session

import (
	"math"

	"pushpull/algos"
	"pushpull/core/kernel"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

const (
	shownPairs = 40
	longest    = 0.4  // the length of the longest arrow, in radii of the ball
	nudge      = 0.02 // how far a force moves a row to see where it points, in lengths of the row
)

// pairs tells of the last step where the views of its first images are in the projection that is shown, and what forces
// act on them; none where there was no step, or its images have one view; nil where they cannot be placed.
func (s *Session) pairs() *protocol.Pairs {
	t := s.trainer
	seen, ok := t.Seen()
	if !ok || seen.Views < 2 {
		m := &protocol.Pairs{Step: t.Steps(), Projection: s.look.Projection, Why: "pairs are those of a step: take one to see them"}
		if ok {
			m.Why = "an image has one view here, so there are no pairs"
		}
		return m
	}
	size := t.Data.Train.H * t.Data.Train.W * t.Data.Train.C
	n := len(seen.Images) / size / seen.Views
	m := &protocol.Pairs{Step: t.Steps(), N: min(n, shownPairs), Projection: s.look.Projection}
	x, gradient := seen.Z, seen.GradZ
	if s.look.Space == "h" {
		x, gradient = seen.H, seen.GradH
	}
	d := len(s.points.rows(s.look.Space)) / s.points.n
	if x == nil {
		h, z := t.EmbedViews(seen.Images[:2*n*size], t.Data.Train)
		if x = z; s.look.Space == "h" {
			x = h
		}
		m.Why = "this algorithm makes its projections in a way of its own: the forces on them are not shown"
	} else if gradient == nil {
		m.Why = "forces are those of a step: take one to see them"
	}
	x = x[:2*n*d]
	var pull, push []float32
	if gradient != nil && m.Why == "" {
		pull, push, m.Why = s.forces(seen.Config, x, gradient[:2*n*d], d, seen.Labels)
		m.Split = push != nil
	}
	rows := func(all []float32) []float32 {
		if all == nil {
			return make([]float32, 2*m.N*d)
		}
		return append(append([]float32(nil), all[:m.N*d]...), all[n*d:][:m.N*d]...)
	}
	m.Labels = make([]int32, m.N)
	copy(m.Labels, seen.Labels)
	x, pull, push = rows(x), rows(pull), rows(push)
	if !allFinite(x) || !allFinite(pull) || !allFinite(push) {
		return nil
	}
	m.Positions, m.Pull, m.Push = s.arrows(x, pull, push, d)
	if m.Positions == nil || !allFinite(m.Positions) || !allFinite(m.Pull) || !allFinite(m.Push) {
		return nil
	}
	return m
}

// forces returns minus the gradient by x [2n, d], split where the loss weighs the pairs of a batch: through the pairs that
// it pulls together, and the rest. Where it does not, pull is all and why says so.
func (s *Session) forces(config train.Config, x, gradient []float32, d int, labels []int32) (pull, push []float32, why string) {
	whole := make([]float32, len(gradient))
	kernel.Axpy(-1, gradient, whole)
	if s.look.Space == "h" {
		return whole, nil, "pull and push are told apart among the projections z only"
	}
	o, ok := s.trainer.Objective.(algos.PairWeigher)
	if !ok {
		return whole, nil, "this loss is no plain softmax over the pairs of a batch: the whole force is shown"
	}
	w, why := o.PairWeights(config, x, d, labels)
	if why != "" {
		return whole, nil, why
	}
	pull = through(x, w.Gradient, d, func(g float32) bool { return g < 0 })
	push = whole
	kernel.Axpy(-1, pull, push)
	return pull, push, ""
}

// through returns minus the gradient by the rows x [m, d] of a loss whose derivative by the cosine of rows i and j is
// weight [m, m], as far as it goes through the weights that in admits.
func through(x, weight []float32, d int, in func(weight float32) bool) []float32 {
	m := len(x) / d
	u, norms, out := make([]float32, len(x)), make([]float32, m), make([]float32, len(x))
	kernel.NormalizeRows(u, norms, x, d, 1e-12)
	for i := range m {
		force := out[i*d:][:d]
		for j, g := range weight[i*m:][:m] {
			if j != i && in(g) {
				kernel.Axpy(-g/norms[i], u[j*d:][:d], force)
			}
		}
		own := u[i*d:][:d]
		kernel.Axpy(-kernel.Dot(own, force), own, force) // lengths do not matter: the force is tangential
	}
	return out
}

// arrows returns where rows x [m, d] are in the projection that is shown, and where forces on them point, all nil where
// nothing has been projected yet. One factor scales all arrows.
func (s *Session) arrows(x, pull, push []float32, d int) (at, pulled, pushed []float32) {
	m := len(x) / d
	most := 0.0
	for i := range m {
		length := math.Sqrt(float64(kernel.SumSquares(x[i*d:][:d])))
		for _, f := range [][]float32{pull, push} {
			most = math.Max(most, math.Sqrt(float64(kernel.SumSquares(f[i*d:][:d])))/math.Max(length, 1e-20))
		}
	}
	step := float32(0)
	if most > 0 {
		step = float32(nudge / most)
	}
	if at = s.project(x, x, d); at == nil {
		return nil, nil, nil
	}
	difference := func(force []float32) []float32 {
		moved := append([]float32(nil), x...)
		kernel.Axpy(step, force, moved)
		to := s.project(moved, x, d)
		kernel.Axpy(-1, at, to)
		return to
	}
	pulled, pushed = difference(pull), difference(push)
	farthest := float32(0)
	for i := 0; i < 3*m; i += 3 {
		farthest = max(farthest, kernel.SumSquares(pulled[i:i+3]), kernel.SumSquares(pushed[i:i+3]))
	}
	if farthest > 0 {
		scale := longest / float32(math.Sqrt(float64(farthest)))
		kernel.Scale(scale, pulled)
		kernel.Scale(scale, pushed)
	}
	return at, pulled, pushed
}

// project returns where rows x [m, d] are in the projection that is shown [m, 3]; near are the rows whose neighbours
// they keep to in a layout.
func (s *Session) project(x, near []float32, d int) []float32 {
	p, at := s.points, make([]float32, len(x)/d*3)
	switch s.look.Projection {
	case "sphere":
		p.sphere.Place(at, x, d)
	case "pca":
		p.free.Place(at, x, d)
		kernel.Scale(p.scale, at)
	default:
		if s.layout.at == nil || len(s.layout.rows)/s.layout.n != d {
			return nil
		}
		s.layout.place(at, directed(x, d, s.look.Space), directed(near, d, s.look.Space), d)
	}
	return at
}

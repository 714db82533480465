package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "lejepa",
		Title: "LeJEPA",
		Paper: "https://arxiv.org/abs/2511.08544",
		Help:  "pulls all views to the mean of the two large ones while the projections are kept normally distributed along random directions",
		Equation: "L = λ mean_v S(z_v) + (1 − λ) mean_v D(z_v)\n" +
			"D(z) = mean (z − μ)^2,  μ = {1}/{2}(z_1 + z_2)\n" +
			"S(z) = n ∫ |φ(t) − g(t)|^2 g(t) d t\n" +
			"g(t) = e^{−t²/2}",
		Flow: flow.Chart{Loss: "nearness to the mean + normality", Branches: []flow.Branch{
			flow.From("small views", flow.Encoder, flow.Head).If("local-views"), flow.From("views 1 and 2", flow.Encoder, flow.Head),
			flow.From("random directions"),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"sigreg-weight": 0.05, "directions": 256, "head-layers": 3, "head-dim": 64,
			"local-views": 2, "local-size": 0, "local-crop-min": 0.1, "local-crop-max": 0.4,
		},
		New: func(train.Config) (train.Objective, error) { return LeJEPA{}, nil },
	})
}

// LeJEPA (Balestriero and LeCun 2025) needs neither teacher nor stop-gradient: projections that are distributed as a
// standard normal in every direction cannot have collapsed. All branches receive gradient; there is no state.
type LeJEPA struct{}

// Build asks for local views.
func (LeJEPA) Build(b *train.Build) error { return b.AskForLocal() }

// Loss returns the weighted sum of LeJEPATerms along fresh random directions.
func (LeJEPA) Loss(s *train.Step) *ad.Value {
	t, n := s.Tape, s.Size()
	z := s.AllProjections()
	d, k := z.Cols(), s.Int("directions")
	if s.Local() > 0 {
		_, local := s.Encode(s.LocalImages())
		z = t.ConcatRows(z, local)
	}
	directions := t.Floats(k * d)
	for i := range directions {
		directions[i] = t.Random.Normal()
	}
	unitRows(directions, d)
	sigreg, invariance := LeJEPATerms(t, t.Reshape(z, 2+s.Local(), n, d), 2, t.Input(directions, k, d), 17, 3)
	w := s.Float("sigreg-weight")
	return t.Add(t.Scale(sigreg, w), t.Scale(invariance, 1-w))
}

// LeJEPATerms returns the two terms of the loss of views z [V, n, d], of which the first so many are global, as they are
// (Balestriero and LeCun 2025, section 5):
//
//	sigreg     = mean over views of SIGReg
//	invariance = mean square distance of all views to the mean of the image's global ones
//
// directions [k, d] has rows of length 1.
func LeJEPATerms(t *ad.Tape, z *ad.Value, global int, directions *ad.Value, knots int, tMax float32) (sigreg, invariance *ad.Value) {
	views := z.Dim(0)
	mean := t.Scale(sumOfViews(t, z, global), 1/float32(global))
	for v := range views {
		far := t.Mean(t.Square(t.Sub(t.At(z, v), mean)))
		normality := SIGReg(t, t.MatMulT(t.At(z, v), directions), knots, tMax)
		sigreg, invariance = plus(t, sigreg, normality), plus(t, invariance, far)
	}
	return t.Scale(sigreg, 1/float32(views)), t.Scale(invariance, 1/float32(views))
}

// SIGReg returns how far each column of x [n, k] is from a standard normal sample, the mean over columns of the statistic of
// Epps and Pulley (1983):
//
//	n ∫ |φ(t) − exp(−t²/2)|² exp(−t²/2) dt,  φ(t) = 1/n Σ exp(i t x)
//
// over [−tMax, tMax], by the trapezoid rule at so many knots from 0 to tMax, doubled. It is 0 for the distribution itself
// and about n where all x are equal.
func SIGReg(t *ad.Tape, x *ad.Value, knots int, tMax float32) *ad.Value {
	n, k := x.Rows(), x.Cols()
	step := float64(tMax) / float64(knots-1)
	// Sums of cosine and sine over the rows [knots, 2, k], then what the backward pass multiplies them with; and memory for
	// a row.
	kept := t.Floats((2*knots + 4) * k)
	sums, row := kept[:2*knots*k], kept[2*knots*k:]
	clear(sums)
	for i := range n {
		eachKnot(x.Data[i*k:(i+1)*k], row, knots, step, func(j int, cos, sin []float32) {
			c, s := sums[2*j*k:(2*j+1)*k], sums[(2*j+1)*k:(2*j+2)*k]
			for l, v := range cos {
				c[l] += v
				s[l] += sin[l]
			}
		})
	}
	total := 0.0
	for j := range knots {
		at := float64(j) * step
		normal := math.Exp(-at * at / 2)
		weight := 2 * step * normal
		if j == 0 || j == knots-1 {
			weight /= 2
		}
		for l := range k {
			c := float64(sums[2*j*k+l])/float64(n) - normal
			s := float64(sums[(2*j+1)*k+l]) / float64(n)
			total += weight * (c*c + s*s)
			sums[2*j*k+l] = float32(-2 * weight * at * c / float64(k)) // d/dx of n·c²/n: times sin
			sums[(2*j+1)*k+l] = float32(2 * weight * at * s / float64(k))
		}
	}
	value := t.Floats(1)
	value[0] = float32(total * float64(n) / float64(k))
	steps := t.Floats(1)
	steps[0] = float32(step)
	return t.Apply(value, kept, sigregBack, x, t.Input(steps, 1))
}

func sigregBack(y *ad.Value) {
	x, step := y.In(0), float64(y.In(1).Data[0])
	k, n := x.Cols(), x.Rows()
	kept := y.Kept()
	knots := len(kept)/(2*k) - 2
	factors, row := kept[:2*knots*k], kept[2*knots*k:]
	g := x.Want()
	for i := range n {
		dx := g[i*k : (i+1)*k]
		eachKnot(x.Data[i*k:(i+1)*k], row, knots, step, func(j int, cos, sin []float32) {
			fs, fc := factors[2*j*k:(2*j+1)*k], factors[(2*j+1)*k:(2*j+2)*k]
			for l := range dx {
				dx[l] += y.Grad[0] * (fs[l]*sin[l] + fc[l]*cos[l])
			}
		})
	}
}

// eachKnot calls f with cos and sin of j·step·x for each knot j, x [k], by turning the angle step by step. memory has 4k
// numbers.
func eachKnot(x, memory []float32, knots int, step float64, f func(j int, cos, sin []float32)) {
	k := len(x)
	cos, sin, turnCos, turnSin := memory[:k], memory[k:2*k], memory[2*k:3*k], memory[3*k:4*k]
	for l, v := range x {
		s, c := math.Sincos(step * float64(v))
		cos[l], sin[l], turnCos[l], turnSin[l] = 1, 0, float32(c), float32(s)
	}
	for j := range knots {
		if j > 0 {
			for l, c := range cos {
				cos[l] = c*turnCos[l] - sin[l]*turnSin[l]
				sin[l] = sin[l]*turnCos[l] + c*turnSin[l]
			}
		}
		f(j, cos, sin)
	}
}

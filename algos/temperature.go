package algos

import (
	"math"

	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

// temperature divides similarities by τ: a constant, or a parameter log(1/τ) that is learned (Radford et al. 2021,
// section 2.3).
type temperature struct{ logScale *ad.Value }

// maxLogScale keeps a learned temperature from falling below 0.01.
var maxLogScale = float32(math.Log(100))

// Build makes the parameter.
func (a *temperature) Build(b *train.Build) error {
	if b.Bool("learn-temperature") {
		a.logScale = ad.NewParam()
		a.logScale.Data[0] = float32(-math.Log(float64(b.Float("temperature"))))
		b.Learn("temperature", a)
	}
	return nil
}

// Visit visits the parameter.
func (a *temperature) Visit(v nn.Visitor) { v.Parameter("log_scale", a.logScale, false) }

// AfterStep keeps the parameter in its range.
func (a *temperature) AfterStep(*train.Step) {
	if a.logScale != nil {
		a.logScale.Data[0] = min(a.logScale.Data[0], maxLogScale)
	}
}

// divide returns x/τ.
func (a *temperature) divide(s *train.Step, x *ad.Value) *ad.Value {
	if a.logScale == nil {
		return s.Tape.Scale(x, 1/s.Float("temperature"))
	}
	return s.Tape.MulScalar(x, s.Tape.Exp(a.logScale))
}

package algos

import (
	"math"

	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

// temperature divides similarities by τ: a constant, or a parameter log(1/τ) that is learned (Radford et al. 2021,
// section 2.3).
type temperature struct {
	scale logScale
	last  float32 // τ of the last step
}

type logScale struct{ *ad.Value } // log(1/τ); nil for a constant

// Visit visits the parameter.
func (p *logScale) Visit(v nn.Visitor) { v.Parameter("log_scale", p.Value, false) }

// maxLogScale keeps a learned temperature from falling below 0.01.
var maxLogScale = float32(math.Log(100))

// Build makes the parameter.
func (a *temperature) Build(b *train.Build) error {
	if b.Bool("learn-temperature") {
		a.scale.Value = ad.NewParam()
		a.Changed("temperature", b.Config)
		b.Learn("temperature", &a.scale)
	}
	return nil
}

// Changed makes the parameter the one that was given; it is learned from there on.
func (a *temperature) Changed(key string, c train.Config) {
	if a.scale.Value != nil && key == "temperature" {
		a.scale.Data[0] = logOf(1 / c.Float(key))
		a.clamp()
	}
}

// AfterStep keeps the parameter in its range.
func (a *temperature) AfterStep(*train.Step) {
	if a.scale.Value != nil {
		a.clamp()
	}
}

func (a *temperature) clamp() { a.scale.Data[0] = min(a.scale.Data[0], maxLogScale) }

// log returns the number log(1/τ).
func (a *temperature) log(s *train.Step) *ad.Value {
	if a.scale.Value != nil {
		return a.scale.Value
	}
	x := s.Tape.Floats(1)
	x[0] = logOf(1 / s.Float("temperature"))
	return s.Tape.Input(x)
}

// divide returns x/τ.
func (a *temperature) divide(s *train.Step, x *ad.Value) *ad.Value {
	if a.scale.Value == nil {
		return s.Tape.Scale(x, 1/s.Float("temperature"))
	}
	scale := s.Tape.Exp(a.scale.Value)
	a.last = 1 / scale.Scalar()
	return s.Tape.MulScalar(x, scale)
}

// Temperature returns τ as it is, learned so far or of the configuration.
func (a *temperature) Temperature(c train.Config) float32 {
	if a.scale.Value == nil {
		return c.Float("temperature")
	}
	return float32(math.Exp(-float64(a.scale.Data[0])))
}

// of returns τ of the last step, which had the configuration.
func (a *temperature) of(c train.Config) float32 {
	if a.scale.Value == nil {
		return c.Float("temperature")
	}
	return a.last
}

func logOf(x float32) float32 { return float32(math.Log(float64(x))) }

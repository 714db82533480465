package optim

import "math"

// Cosine is a learning rate that rises linearly over the first Warmup steps and then falls along half a cosine to
// Base·End at the last of Steps steps (Loshchilov and Hutter 2016).
type Cosine struct {
	Base          float32
	Steps, Warmup int
	End           float32 // share of Base that remains at the end
}

// At returns the rate of step 0 to Steps−1; beyond it stays at Base·End.
func (c Cosine) At(step int) float32 {
	base, end := float64(c.Base), float64(c.End)
	if step < c.Warmup {
		return float32(base * float64(step+1) / float64(c.Warmup))
	}
	span := max(c.Steps-c.Warmup-1, 1)
	progress := math.Min(float64(step-c.Warmup)/float64(span), 1)
	return float32(base * (end + (1-end)*(1+math.Cos(math.Pi*progress))/2))
}

// CosineMomentum returns the momentum of a moving average at a step of steps: it goes from start to end along half a
// cosine and reaches end at the last step (BYOL, Grill et al. 2020).
func CosineMomentum(step, steps int, start, end float32) float32 {
	if steps <= 1 {
		return end
	}
	progress := math.Min(float64(step)/float64(steps-1), 1)
	return end - (end-start)*float32((1+math.Cos(math.Pi*progress))/2)
}

package augment

import "pushpull/core/random"

// AddNoise adds normally distributed noise of standard deviation sigma to each number, limited to 0 and 1, in place.
func AddNoise(img Image, sigma float32, r *random.Stream) {
	same("AddNoise", img, img)
	for i, x := range img.Pix {
		img.Pix[i] = clamp(x + sigma*r.Normal())
	}
}

// ScaleBands multiplies each channel by a factor of its own, limited to 0 and 1, in place.
func ScaleBands(img Image, factors []float32) {
	same("ScaleBands", img, img)
	if len(factors) != img.C {
		panic("augment.ScaleBands: one factor for each channel")
	}
	for k, f := range factors {
		for i := k; i < len(img.Pix); i += img.C {
			img.Pix[i] = clamp(f * img.Pix[i])
		}
	}
}

// Noise adds noise whose standard deviation is drawn from 0 to Sigma.
type Noise struct{ Sigma float32 }

func (o Noise) apply(v *view) {
	v.Record.Noise = v.random.Uniform(0, o.Sigma)
	AddNoise(v.edit(), v.Record.Noise, &v.random)
}

// BandJitter multiplies each channel by a factor of its own from 1-x to 1+x, as light and air change the bands of a sensor.
type BandJitter struct{ Strength float32 }

func (o BandJitter) apply(v *view) {
	img := v.edit()
	for k := range img.C {
		v.Bands[k] = v.around(o.Strength)
	}
	ScaleBands(img, v.Bands[:img.C])
}

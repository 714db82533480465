package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	siglip := func(n, d int, scale, bias float64) example {
		numbers := []adtest.Input{{Data: []float32{float32(math.Log(scale))}}, {Data: []float32{float32(bias)}}}
		return example{
			name: "scale and bias learned", inputs: append(adtest.Normal(30, 2, n, d), numbers...), swap: []int{1, 0, 2, 3}, cosine: []int{0, 1},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return SigLIPLoss(t, z[0], z[1], z[2], z[3]) },
			want: func(z [][]float64) float64 {
				image, text := unit64(z[0], d), unit64(z[1], d)
				total := 0.0
				for i := range image {
					for j := range text {
						y := -1.0
						if i == j {
							y = 1
						}
						total += math.Log1p(math.Exp(-y*(math.Exp(z[2][0])*dot64(image[i], text[j])+z[3][0]))) / float64(n)
					}
				}
				return total
			},
		}
	}
	checked["siglip"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"siglip": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			b.check(SigLIPLoss(b.Tape, b.in("image"), b.in("text"), b.in("logit_scale"), b.in("logit_bias")))
		}},
		examples: []example{siglip(2, 3, 10, -10), siglip(5, 7, 1, 0), siglip(4, 8, 30, 2)},
	}
}

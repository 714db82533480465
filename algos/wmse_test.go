package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	wmse := func(name string, n, d int, eps float64) example {
		return example{
			name: name, inputs: adtest.Normal(40, 2, n, d), swap: []int{1, 0},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return WMSELoss(t, z[0], z[1], float32(eps)) },
			want: func(z [][]float64) float64 {
				a, b := whitened64(z[0], d, eps), whitened64(z[1], d, eps)
				total := 0.0
				for i := range a {
					total += (2 - 2*cosine64(a[i], b[i])) / float64(n)
				}
				return total
			},
		}
	}
	checked["wmse"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"wmse": pair(func(b *bench, z1, z2 *ad.Value) *ad.Value {
			return WMSELoss(b.Tape, z1, z2, b.float("eps"))
		})},
		examples: []example{wmse("two dimensions", 6, 2, 0), wmse("four", 12, 4, 0), wmse("with a ridge", 5, 4, 0.3)},
	}
}

// whitened64 orthogonalises the centred columns of x [n, d] one after the other, which is what L⁻¹ does.
func whitened64(x []float64, d int, eps float64) [][]float64 {
	c := columns64(x, d)
	cov := make([]float64, d*d)
	for i := range d {
		for j := range d {
			cov[i*d+j] = (1 - eps) * covariance64(c[i], c[j])
			if i == j {
				cov[i*d+j] += eps
			}
		}
	}
	l := make([]float64, d*d)
	for j := range d {
		for i := j; i < d; i++ {
			s := cov[i*d+j]
			for k := range j {
				s -= l[i*d+k] * l[j*d+k]
			}
			if i == j {
				l[i*d+i] = math.Sqrt(s)
			} else {
				l[i*d+j] = s / l[j*d+j]
			}
		}
	}
	var rows [][]float64
	for _, row := range rows64(x, d) {
		w := make([]float64, d)
		for i := range d {
			mean, _ := moments64(c[i])
			w[i] = row[i] - mean
			for k := range i {
				w[i] -= l[i*d+k] * w[k]
			}
			w[i] /= l[i*d+i]
		}
		rows = append(rows, w)
	}
	return rows
}

func TestWhitenedProjectionsHaveUnitCovariance(t *testing.T) {
	const n, d = 30, 4
	tape := &ad.Tape{Training: true}
	w := whitened(tape, tape.Input(adtest.Random(41, n, d).Data, n, d), 0)
	c := columns64(wide(w.Data), d)
	for i := range d {
		for j := range d {
			want := 0.0
			if i == j {
				want = 1
			}
			if got := covariance64(c[i], c[j]); math.Abs(got-want) > 1e-4 {
				t.Errorf("covariance of %d and %d is %v, want %v", i, j, got, want)
			}
		}
	}
}

func TestWMSERefusesSmallBatches(t *testing.T) {
	checkRefused(t, "wmse", smallSet(), with("batch", "7"), "set batch to 8 or more, or head-dim to 3 or less")
	checkRefused(t, "wmse", smallSet(), with("head-layers", "0"), "set batch to 16 or more, or head-layers to 1 or more")
}

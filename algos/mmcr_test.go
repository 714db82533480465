package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	mmcr := func(name string, views, n, d int, lambda float64) example {
		return example{
			name: name, inputs: []adtest.Input{adtest.Random(44, views, n, d), adtest.Random(45, views, n, d)},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value { return MMCRLoss(t, z[0], z[1], float32(lambda)) },
			want: func(z [][]float64) float64 {
				all := append(rows64(z[0], d), rows64(z[1], d)...) // [2V·n, d]
				var centroids, loss = make([]float64, n*d), 0.0
				for i := range n {
					var own []float64
					for v := range 2 * views {
						own = append(own, all[v*n+i]...)
						for j, x := range all[v*n+i] {
							centroids[i*d+j] += x / float64(2*views)
						}
					}
					loss += lambda * nuclear64(own, d) / float64(n)
				}
				return loss - nuclear64(centroids, d)
			},
			swap: []int{1, 0},
		}
	}
	checked["mmcr"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"mmcr": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			byView := func(x *ad.Value) *ad.Value { // [n, V, d] as [V, n, d]
				n, v, d := x.Dim(0), x.Dim(1), x.Dim(2)
				index := b.Ints(v * n)
				for i := range index {
					index[i] = int32(i%n*v + i/n)
				}
				return b.Reshape(b.GatherRows(b.Reshape(x, n*v, d), index), v, n, d)
			}
			b.check(MMCRLoss(b.Tape, byView(b.in("online")), byView(b.StopGradient(b.in("momentum"))), b.float("lambda")))
		}},
		examples: []example{mmcr("centroids alone", 2, 4, 3, 0), mmcr("each image's views, too", 2, 3, 6, 0.3), mmcr("one view", 1, 5, 4, 0.1)},
	}
}

// nuclear64 is the trace of the root of the smaller of xᵀx and xxᵀ, x with rows of length d, by Newton's iteration for the
// root (Denman and Beavers 1976).
func nuclear64(x []float64, d int) float64 {
	rows := rows64(x, d)
	if len(rows) > d {
		rows = columns64(x, d)
	}
	k := len(rows)
	a, inverse := make([][]float64, k), make([][]float64, k)
	for i := range k {
		a[i], inverse[i] = make([]float64, k), make([]float64, k)
		for j := range k {
			a[i][j] = dot64(rows[i], rows[j])
		}
		inverse[i][i] = 1
	}
	for range 40 {
		next, nextInverse := invert64(inverse), invert64(a)
		for i := range k {
			for j := range k {
				a[i][j], inverse[i][j] = (a[i][j]+next[i][j])/2, (inverse[i][j]+nextInverse[i][j])/2
			}
		}
	}
	trace := 0.0
	for i := range k {
		trace += a[i][i]
	}
	return trace
}

// invert64 returns the inverse of m by Gauss and Jordan, with pivots from the diagonal: m is positive definite.
func invert64(m [][]float64) [][]float64 {
	k := len(m)
	a := make([][]float64, k)
	for i := range k {
		a[i] = append(append([]float64(nil), m[i]...), make([]float64, k)...)
		a[i][k+i] = 1
	}
	for p := range k {
		pivot := a[p][p]
		for j := range a[p] {
			a[p][j] /= pivot
		}
		for i := range k {
			factor := a[i][p]
			for j := 0; i != p && j < 2*k; j++ {
				a[i][j] -= factor * a[p][j]
			}
		}
	}
	for i := range k {
		a[i] = a[i][k:]
	}
	return a
}

// The mean of differing views is shorter than a view, so agreement is rewarded: n images of orthogonal unit rows reach −n.
func TestMMCRIsBestForOrthogonalAgreement(t *testing.T) {
	tape := &ad.Tape{Training: true}
	eye := make([]float32, 2*4*4)
	for v := range 2 {
		for i := range 4 {
			eye[v*16+i*5] = 1
		}
	}
	z := tape.Input(eye, 2, 4, 4)
	if got := MMCRLoss(tape, z, z, 0).Scalar(); math.Abs(float64(got)+4) > 1e-5 {
		t.Errorf("%v, want -4", got)
	}
}

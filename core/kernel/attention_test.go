package kernel

import (
	"fmt"
	"slices"
	"testing"

	"pushpull/core/random"
)

func TestAttention(t *testing.T) { eachImplementation(t, testAttention) }

func testAttention(t *testing.T) {
	r := random.New(15)
	for _, a := range []Attention{
		{0, 3, 4, 2, false}, {1, 1, 1, 1, false}, {2, 3, 6, 2, false}, {1, 9, 8, 1, true}, {3, 17, 30, 3, false}, {2, 33, 20, 4, true}, {5, 65, 96, 3, false},
	} {
		t.Run(fmt.Sprint(a), func(t *testing.T) {
			tokens := a.N * a.Length
			qkv, dy, before := normal(&r, 3*tokens*a.D), normal(&r, tokens*a.D), normal(&r, 3*tokens*a.D)
			wantP, wantY, wantGrad := attentionRef(a, wide(qkv), wide(dy))
			for i, v := range wide(before) {
				wantGrad[i] += v
			}
			got := sameForAllThreads(t, func() []float32 {
				p, checkP := guarded(t, len(wantP), 1)
				y, checkY := guarded(t, len(wantY), 2)
				grad, checkGrad := guarded(t, len(wantGrad), 3)
				copy(grad, before)
				a.Forward(y, p, qkv)
				a.Grad(grad, dy, p, qkv)
				checkP()
				checkY()
				checkGrad()
				return slices.Concat(p, y, grad)
			})
			near(t, "p", got[:len(wantP)], wantP, 1e-5)
			near(t, "y", got[len(wantP):][:len(wantY)], wantY, 1e-5)
			near(t, "dqkv", got[len(wantP)+len(wantY):], wantGrad, 3e-5)
		})
	}
}

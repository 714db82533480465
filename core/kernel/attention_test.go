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

// Which scratch a head gets is a matter of time where threads work at once: one that is first borrowed late has the room already.
func TestAttentionAllocatesNothingInFreshScratch(t *testing.T) {
	SetThreads(1)
	defer SetThreads(0)
	r := random.New(16)
	a := Attention{N: 4, Length: 33, D: 64, Heads: 2}
	tokens := a.N * a.Length
	qkv, y, p, grad := normal(&r, 3*tokens*a.D), normal(&r, tokens*a.D), make([]float32, tokens*a.Heads*a.Length), make([]float32, 3*tokens*a.D)
	held := make([]*scratch, 0, len(scratches)/2)
	n := testing.AllocsPerRun(cap(held)-1, func() {
		a.Forward(y, p, qkv)
		a.Grad(grad, y, p, qkv)
		held = append(held, borrow()) // the next run finds others
	})
	for _, s := range held {
		s.giveBack()
	}
	if n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

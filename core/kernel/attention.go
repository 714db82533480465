package kernel

import "math"

// Attention is the shape of scaled dot-product attention (Vaswani et al. 2017) of N sequences. A position's row of qkv
// [N, Length, 3D] is its query, key and value, each split into Heads parts of D/Heads numbers. With Causal, a position sees
// itself and earlier ones.
type Attention struct {
	N, Length, D, Heads int
	Causal              bool
}

// Forward computes p [N, Heads, Length, Length], what each position takes of every other, and y [N, Length, D].
func (a Attention) Forward(y, p, qkv []float32) {
	a.check("Attention.Forward", y, p, qkv)
	use.attention(a, y, p, qkv)
}

// Grad adds the gradient to dqkv, given y's and the p of Forward.
func (a Attention) Grad(dqkv, dy, p, qkv []float32) {
	a.check("Attention.Grad", dy, p, qkv)
	must(len(dqkv) == len(qkv), "Attention.Grad", "lengths differ")
	use.attentionGrad(a, dqkv, dy, p, qkv)
}

func (a Attention) check(name string, y, p, qkv []float32) {
	must(a.Heads > 0 && a.D%a.Heads == 0, name, "the heads do not divide D")
	tokens := a.N * a.Length
	must(len(qkv) == 3*tokens*a.D && len(y) == tokens*a.D && len(p) == tokens*a.Heads*a.Length, name, "a length does not fit")
}

// head tells where the numbers of one head of one sequence are.
type head struct {
	length, d, width, stride int
	qkv, scores, out         int // offsets
	scale                    float32
}

// head returns the one of a number in [0, N*Heads).
func (a Attention) head(i int) head {
	width, sequence, h := a.D/a.Heads, i/a.Heads, i%a.Heads
	return head{a.Length, a.D, width, 3 * a.D, sequence*a.Length*3*a.D + h*width, i * a.Length * a.Length, sequence*a.Length*a.D + h*width, a.scale()}
}

func (a Attention) scale() float32 { return float32(1 / math.Sqrt(float64(a.D/a.Heads))) }

func (a Attention) task() Task {
	t := Task{I: [12]int{a.N, a.Length, a.D, a.Heads}}
	if a.Causal {
		t.I[4] = 1
	}
	return t
}

func attentionOf(t *Task) Attention { return Attention{t.I[0], t.I[1], t.I[2], t.I[3], t.I[4] == 1} }

// attention is Forward, a head at a time: all that belongs to one stays in a cache.
func attention(a Attention, y, p, qkv []float32) {
	t := a.task()
	t.X, t.Y, t.Z = qkv, y, p
	Split(a.N*a.Heads, 1, t, func(t *Task, _, lo, hi int) {
		a := attentionOf(t)
		for i := lo; i < hi; i++ {
			h := a.head(i)
			q, s := t.X[h.qkv:], t.Z[h.scores:][:h.length*h.length]
			Gemm(false, true, h.length, h.length, h.width, h.scale, q, h.stride, q[h.d:], h.stride, 0, s, h.length)
			if a.Causal {
				hideLater(s, h.length)
			}
			SoftmaxRows(s, s, h.length)
			Gemm(false, false, h.length, h.width, h.length, 1, s, h.length, q[2*h.d:], h.stride, 0, t.Y[h.out:], h.d)
		}
	})
}

// hideLater makes scores [length, length] of later positions -Inf.
func hideLater(s []float32, length int) {
	never := float32(math.Inf(-1))
	for i := range length {
		for j := i + 1; j < length; j++ {
			s[i*length+j] = never
		}
	}
}

// attentionGrad is Grad, likewise.
func attentionGrad(a Attention, dqkv, dy, p, qkv []float32) {
	t := a.task()
	t.X, t.Y, t.Z, t.W = qkv, dy, p, dqkv
	Split(a.N*a.Heads, 1, t, func(t *Task, _, lo, hi int) {
		a := attentionOf(t)
		scratch := borrow()
		ds := scratch.floats(0, a.Length*a.Length)
		for i := lo; i < hi; i++ {
			h := a.head(i)
			q, g := t.X[h.qkv:], t.W[h.qkv:]
			p, dy := t.Z[h.scores:][:len(ds)], t.Y[h.out:]
			Gemm(true, false, h.length, h.width, h.length, 1, p, h.length, dy, h.d, 1, g[2*h.d:], h.stride)
			Gemm(false, true, h.length, h.length, h.width, 1, dy, h.d, q[2*h.d:], h.stride, 0, ds, h.length)
			SoftmaxGradRows(ds, p, ds, h.length)
			Gemm(false, false, h.length, h.width, h.length, h.scale, ds, h.length, q[h.d:], h.stride, 1, g, h.stride)
			Gemm(true, false, h.length, h.width, h.length, h.scale, ds, h.length, q, h.stride, 1, g[h.d:], h.stride)
		}
		scratch.giveBack()
	})
}

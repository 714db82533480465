package ad

import (
	"fmt"
	"math"

	"pushpull/core/kernel"
)

// Attention is scaled dot-product attention (Vaswani et al. 2017) of qkv [n, t, 3d], queries, keys and values side by
// side, each split into heads of d/heads columns. With causal, a position sees itself and earlier ones. The result is
// [n, t, d].
func (t *Tape) Attention(qkv *Value, heads int, causal bool) *Value {
	d := qkv.Cols() / 3
	if qkv.rank != 3 || qkv.Cols()%3 != 0 || d%heads != 0 {
		panic(fmt.Sprintf("ad.Attention: %v in %d heads", qkv.Shape(), heads))
	}
	n, length := qkv.dims[0], qkv.dims[1]
	y := t.node(attentionBack, qkv, nil, nil, n, length, d)
	p := t.Floats(n * heads * length * length)
	y.aux[0], y.n[0] = p, heads
	task := kernel.Task{X: qkv.Data, Y: y.Data, Z: p, I: [12]int{length, d, heads, flag(causal)}}
	kernel.Split(n*heads, 1, task, func(t *kernel.Task, _, lo, hi int) {
		for i := lo; i < hi; i++ {
			h := headOf(t, i)
			q, s := t.X[h.qkv:], t.Z[h.scores:][:h.length*h.length]
			kernel.Gemm(false, true, h.length, h.length, h.width, h.scale, q, h.stride, q[h.d:], h.stride, 0, s, h.length)
			if t.I[3] == 1 {
				hideLater(s, h.length)
			}
			kernel.SoftmaxRows(s, s, h.length)
			kernel.Gemm(false, false, h.length, h.width, h.length, 1, s, h.length, q[2*h.d:], h.stride, 0, t.Y[h.out:], h.d)
		}
	})
	return y
}

// hideLater makes scores [length, length] of later positions −∞.
func hideLater(s []float32, length int) {
	for i := range length {
		for j := i + 1; j < length; j++ {
			s[i*length+j] = negInf
		}
	}
}

// head tells where the numbers of one head of one sequence are.
type head struct {
	length, d, width, stride int
	qkv, scores, out         int // offsets
	scale                    float32
}

// headOf returns head i of a task whose numbers are length, d and heads.
func headOf(t *kernel.Task, i int) head {
	length, d, heads := t.I[0], t.I[1], t.I[2]
	width := d / heads
	b, h := i/heads, i%heads
	return head{length, d, width, 3 * d, b*length*3*d + h*width, i * length * length, b*length*d + h*width,
		float32(1 / math.Sqrt(float64(width)))}
}

func attentionBack(y *Value) {
	qkv, heads := y.in[0], y.n[0]
	n, length, d := y.dims[0], y.dims[1], y.dims[2]
	scores := y.tape.Floats(kernel.Threads() * length * length)
	task := kernel.Task{X: qkv.Data, Y: y.Grad, Z: y.aux[0], W: qkv.want(), Obj: y, I: [12]int{length, d, heads}}
	y.aux[1] = scores
	kernel.Split(n*heads, 1, task, func(t *kernel.Task, worker, lo, hi int) {
		for i := lo; i < hi; i++ {
			h := headOf(t, i)
			size := h.length * h.length
			q, g := t.X[h.qkv:], t.W[h.qkv:]
			p, dy := t.Z[h.scores:][:size], t.Y[h.out:]
			ds := t.Obj.(*Value).aux[1][worker*size:][:size]
			kernel.Gemm(true, false, h.length, h.width, h.length, 1, p, h.length, dy, h.d, 1, g[2*h.d:], h.stride)
			kernel.Gemm(false, true, h.length, h.length, h.width, 1, dy, h.d, q[2*h.d:], h.stride, 0, ds, h.length)
			kernel.SoftmaxGradRows(ds, p, ds, h.length)
			kernel.Gemm(false, false, h.length, h.width, h.length, h.scale, ds, h.length, q[h.d:], h.stride, 1, g, h.stride)
			kernel.Gemm(true, false, h.length, h.width, h.length, h.scale, ds, h.length, q, h.stride, 1, g[h.d:], h.stride)
		}
	})
	y.tape.arena.Recycle(scores)
}

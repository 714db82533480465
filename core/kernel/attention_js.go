//go:build wasmkernel

package kernel

import "unsafe"

// wasmAttentionArgs mirrors Attention of wasm/attention.c.
type wasmAttentionArgs struct {
	qkv, p, y, dqkv          unsafe.Pointer
	length, d, heads, causal int32
	scale                    float32
}

func wasmAttention(a Attention, y, p, qkv []float32) {
	a.run(jobAttention, wasmAttentionArgs{qkv: address(qkv), p: address(p), y: address(y)})
}

func wasmAttentionGrad(a Attention, dqkv, dy, p, qkv []float32) {
	a.run(jobAttentionGrad, wasmAttentionArgs{qkv: address(qkv), p: address(p), y: address(dy), dqkv: address(dqkv)})
}

func (a Attention) run(job int32, args wasmAttentionArgs) {
	if a.Length == 0 || a.D == 0 {
		return
	}
	args.length, args.d, args.heads, args.causal, args.scale = int32(a.Length), int32(a.D), int32(a.Heads), word(a.Causal), a.scale()
	const bookkeeping = 128 // floats that the job's arguments of other jobs take
	width := a.D / a.Heads
	_, scratch, stride := space(0, bookkeeping+a.Length*a.Length+max(panelFloats(a.Length, width), panelFloats(width, a.Length)))
	wasmRun(job, int32(a.N*a.Heads), portion(a.N*a.Heads, 1, a.Length*a.Length*width/2), scratch, stride, unsafe.Pointer(&args))
}

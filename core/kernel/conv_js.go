//go:build wasmkernel

package kernel

import "unsafe"

// grid mirrors Grid of wasm/conv.c: a grid of places in an image, and the patch that each of them sees.
type grid struct {
	h, w, c        int32 // image
	top, left      int32 // place (0, 0) sees the image from (-top, -left) on
	kh, kw, stride int32 // patch
	gh, gw         int32 // places
	band           int32 // rows of places in a block
}

// Places in a block of wasm/conv.c, at most: ROWS and KC there. A wider grid is cut.
const (
	rowPlaces    = 192
	columnPlaces = 384
)

// canvas returns the number of floats in the padded lines of the image that a block sees.
func (g *grid) canvas() int {
	return int(g.band * max(g.stride, g.kh) * ((g.gw-1)*g.stride + g.kw) * g.c)
}

// grid returns the grid of the outputs whose ox is in [from, from+places), or as many as there are.
func (g Conv) grid(from, places int) grid {
	w := min(places, g.OutW()-from)
	return grid{int32(g.H), int32(g.W), int32(g.C), int32(g.Pad), int32(g.Pad - from*g.Stride),
		int32(g.KH), int32(g.KW), int32(g.Stride), int32(g.OutH()), int32(w), int32(max(1, places/w))}
}

// wasmCorrelate mirrors Correlate of wasm/conv.c.
type wasmCorrelate struct {
	x, b, y unsafe.Pointer
	grid
	n                             int32
	imageStep, rowStep, placeStep int32
	add                           int32
}

// depth returns the number of rows of B.
func (j *wasmCorrelate) depth() int { return int(j.kh * j.kw * j.c) }

// space returns the memory the job needs: for B packed, and the threads' scratch.
func (j *wasmCorrelate) space() (packed []float32, scratch unsafe.Pointer, stride int32) {
	return space(panelFloats(int(j.n), j.depth()), j.canvas())
}

// run does the job for n images. y begins with place (0, 0) of the first one.
func (j *wasmCorrelate) run(n int, y, x, packed []float32, scratch unsafe.Pointer, stride int32) {
	j.x, j.b, j.y = address(x), address(packed), address(y)
	rows, cost := n*int(j.gh), int(j.gw)*j.depth()*int(j.n)/8
	wasmRun(jobCorrelate, int32(rows), portion(rows, int(j.band), cost), scratch, stride, unsafe.Pointer(j))
}

func wasmForward(g Conv, y, x, w []float32, _ *moments) bool {
	for from := 0; from < g.OutW(); from += rowPlaces {
		j := wasmCorrelate{grid: g.grid(from, rowPlaces), n: int32(g.Out),
			imageStep: int32(g.OutH() * g.OutW() * g.Out), rowStep: int32(g.OutW() * g.Out), placeStep: int32(g.Out)}
		packed, scratch, stride := j.space()
		pack(packed, w, false, g.Out, g.patch(), g.Out, g.patch()*tileCols)
		j.run(g.N, y[from*g.Out:], x, packed, scratch, stride)
	}
	return false
}

// wasmGradInput treats each pair of phases as a convolution of dy with some taps, in reverse order.
func wasmGradInput(g Conv, dx, dy, w []float32, add bool) {
	if !add {
		clear(dx)
	}
	for ry := range g.Stride {
		for rx := range g.Stride {
			y, x := g.phases(ry, rx)
			g.gradInputAt(y, x, dx, dy, w)
		}
	}
}

func (g Conv) gradInputAt(y, x phase, dx, dy, w []float32) {
	if y.taps == 0 || x.taps == 0 || y.places == 0 {
		return
	}
	for from := 0; from < x.places; from += rowPlaces {
		places := min(rowPlaces, x.places-from)
		j := wasmCorrelate{n: int32(g.C), add: 1,
			grid: grid{int32(g.OutH()), int32(g.OutW()), int32(g.Out), int32(-y.origin), int32(-x.origin - from),
				int32(y.taps), int32(x.taps), 1, int32(y.places), int32(places), int32(max(1, rowPlaces/places))},
			imageStep: int32(g.H * g.W * g.C), rowStep: int32(g.Stride * g.W * g.C), placeStep: int32(g.Stride * g.C)}
		packed, scratch, stride := j.space()
		panel := j.depth() * tileCols
		for ty := range y.taps {
			for tx := range x.taps {
				ky, kx := y.tap+(y.taps-1-ty)*g.Stride, x.tap+(x.taps-1-tx)*g.Stride
				to := packed[(ty*x.taps+tx)*g.Out*tileCols:]
				pack(to, w[(ky*g.KW+kx)*g.C*g.Out:], true, g.C, g.Out, g.Out, panel)
			}
		}
		at := (y.target*g.W + x.target + from*g.Stride) * g.C
		j.run(g.N, dx[at:], dy, packed, scratch, stride)
	}
}

// wasmGradWeightArgs mirrors GradWeight of wasm/conv.c.
type wasmGradWeightArgs struct {
	x, dy, parts unsafe.Pointer
	grid
	n, out, groups int32
	rowStep        int32
}

// wasmGradWeight sums groups of images apart, so that threads can share them, and then adds these sums to dw in order.
func wasmGradWeight(g Conv, dw, x, dy []float32) {
	groups := g.groups()
	for from := 0; from < g.OutW(); from += columnPlaces {
		j := wasmGradWeightArgs{grid: g.grid(from, columnPlaces), n: int32(g.N), out: int32(g.Out), groups: int32(groups),
			rowStep: int32(g.OutW() * g.Out)}
		const beyond = 8 // columns that a tile reads behind the last one
		parts, scratch, stride := space(groups*len(dw), panelFloats(g.Out, int(j.band*j.gw))+j.canvas()+beyond)
		j.x, j.dy, j.parts = address(x), address(dy[from*g.Out:]), address(parts)
		wasmRun(jobGradWeight, int32(groups), 1, scratch, stride, unsafe.Pointer(&j))
		v := vectors{x: address(parts), y: address(dw), n: int32(len(dw)), d: int32(groups)}
		v.run(jobAddParts, len(dw), groups)
	}
}

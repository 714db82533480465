package kernel

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"pushpull/core/random"
)

// Products and convolutions that are larger than any block they may be cut into, so that there is more than one block,
// and enough work for several threads.
func TestManyBlocks(t *testing.T) { eachImplementation(t, testManyBlocks) }

func testManyBlocks(t *testing.T) {
	r := random.New(11)
	for _, size := range [][3]int{{200, 33, 800}, {31, 1100, 250}, {400, 8, 400}} {
		m, n, k := size[0], size[1], size[2]
		a, b, c0 := normal(&r, m*k), normal(&r, k*n), normal(&r, m*n)
		for i, trans := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
			lda, ldb, beta := k, n, float32(i%2)
			if trans[0] {
				lda = m
			}
			if trans[1] {
				ldb = k
			}
			want := wide(c0)
			gemmRef(trans[0], trans[1], m, n, k, 1, wide(a), lda, wide(b), ldb, float64(beta), want, n)
			got := sameForAllThreads(t, func() []float32 {
				c, check := guarded(t, m*n, 2)
				copy(c, c0)
				Gemm(trans[0], trans[1], m, n, k, 1, a, lda, b, ldb, beta, c, n)
				check()
				return c
			})
			near(t, fmt.Sprint(size, trans), got, want, 1e-6*float64(k))
		}
	}
	for _, g := range []Conv{
		{N: 2, H: 2, W: 401, C: 2, Out: 3, KH: 1, KW: 3, Stride: 1, Pad: 1},
		{N: 1, H: 2, W: 500, C: 1, Out: 2, KH: 2, KW: 2, Stride: 2, Pad: 1},
		{N: 2, H: 3, W: 3, C: 150, Out: 9, KH: 3, KW: 3, Stride: 1, Pad: 1},
		{N: 2, H: 4, W: 4, C: 9, Out: 150, KH: 3, KW: 3, Stride: 2, Pad: 1},
		{N: 70, H: 4, W: 4, C: 8, Out: 12, KH: 3, KW: 3, Stride: 1, Pad: 1},
		{N: 40, H: 6, W: 6, C: 12, Out: 8, KH: 3, KW: 3, Stride: 2, Pad: 1},
	} {
		testConvolution(t, g, &r)
	}
}

// Convolutions of any geometry: kernels larger than the stride and smaller, padding wider than the kernel.
func TestRandomConv(t *testing.T) { eachImplementation(t, testRandomConv) }

func testRandomConv(t *testing.T) {
	r := random.New(12)
	for range 60 {
		g := Conv{N: 1 + r.IntN(5), H: 1 + r.IntN(9), W: 1 + r.IntN(9), C: 1 + r.IntN(18), Out: 1 + r.IntN(18),
			KH: 1 + r.IntN(4), KW: 1 + r.IntN(4), Stride: 1 + r.IntN(3), Pad: r.IntN(4)}
		if g.H+2*g.Pad >= g.KH && g.W+2*g.Pad >= g.KW {
			testConvolution(t, g, &r)
		}
	}
}

// testConvolution holds g and its gradients against their definition.
func testConvolution(t *testing.T, g Conv, r *random.Stream) {
	t.Helper()
	x, w, dy := normal(r, g.N*g.H*g.W*g.C), normal(r, g.patch()*g.Out), normal(r, g.N*g.OutH()*g.OutW()*g.Out)
	wantY, wantX, wantW := make([]float64, len(dy)), wide(x), wide(w)
	convRef(g, func(i, k, o int) {
		wantY[o] += float64(x[i]) * float64(w[k])
		wantX[i] += float64(dy[o]) * float64(w[k])
		wantW[k] += float64(dy[o]) * float64(x[i])
	})
	run := func(start []float32, f func(out []float32)) []float32 {
		return sameForAllThreads(t, func() []float32 {
			out, check := guarded(t, len(start), 1+len(start)%3)
			copy(out, start)
			f(out)
			check()
			return out
		})
	}
	nan := filled(len(dy), float32(math.NaN())) // what is overwritten must not matter
	near(t, fmt.Sprint(g, " y"), run(nan, func(y []float32) { g.Forward(y, x, w) }), wantY, 1e-4)
	near(t, fmt.Sprint(g, " dx"), run(x, func(dx []float32) { g.GradInput(dx, dy, w) }), wantX, 1e-4)
	for i, v := range x {
		wantX[i] -= float64(v)
	}
	nan = filled(len(x), float32(math.NaN()))
	near(t, fmt.Sprint(g, " dx overwritten"), run(nan, func(dx []float32) { g.GradInputInto(dx, dy, w) }), wantX, 1e-4)
	near(t, fmt.Sprint(g, " dw"), run(w, func(dw []float32) { g.GradWeight(dw, x, dy) }), wantW, 1e-4)
}

// What a convolution gathers is what BatchNormStats computes of its result, bit for bit: in ranges of whole blocks of rows
// and in others.
func TestConvStats(t *testing.T) { eachImplementation(t, testConvStats) }

func testConvStats(t *testing.T) {
	r := random.New(13)
	for _, g := range []Conv{
		{N: 3, H: 16, W: 16, C: 3, Out: 5, KH: 3, KW: 3, Stride: 1, Pad: 1},
		{N: 70, H: 8, W: 8, C: 16, Out: 33, KH: 3, KW: 3, Stride: 1, Pad: 1},
		{N: 70, H: 8, W: 8, C: 8, Out: 16, KH: 1, KW: 1, Stride: 2, Pad: 0},
		{N: 40, H: 7, W: 7, C: 32, Out: 64, KH: 3, KW: 3, Stride: 2, Pad: 1},
		{N: 1, H: 1, W: 1, C: 4, Out: 4, KH: 3, KW: 3, Stride: 1, Pad: 1},
	} {
		x, w, y := normal(&r, g.N*g.H*g.W*g.C), normal(&r, g.patch()*g.Out), make([]float32, g.N*g.OutH()*g.OutW()*g.Out)
		wantM, wantV, wantY := make([]float32, g.Out), make([]float32, g.Out), make([]float32, len(y))
		g.Forward(wantY, x, w)
		BatchNormStats(wantM, wantV, wantY)
		got := sameForAllThreads(t, func() []float32 {
			m, v := make([]float32, g.Out), make([]float32, g.Out)
			g.ForwardStats(m, v, y, x, w)
			return slices.Concat(m, v, y)
		})
		near(t, fmt.Sprint(g), got, wide(slices.Concat(wantM, wantV, wantY)), 0)
	}
}

// An implementation without one of the routines would fail only where that is called.
func TestComplete(t *testing.T) {
	for _, r := range available() {
		v := reflect.ValueOf(r).Elem()
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.Func && f.IsNil() && v.Type().Field(i).Name != "threads" {
				t.Errorf("%s has no %s", r.name, v.Type().Field(i).Name)
			}
		}
	}
}

// loops are functions over vectors of one length, which write to out. in[0] is out itself if inPlace.
var loops = []struct {
	name    string
	inPlace bool
	f       func(out []float32, in [4][]float32)
}{
	{"Scale", true, func(out []float32, in [4][]float32) { Scale(0.7, out) }},
	{"Axpy", false, func(out []float32, in [4][]float32) { Axpy(0.7, in[0], out) }},
	{"Mul", true, func(out []float32, in [4][]float32) { Mul(out, in[0], in[1]) }},
	{"Add", true, func(out []float32, in [4][]float32) { Add(out, in[0], in[1]) }},
	{"Copy", true, func(out []float32, in [4][]float32) { Copy(out, in[0]) }},
	{"MulAdd", false, func(out []float32, in [4][]float32) { MulAdd(out, in[0], in[1]) }},
	{"Lerp", false, func(out []float32, in [4][]float32) { Lerp(out, in[0], 0.9) }},
	{"ReLU", true, func(out []float32, in [4][]float32) { ReLU(out, in[0]) }},
	{"ReLUGrad", false, func(out []float32, in [4][]float32) { ReLUGrad(out, in[0], in[1]) }},
	{"ReLUMask", false, func(out []float32, in [4][]float32) { ReLUMask(out, in[0]) }},
	{"Exp", true, func(out []float32, in [4][]float32) { Exp(out, in[0]) }},
	{"SoftmaxRows", true, func(out []float32, in [4][]float32) { SoftmaxRows(out, in[0], len(out)) }},
	{"SoftmaxGradRows", false, func(out []float32, in [4][]float32) { SoftmaxGradRows(out, in[0], in[1], len(out)) }},
	{"GELU", false, func(out []float32, in [4][]float32) {
		GELU(out, slices.Clone(out), slices.Clone(out), in[0])
	}},
	{"LogSumExpRows", false, func(out []float32, in [4][]float32) { LogSumExpRows(out[:1], in[0], len(out)) }},
	{"AddBias", false, func(out []float32, in [4][]float32) { AddBias(out, in[0]) }},
	{"SumRows", false, func(out []float32, in [4][]float32) { SumRows(out, slices.Concat(in[0], in[1], in[2])) }},
	{"Sum", false, func(out []float32, in [4][]float32) { out[0] = Sum(in[0]) }},
	{"Dot", false, func(out []float32, in [4][]float32) { out[0] = Dot(in[0], in[1]) }},
	{"SGDStep", false, func(out []float32, in [4][]float32) {
		SGDStep(out, in[0], slices.Clone(in[1]), 0.1, 0.9, 0.01, true, false)
	}},
	{"SGDStep, first", false, func(out []float32, in [4][]float32) {
		SGDStep(out, in[0], slices.Clone(in[1]), 0.1, 0.9, 0.01, false, true)
	}},
	{"BatchNorm.Apply", true, func(out []float32, in [4][]float32) {
		BatchNorm{Mean: in[1], Variance: filled(len(out), 1), Gamma: in[2], Beta: in[3], Eps: 1e-5}.Apply(out, in[0])
	}},
}

// filled returns n times v.
func filled(n int, v float32) []float32 { return slices.Repeat([]float32{v}, n) }

// Every length, every alignment, in place and not, numbers that are none: as plain Go, and nothing beyond the ends.
func TestLoops(t *testing.T) { eachImplementation(t, testLoops) }

func testLoops(t *testing.T) {
	r := random.New(13)
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	special := []float32{nan, inf, -inf, 0, float32(math.Copysign(0, -1)), 88.9, -103, 1e-40, -3e38}
	name := Name()
	for _, loop := range loops {
		for n := 1; n < 70; n++ {
			for _, odd := range []bool{false, true} {
				var in [4][]float32
				for i := range in {
					in[i] = normal(&r, n)
					if odd && i < 2 {
						in[i][r.IntN(n)] = special[r.IntN(len(special))]
					}
				}
				out := normal(&r, n)
				if loop.inPlace {
					out = slices.Clone(in[0])
				}
				run := func(name string) []float32 {
					if err := Select(name); err != nil {
						t.Fatal(err)
					}
					got, check := guarded(t, n, 1+n%4)
					copy(got, out)
					in := in
					if loop.inPlace {
						in[0] = got
					}
					loop.f(got, in)
					check()
					return got
				}
				near(t, fmt.Sprintf("%s of %d", loop.name, n), run(name), wide(run("go")), 1e-6)
			}
		}
	}
	if err := Select(name); err != nil {
		t.Fatal(err)
	}
}

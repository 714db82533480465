package ad_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

func shapeOps() (ops []operation) {
	r := adtest.Random
	add := func(op, more string, in []adtest.Input, f func(*ad.Tape, []*ad.Value) *ad.Value, want func(x [][]float64) []float64) {
		ops = append(ops, operation{op, name(in) + more, in, f, want})
	}
	// pick returns the elements of the first input that index names.
	pick := func(index func(i int) int, n int) func([][]float64) []float64 {
		return func(x [][]float64) []float64 {
			y := make([]float64, n)
			for i := range y {
				y[i] = x[0][index(i)]
			}
			return y
		}
	}
	same := func(i int) int { return i }
	for _, s := range [][]int{{12}, {1, 12}, {12, 1}, {3, 2, 2}} {
		add("Reshape", fmt.Sprint(" to ", s), ins(r(1, 3, 4)), func(t *ad.Tape, x []*ad.Value) *ad.Value {
			return t.Square(t.Reshape(x[0], s...))
		}, func(x [][]float64) []float64 {
			y := pick(same, 12)(x)
			for i, v := range y {
				y[i] = v * v
			}
			return y
		})
	}
	add("Reshape", " twice", ins(r(1, 3, 4)), func(t *ad.Tape, x []*ad.Value) *ad.Value {
		return t.Add(t.Reshape(x[0], 2, 6), t.Reshape(x[0], 2, 6))
	}, func(x [][]float64) []float64 {
		y := pick(same, 12)(x)
		for i, v := range y {
			y[i] = 2 * v
		}
		return y
	})

	for _, in := range [][]adtest.Input{
		ins(r(1, 3, 4)), ins(r(1, 1, 1), r(2, 1, 1)), ins(r(1, 3, 5), r(2, 1, 5), r(3, 2, 5)),
		ins(r(1, 2, 3, 2), r(2, 1, 3, 2)), ins(r(1, 3), r(2, 2)),
		ins(r(1, 1, 2), r(2, 1, 2), r(3, 2, 2), r(4, 1, 2), r(5, 1, 2), r(6, 3, 2), r(7, 1, 2), r(8, 1, 2)), // more than six
	} {
		add("ConcatRows", "", in, func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.ConcatRows(x...) },
			func(x [][]float64) (y []float64) {
				for _, v := range x {
					y = append(y, v...)
				}
				return y
			})
	}
	add("ConcatRows", " with itself", ins(r(1, 2, 3)), func(t *ad.Tape, x []*ad.Value) *ad.Value {
		return t.ConcatRows(x[0], x[0])
	}, pick(func(i int) int { return i % 6 }, 12))

	for _, in := range [][]adtest.Input{
		ins(r(1, 3, 4)), ins(r(1, 1, 1), r(2, 1, 1)), ins(r(1, 3, 5), r(2, 3, 1), r(3, 3, 2)),
		ins(r(1, 2, 1), r(2, 2, 1), r(3, 2, 2), r(4, 2, 1), r(5, 2, 1), r(6, 2, 3), r(7, 2, 1)),
	} {
		rows := in[0].Shape[0]
		add("ConcatCols", "", in, func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.ConcatCols(x...) },
			func(x [][]float64) (y []float64) {
				for i := range rows {
					for _, v := range x {
						d := len(v) / rows
						y = append(y, v[i*d:i*d+d]...)
					}
				}
				return y
			})
	}

	for _, c := range []struct {
		shape  []int
		lo, hi int
	}{{[]int{5, 3}, 1, 4}, {[]int{5, 3}, 0, 5}, {[]int{1, 7}, 0, 1}, {[]int{4, 2, 3}, 3, 4}, {[]int{6}, 2, 5}} {
		in := ins(r(1, c.shape...))
		width := len(in[0].Data) / c.shape[0]
		add("SliceRows", fmt.Sprintf(" %d:%d", c.lo, c.hi), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.SliceRows(x[0], c.lo, c.hi) },
			pick(func(i int) int { return c.lo*width + i }, (c.hi-c.lo)*width))
	}
	add("SliceRows", " apart and joined", ins(r(1, 5, 3)), func(t *ad.Tape, x []*ad.Value) *ad.Value {
		return t.MatMulT(t.SliceRows(x[0], 0, 3), t.SliceRows(x[0], 2, 5)) // row 2 is in both
	}, func(x [][]float64) []float64 { return matmul64(x[0][:9], x[0][6:], 3, 3, 3, false, true) })

	for _, c := range []struct {
		shape  []int
		lo, hi int
	}{{[]int{3, 5}, 1, 4}, {[]int{3, 5}, 0, 5}, {[]int{7, 1}, 0, 1}, {[]int{2, 3, 4}, 3, 4}} {
		d := c.shape[len(c.shape)-1]
		in := ins(r(1, c.shape...))
		w := c.hi - c.lo
		add("SliceCols", fmt.Sprintf(" %d:%d", c.lo, c.hi), in,
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.SliceCols(x[0], c.lo, c.hi) },
			pick(func(i int) int { return i/w*d + c.lo + i%w }, len(in[0].Data)/d*w))
	}

	for _, c := range []struct {
		rows, d int
		index   []int32
		shape   []int
	}{{4, 3, []int32{2, 0, 2, 3, 2}, nil}, {1, 1, []int32{0}, nil}, {5, 2, []int32{4, 4, 0, 1, 2, 4}, []int{2, 3}}} {
		add("GatherRows", fmt.Sprint(" ", c.index, c.shape), ins(r(1, c.rows, c.d)),
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.GatherRows(x[0], c.index, c.shape...) },
			pick(func(i int) int { return int(c.index[i/c.d])*c.d + i%c.d }, len(c.index)*c.d))
	}

	for _, s := range [][2]int{{1, 1}, {4, 4}, {3, 5}} {
		add("Diagonal", "", ins(r(1, s[0], s[1])), one((*ad.Tape).Diagonal), pick(func(i int) int { return i*s[1] + i }, s[0]))
	}

	// The masks' −∞ have no slope: they are checked through the softmax that they are for.
	masked := func(cols int, hidden func(i, j int) bool) func([][]float64) []float64 {
		return func(x [][]float64) []float64 {
			y := make([]float64, len(x[0]))
			for at, v := range x[0] {
				if i, j := at/cols, at%cols; !hidden(i, j) {
					total := 0.0
					for k := range cols {
						if !hidden(i, k) {
							total += math.Exp(x[0][i*cols+k])
						}
					}
					y[at] = math.Exp(v) / total
				}
			}
			return y
		}
	}
	for _, s := range [][2]int{{2, 2}, {5, 5}, {3, 7}, {1, 4}} {
		add("MaskDiagonal", "", ins(r(1, s[0], s[1])),
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.Softmax(t.MaskDiagonal(x[0])) },
			masked(s[1], func(i, j int) bool { return i == j }))
	}
	for _, period := range []int{2, 3, 4} {
		add("MaskDiagonals", fmt.Sprint(" period ", period), ins(r(1, 6, 6)),
			func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.Softmax(t.MaskDiagonals(x[0], period)) },
			masked(6, func(i, j int) bool { return (i-j)%period == 0 }))
	}
	return ops
}

func TestMaskDiagonalHidesOneEntryARow(t *testing.T) {
	tape := &ad.Tape{}
	x := adtest.Random(1, 3, 7)
	y := tape.MaskDiagonal(tape.Input(x.Data, 3, 7))
	for i, v := range y.Data {
		want := x.Data[i]
		if i/7 == i%7 {
			want = float32(math.Inf(-1))
		}
		if v != want {
			t.Errorf("element [%d, %d] is %v, want %v", i/7, i%7, v, want)
		}
	}
}

func TestStopGradientBlocks(t *testing.T) {
	tape := &ad.Tape{}
	x := tape.Variable([]float32{2, 3}, 2)
	y := tape.Mul(x, tape.StopGradient(tape.Square(x))) // x·[x²]: the slope is x², not 3x²
	tape.BackwardFrom(y, []float32{1, 1})
	if want := []float32{8, 27}; !sameBits(y.Data, want) {
		t.Errorf("value %v, want %v", y.Data, want)
	}
	if want := []float32{4, 9}; !sameBits(x.Grad, want) {
		t.Errorf("gradient %v, want %v", x.Grad, want)
	}
	if tape.StopGradient(x).Needs() {
		t.Error("the result of StopGradient wants gradient")
	}
}

// A masked number gets no gradient, whatever arrives there; what arrived stays readable where it is kept.
func TestMaskedGetsNoGradient(t *testing.T) {
	for _, shape := range [][]int{{3, 3}, {2, 5}, {5, 2}} {
		for _, keep := range []bool{false, true} {
			for _, twice := range []bool{false, true} {
				tape := &ad.Tape{}
				x := tape.Variable(adtest.Random(1, shape...).Data, shape...)
				y := tape.MaskDiagonal(x)
				if keep {
					y.KeepGrad()
				}
				dy := adtest.Random(2, shape...).Data
				per := float32(1)
				if tape.BackwardFrom(y, dy); twice {
					tape.BackwardFrom(tape.MaskDiagonal(x), dy)
					per = 2
				}
				for i, d := range dy {
					want, masked := per*d, i/shape[1] == i%shape[1]
					if masked {
						want = 0
					}
					if x.Grad[i] != want || masked != math.IsInf(float64(y.Data[i]), -1) {
						t.Fatalf("%v: gradient %v of %v, want %v at %d", shape, x.Grad, y.Data, want, i)
					}
				}
				if keep && !slices.Equal(y.Grad, dy) {
					t.Errorf("%v: the kept gradient is %v, want %v", shape, y.Grad, dy)
				}
			}
		}
	}
}

func TestResultShapes(t *testing.T) {
	tape := &ad.Tape{Training: true}
	value := func(shape ...int) *ad.Value { return tape.Input(adtest.Random(1, shape...).Data, shape...) }
	for want, y := range map[string]*ad.Value{
		"[2 5]":     tape.MatMul(value(2, 3), value(3, 5)),
		"[2 6]":     tape.MatMulT(value(2, 3), value(6, 3)),
		"[2 7]":     tape.TMatMul(value(3, 2), value(3, 7)),
		"[1 5 7 4]": tape.Conv2D(value(1, 5, 7, 2), value(3, 3, 2, 4), nil, 1, 1),
		"[1 4 6 4]": tape.GroupConv2D(value(1, 4, 6, 4), value(3, 3, 2, 4), nil, 1, 1, 2),
		"[1 2 3 4]": tape.MaxPool(value(1, 5, 7, 4), 2, 2, 0),
		"[3 4]":     tape.At(value(2, 3, 4), 1),
		"[4]":       tape.At(value(2, 4), 1),
		"[3 2 4]":   tape.GatherRows(value(5, 4), make([]int32, 6), 3, 2),
		"[6 4]":     tape.GatherRows(value(5, 4), make([]int32, 6)),
	} {
		if got := fmt.Sprint(y.Shape()); got != want {
			t.Errorf("shape %s, want %s", got, want)
		}
	}
}

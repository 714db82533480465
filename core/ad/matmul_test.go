package ad_test

import (
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
)

// matmul64 returns op(a)·op(b), [m, n], of a, b stored transposed or not.
func matmul64(a, b []float64, m, n, k int, ta, tb bool) []float64 {
	y := make([]float64, m*n)
	for i := range m {
		for j := range n {
			for l := range k {
				u, v := i*k+l, l*n+j
				if ta {
					u = l*m + i
				}
				if tb {
					v = j*k + l
				}
				y[i*n+j] += a[u] * b[v]
			}
		}
	}
	return y
}

func matmulOps() (ops []operation) {
	for _, s := range [][3]int{{1, 1, 1}, {1, 5, 3}, {5, 1, 3}, {4, 3, 1}, {3, 7, 5}, {9, 17, 10}} {
		m, n, k := s[0], s[1], s[2]
		r := adtest.Random
		for _, c := range []struct {
			op     string
			f      func(*ad.Tape, *ad.Value, *ad.Value) *ad.Value
			in     []adtest.Input
			ta, tb bool
		}{
			{"MatMul", (*ad.Tape).MatMul, ins(r(1, m, k), r(2, k, n)), false, false},
			{"MatMulT", (*ad.Tape).MatMulT, ins(r(1, m, k), r(2, n, k)), false, true},
			{"TMatMul", (*ad.Tape).TMatMul, ins(r(1, k, m), r(2, k, n)), true, false},
		} {
			ops = append(ops, operation{c.op, name(c.in), c.in, two(c.f), func(x [][]float64) []float64 {
				return matmul64(x[0], x[1], m, n, k, c.ta, c.tb)
			}})
		}
		x := ins(r(1, m, k))
		ops = append(ops,
			operation{"MatMulT", "with itself " + name(x), x,
				func(t *ad.Tape, x []*ad.Value) *ad.Value { return t.MatMulT(x[0], x[0]) },
				func(x [][]float64) []float64 { return matmul64(x[0], x[0], m, m, k, false, true) }},
			operation{"Transpose", name(x), x, one((*ad.Tape).Transpose), func(x [][]float64) []float64 {
				y := make([]float64, m*k)
				for i, v := range x[0] {
					y[i%k*m+i/k] = v
				}
				return y
			}})
		for _, bias := range []bool{false, true} {
			in := ins(r(1, m, k), r(2, n, k), r(3, n))
			if m == 9 {
				in[0] = r(1, 3, 3, k) // three axes
			}
			if !bias {
				in = in[:2]
			}
			ops = append(ops, operation{"Linear", name(in), in, func(t *ad.Tape, x []*ad.Value) *ad.Value {
				if bias {
					return t.Linear(x[0], x[1], x[2])
				}
				return t.Linear(x[0], x[1], nil)
			}, func(x [][]float64) []float64 {
				y := matmul64(x[0], x[1], m, n, k, false, true)
				for i := range y {
					if bias {
						y[i] += x[2][i%n]
					}
				}
				return y
			}})
		}
		row := ins(r(1, m, k), r(2, k))
		ops = append(ops, operation{"AddRow", name(row), row, two((*ad.Tape).AddRow), func(x [][]float64) []float64 {
			y := make([]float64, m*k)
			for i, v := range x[0] {
				y[i] = v + x[1][i%k]
			}
			return y
		}})
	}
	return ops
}

func TestShapesThatDoNotFit(t *testing.T) {
	tape := &ad.Tape{}
	value := func(shape ...int) *ad.Value {
		return tape.Input(adtest.Random(1, shape...).Data, shape...)
	}
	for want, f := range map[string]func(){
		"ad.MatMul: [3 4] × [5 6]":                func() { tape.MatMul(value(3, 4), value(5, 6)) },
		"ad.MatMul: shape [3 4 5]":                func() { tape.MatMul(value(3, 4, 5), value(5, 6)) },
		"ad.Linear: [3 4] × weight [6 5]":         func() { tape.Linear(value(3, 4), value(6, 5), nil) },
		"ad.Add: shapes [3 4] and [4 3] differ":   func() { tape.Add(value(3, 4), value(4, 3)) },
		"ad.Conv2D: [1 4 4 3] with weights":       func() { tape.Conv2D(value(1, 4, 4, 3), value(3, 3, 2, 5), nil, 1, 1) },
		"ad.Conv2D: [1 2 2 3] with weights":       func() { tape.Conv2D(value(1, 2, 2, 3), value(3, 3, 3, 5), nil, 1, 0) },
		"ad.GroupConv2D: [1 4 4 3] with weights":  func() { tape.GroupConv2D(value(1, 4, 4, 3), value(3, 3, 1, 4), nil, 1, 1, 3) },
		"ad.GroupConv2D: [1 4 4 3] with weight":   func() { tape.GroupConv2D(value(1, 4, 4, 3), value(3, 3, 1, 3), value(2), 1, 1, 3) },
		"ad.MaxPool: [1 2 2 3] in windows":        func() { tape.MaxPool(value(1, 2, 2, 3), 3, 1, 0) },
		"ad.AvgPool: [1 4 4 3] in windows":        func() { tape.AvgPool(value(1, 4, 4, 3), 2, 1, 2) },
		"ad.GlobalAvgPool: shape [3 4]":           func() { tape.GlobalAvgPool(value(3, 4)) },
		"ad.BatchNorm: [3 4]":                     func() { tape.BatchNorm(value(3, 4), nil, value(5), nil, nil, 0.1, 1e-5) },
		"ad.LayerNorm: [3 4]":                     func() { tape.LayerNorm(value(3, 4), value(4), value(3), 1e-5) },
		"ad.GroupNorm: [1 2 2 4]":                 func() { tape.GroupNorm(value(1, 2, 2, 4), value(4), value(4), 3, 1e-5) },
		"ad.Reshape: [3 4] to [5 2]":              func() { tape.Reshape(value(3, 4), 5, 2) },
		"ad.ConcatRows: [3 5] under [3 4]":        func() { tape.ConcatRows(value(3, 4), value(3, 5)) },
		"ad.ConcatCols: [4 4] beside [3 4]":       func() { tape.ConcatCols(value(3, 4), value(4, 4)) },
		"ad.SliceRows: 2 to 4 of [3 4]":           func() { tape.SliceRows(value(3, 4), 2, 4) },
		"ad.SliceCols: 2 to 5 of [3 4]":           func() { tape.SliceCols(value(3, 4), 2, 5) },
		"ad.GatherRows: row 3 of [3 4]":           func() { tape.GatherRows(value(3, 4), []int32{0, 3}) },
		"ad.GatherRows: 2 indices":                func() { tape.GatherRows(value(3, 4), []int32{0, 1}, 3) },
		"ad.Diagonal: [4 3]":                      func() { tape.Diagonal(value(4, 3)) },
		"ad.ZeroDiagonal: shape [4 3]":            func() { tape.ZeroDiagonal(value(4, 3)) },
		"ad.Linear: [3 4] × weight [6 4] and 5":   func() { tape.Linear(value(3, 4), value(6, 4), value(5)) },
		"ad.CrossEntropy: 2 targets for [3 4]":    func() { tape.CrossEntropy(value(3, 4), []int32{0, 1}) },
		"ad.CrossEntropy: target 4 for [3 4]":     func() { tape.CrossEntropy(value(3, 4), []int32{0, 1, 4}) },
		"ad.MulRows: [3 4] with 2 factors":        func() { tape.MulRows(value(3, 4), []float32{0, 1}) },
		"ad.Attention: [1 2 9] in 2 heads":        func() { tape.Attention(value(1, 2, 9), 2, false) },
		"ad.NuclearNorm: shape [3], want":         func() { tape.NuclearNorm(value(3)) },
		"ad.Attention: [2 9] in 3 heads":          func() { tape.Attention(value(2, 9), 3, false) },
		"ad.Sub: shapes [3 4] and [4 3] differ":   func() { tape.Sub(value(3, 4), value(4, 3)) },
		"ad.Mul: shapes [3 4] and [4 3] differ":   func() { tape.Mul(value(3, 4), value(4, 3)) },
		"ad.RowDot: shapes [3 4] and [4 3]":       func() { tape.RowDot(value(3, 4), value(4, 3)) },
		"ad.BatchNormAddReLU: shapes [3 4] and":   func() { tape.BatchNormAddReLU(value(3, 4), nil, nil, value(4, 3), nil, nil, 0.1, 1e-5) },
		"ad.MatMul: shape [6 2 5]":                func() { tape.MatMul(value(3, 4), value(6, 2, 5)) },
		"ad.Transpose: shape [3 4 5]":             func() { tape.Transpose(value(3, 4, 5)) },
		"ad.Linear: shape [6 2 4]":                func() { tape.Linear(value(3, 4), value(6, 2, 4), nil) },
		"ad.AddRow: [3 4] + row [3]":              func() { tape.AddRow(value(3, 4), value(3)) },
		"ad.Cholesky: shape [3 4]":                func() { tape.Cholesky(value(3, 4)) },
		"ad.SolveRows: shape [4 3]":               func() { tape.SolveRows(value(5, 3), value(4, 3)) },
		"ad.SolveRows: ":                          func() { tape.SolveRows(value(5, 3), value(4, 4)) },
		"ad.GatherDots: shape [3 4 5]":            func() { tape.GatherDots(value(3, 4, 5), value(2, 5), []int32{0, 1, 0}) },
		"ad.GatherDots: shape [2 4 5]":            func() { tape.GatherDots(value(3, 5), value(2, 4, 5), []int32{0, 1, 0}) },
		"ad.GatherDots: [3 5] with 3 rows":        func() { tape.GatherDots(value(3, 5), value(2, 4), []int32{0, 1, 0}) },
		"ad.GatherDots: [3 5] with 4 rows":        func() { tape.GatherDots(value(3, 5), value(2, 5), []int32{0, 1, 0, 1}) },
		"ad.GatherRows: shape [2 3 4]":            func() { tape.GatherRows(value(2, 3, 4), []int32{0}) },
		"ad.GatherRows: row -1 of [3 4]":          func() { tape.GatherRows(value(3, 4), []int32{-1}) },
		"ad.Diagonal: shape [2 3 4]":              func() { tape.Diagonal(value(2, 3, 4)) },
		"ad.MaskDiagonals: shape [2 3 4]":         func() { tape.MaskDiagonals(value(2, 3, 4), 2) },
		"ad.SliceRows: -1 to 2":                   func() { tape.SliceRows(value(3, 4), -1, 2) },
		"ad.SliceRows: 2 to 1":                    func() { tape.SliceRows(value(3, 4), 2, 1) },
		"ad.SliceRows: 3 to 4 of [3 4]":           func() { tape.At(value(3, 4), 3) },
		"ad.SliceCols: -1 to 2":                   func() { tape.SliceCols(value(3, 4), -1, 2) },
		"ad.SliceCols: 2 to 1":                    func() { tape.SliceCols(value(3, 4), 2, 1) },
		"ad.ConcatRows: [2 2 2] under [3 4]":      func() { tape.ConcatRows(value(3, 4), value(2, 2, 2)) },
		"ad.MaxPool: [4 4 3] in windows":          func() { tape.MaxPool(value(4, 4, 3), 2, 2, 0) },
		"ad.MaxPool: [1 2 5 3] in windows":        func() { tape.MaxPool(value(1, 2, 5, 3), 3, 1, 0) },
		"ad.MaxPool: [1 5 2 3] in windows":        func() { tape.MaxPool(value(1, 5, 2, 3), 3, 1, 0) },
		"ad.Conv2D: [1 2 5 3] with weights":       func() { tape.Conv2D(value(1, 2, 5, 3), value(3, 3, 3, 5), nil, 1, 0) },
		"ad.Conv2D: [1 5 2 3] with weights":       func() { tape.Conv2D(value(1, 5, 2, 3), value(3, 3, 3, 5), nil, 1, 0) },
		"ad.Conv2D: [5 5 3] with weights":         func() { tape.Conv2D(value(5, 5, 3), value(3, 3, 3, 5), nil, 1, 0) },
		"ad.Conv2D: [1 5 5 1] with weights [3":    func() { tape.Conv2D(value(1, 5, 5, 1), value(3, 3, 1), nil, 1, 0) },
		"ad.BatchNorm: [4 3]":                     func() { tape.BatchNorm(value(4, 3), value(4), nil, nil, nil, 0.1, 1e-5) },
		"ad.LayerNorm: [4 3]":                     func() { tape.LayerNorm(value(4, 3), value(4), value(3), 1e-5) },
		"ad.GroupNorm: [2 2 4]":                   func() { tape.GroupNorm(value(2, 2, 4), value(4), value(4), 2, 1e-5) },
		"ad.GroupNorm: [1 2 2 6]":                 func() { tape.GroupNorm(value(1, 2, 2, 6), value(4), value(6), 2, 1e-5) },
		"ad.GroupNorm: [1 2 2 8]":                 func() { tape.GroupNorm(value(1, 2, 2, 8), value(8), value(4), 2, 1e-5) },
		"ad.Apply: 2 numbers for shape [3]":       func() { tape.Apply(make([]float32, 2), nil, nil, nil, nil, 3) },
		"ad.Scalar: shape [3 4]":                  func() { tape.MulScalar(value(3, 4), value(3, 4)) },
		"ad.Input: 2 numbers for shape [3]":       func() { tape.Input(make([]float32, 2), 3) },
		"ad.Backward: the loss has shape [3 4]":   func() { tape.Backward(value(3, 4)) },
		"ad.BackwardFrom: 2 numbers for shape [3": func() { tape.BackwardFrom(value(3, 4), make([]float32, 2)) },
		"ad: shape [1 1 1 1 1] has more than 4":   func() { ad.NewParam(1, 1, 1, 1, 1) },
	} {
		mustPanic(t, want, f)
	}
}

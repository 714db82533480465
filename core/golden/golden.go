// Package golden reads the reference vectors of testdata/golden, computed outside this project, and compares results
// with them. It serves tests only.
package golden

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Tensor is one array of a case, row-major.
type Tensor struct {
	Shape []int     `json:"shape"`
	DType string    `json:"dtype"` // "", "int32" or "uint8"
	Data  []float64 `json:"data"`
}

// Case is one reference computation.
type Case struct {
	Name      string            `json:"name"`
	Source    string            `json:"source"`
	Params    map[string]any    `json:"params"`
	Inputs    map[string]Tensor `json:"inputs"`
	Outputs   map[string]Tensor `json:"outputs"`
	Grads     map[string]Tensor `json:"grads"`
	Tolerance struct {
		Rel float64 `json:"rel"`
		Abs float64 `json:"abs"`
	} `json:"tolerance"`
}

// Load reads every case of file, such as "layers.json", from the folder that the environment variable PUSHPULL_GOLDEN
// names or else from testdata/golden.
func Load(t testing.TB, file string) []Case {
	t.Helper()
	dir := os.Getenv("PUSHPULL_GOLDEN")
	if dir == "" {
		dir = filepath.Join(root(t), "testdata", "golden")
	}
	raw, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Format int    `json:"format"`
		Cases  []Case `json:"cases"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if f.Format != 1 || len(f.Cases) == 0 {
		t.Fatalf("%s: format %d with %d cases; want format 1 and at least one", file, f.Format, len(f.Cases))
	}
	return f.Cases
}

// Run checks every case of file with the check whose key is the longest prefix of the case's name that ends at a
// slash or at the end. A case without a check is an error.
func Run(t *testing.T, file string, checks map[string]func(*testing.T, Case)) {
	t.Helper()
	for _, c := range Load(t, file) {
		check := find(checks, c.Name)
		if check == nil {
			t.Errorf("%s: the case %s has no check", file, c.Name)
			continue
		}
		t.Run(c.Name, func(t *testing.T) { check(t, c) })
	}
}

func find(checks map[string]func(*testing.T, Case), name string) func(*testing.T, Case) {
	for {
		if f, ok := checks[name]; ok {
			return f
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return nil
		}
		name = name[:i]
	}
}

// root returns the module's folder: the nearest parent that holds go.mod.
func root(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod in any parent folder")
		}
		dir = up
	}
}

// Float returns parameter key as a number, and fails the test where it is missing.
func (c Case) Float(t testing.TB, key string) float64 {
	t.Helper()
	v, ok := c.Params[key].(float64)
	if !ok {
		t.Fatalf("%s: parameter %q is %v, want a number", c.Name, key, c.Params[key])
	}
	return v
}

// Int returns parameter key as a whole number.
func (c Case) Int(t testing.TB, key string) int {
	t.Helper()
	v := c.Float(t, key)
	if v != math.Trunc(v) {
		t.Fatalf("%s: parameter %q is %v, want a whole number", c.Name, key, v)
	}
	return int(v)
}

// Input returns the named input, and fails the test where it is missing.
func (c Case) Input(t testing.TB, name string) Tensor {
	t.Helper()
	x, ok := c.Inputs[name]
	if !ok {
		t.Fatalf("%s: no input %q", c.Name, name)
	}
	return x
}

// F32 returns the tensor's data as float32.
func (x Tensor) F32() []float32 {
	y := make([]float32, len(x.Data))
	for i, v := range x.Data {
		y[i] = float32(v)
	}
	return y
}

// I32 returns the tensor's data as int32.
func (x Tensor) I32() []int32 {
	y := make([]int32, len(x.Data))
	for i, v := range x.Data {
		y[i] = int32(v)
	}
	return y
}

// NHWC returns a copy of a tensor [n, c, h, w] or [c, h, w] with its channels last.
func (x Tensor) NHWC() Tensor {
	s := x.Shape
	n := 1
	if len(s) == 4 {
		n, s = s[0], s[1:]
	}
	if len(s) != 3 {
		panic(fmt.Sprintf("golden: channels last of a shape %v", x.Shape))
	}
	c, h, w := s[0], s[1], s[2]
	y := Tensor{Shape: []int{h, w, c}, DType: x.DType, Data: make([]float64, len(x.Data))}
	if len(x.Shape) == 4 {
		y.Shape = []int{n, h, w, c}
	}
	for b := range n {
		for k := range c {
			for p := range h * w {
				y.Data[(b*h*w+p)*c+k] = x.Data[(b*c+k)*h*w+p]
			}
		}
	}
	return y
}

// Output compares got with the case's output of that name, element by element: |got-want| <= abs + rel·|want|.
func (c Case) Output(t testing.TB, name string, got []float32) {
	t.Helper()
	want, ok := c.Outputs[name]
	if !ok {
		t.Fatalf("%s: no output %q", c.Name, name)
	}
	Compare(t, c, name, got, want)
}

// Compare reports the worst element of got that lies outside the tolerance of the case.
func Compare[F float32 | float64](t testing.TB, c Case, what string, got []F, want Tensor) {
	t.Helper()
	if len(got) != len(want.Data) {
		t.Errorf("%s: %s has %d elements, want %d of shape %v", c.Name, what, len(got), len(want.Data), want.Shape)
		return
	}
	rel, abs := c.Tolerance.Rel, c.Tolerance.Abs
	if want.DType != "" && abs < 1 {
		rel, abs = 0, 0 // whole numbers are compared exactly, within abs where that is 1
	}
	worst, at := 0.0, -1
	for i, w := range want.Data {
		diff, room := math.Abs(float64(got[i])-w), abs+rel*math.Abs(w)
		if !(diff <= room) && (at < 0 || diff-room > worst || math.IsNaN(diff)) {
			worst, at = diff-room, i
		}
	}
	if at >= 0 {
		t.Errorf("%s: %s[%d] = %v, want %v (rel %g, abs %g)", c.Name, what, at, got[at], want.Data[at], rel, abs)
	}
}

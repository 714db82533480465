package kernel

import "testing"

// Where the gradient stays 0, averages end at 0 and not among the numbers under the smallest normal one, which are slow.
func TestAdamStepDecaysToZero(t *testing.T) {
	defer func() { _ = Select("") }()
	for _, r := range available() {
		if r == &plain {
			continue // Go has no way to tell the processor
		}
		_ = Select(r.name)
		testDecay(t)
	}
}

func testDecay(t *testing.T) {
	w, g, m, v := []float32{1}, []float32{0}, []float32{2e-38}, []float32{2e-38}
	for range 100 {
		AdamStep(w, g, m, v, 0.01, 0.9, 0.9, 1e-8, 1, 1, 0, 0)
	}
	if m[0] != 0 || v[0] != 0 {
		t.Errorf("%s: averages are %v and %v, want 0", Name(), m[0], v[0])
	}
}

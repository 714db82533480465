package ad_test

import (
	"fmt"

	"pushpull/core/ad"
)

// Three steps of gradient descent on a linear model with one weight.
func Example() {
	w := ad.NewParam(1, 1) // 0
	var t ad.Tape
	for range 3 {
		t.Reset()
		clear(w.Grad)
		x, y := t.Input([]float32{1, 2, 3}, 3, 1), t.Input([]float32{2, 4, 6}, 3, 1)
		loss := t.Mean(t.Square(t.Sub(t.Linear(x, w, nil), y)))
		t.Backward(loss)
		fmt.Printf("w %.2f, loss %.2f, slope %.2f\n", w.Data[0], loss.Scalar(), w.Grad[0])
		w.Data[0] -= 0.1 * w.Grad[0]
	}
	// Output:
	// w 0.00, loss 18.67, slope -18.67
	// w 1.87, loss 0.08, slope -1.24
	// w 1.99, loss 0.00, slope -0.08
}

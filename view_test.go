package main

import (
	"strings"
	"testing"

	"pushpull/core/train"
)

// A line is due where the encoder was measured, whatever was found: of a collapsed one all measures are 0.
func TestLinesTellOfCollapse(t *testing.T) {
	var out strings.Builder
	v := newView(&out, 0, 3)
	v.step(train.Metrics{Step: 1, Loss: 2}, false, 10)
	v.step(train.Metrics{Step: 2, Loss: 1}, true, 10)
	if got := out.String(); !strings.HasPrefix(got, "step 2/3  loss 1.0000") {
		t.Errorf("lines %q", got)
	}
}

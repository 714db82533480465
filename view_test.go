package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// Before the first step nothing is known: a bar told a loss of 0 and no time left.
func TestPaceBeforeTheFirstStep(t *testing.T) {
	p := pace{start: time.Now(), first: 5, done: 5, total: 9}
	if got := p.String(); got != "" {
		t.Errorf("figures %q", got)
	}
	p.step(train.Metrics{Step: 6, Loss: 2}, 10)
	if got := p.String(); !strings.HasPrefix(got, "loss 2.0000  10 images/s  ") {
		t.Errorf("figures %q", got)
	}
}

// Who reads thousands of large images hears of it from time to time.
func TestReadingIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		told := reading(&out, "photos")
		told(100, 900)
		time.Sleep(lineEvery)
		told(200, 900)
		told(300, 900)
		if got := out.String(); got != "photos: 200 of 900 images read\n" {
			t.Errorf("told %q", got)
		}
	})
}

// A terminal without a cursor gets lines.
func TestNoBarOnADumbTerminal(t *testing.T) {
	for term, want := range map[string]bool{"xterm-256color": true, "": true, "dumb": false} {
		if hasCursor(term) != want {
			t.Errorf("TERM=%s: a bar is drawn: %v", term, !want)
		}
	}
}

package main

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A terminal without a cursor gets lines: it shows what moves the cursor as text.
func TestNoBarOnADumbTerminal(t *testing.T) {
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.IoctlSetWinsize(int(f.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	for term, want := range map[string]bool{"xterm": true, "dumb": false} {
		if t.Setenv("TERM", term); isTerminal(f) != want {
			t.Errorf("TERM=%s: a bar is drawn: %v", term, !want)
		}
	}
}

package main

import (
	"strings"
	"syscall"
	"testing"
)

// full is a file on a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// What a command says has to arrive, whichever it is.
func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	for _, args := range []string{"version", "-h", "train -h", "list", "list simclr", "list -json", "data info shapes", "data info shapes -json"} {
		var stderr strings.Builder
		code := doMain(strings.Fields(args), full{}, &stderr)
		if want := "error: standard output cannot be written: no space left on device\nhint: free some space, or send it elsewhere\n"; code != exitFailure || stderr.String() != want {
			t.Errorf("%s: exit code %d, %q", args, code, stderr.String())
		}
	}
}

package main

import (
	"bytes"
	"sync"
	"testing"
)

// A download that is there is told once, whoever tells it and how often.
func TestDownloadIsToldOnce(t *testing.T) {
	var to bytes.Buffer
	bar := newDownloadBar(&to, "set", 5<<20)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for done := range int64(6) {
				bar.at(done << 20)
			}
		})
	}
	wait.Wait()
	bar.end()
	if want := "set: 5 of 5 MB\n"; to.String() != want {
		t.Errorf("%q, want %q", to.String(), want)
	}
}

//go:build !js

package data

import (
	"fmt"
	"slices"
	"testing"
)

// A set beyond the bound of memory is the same set, kept in a file.
func TestSetsBeyondMemoryAreTheSame(t *testing.T) {
	files := pictures(40, func(i int) string { return fmt.Sprintf("train/%s/%02d.png", []string{"a", "b"}[i%2], i) })
	inMemory, err := Read(InMemory(files), "s", Options{})
	if err != nil {
		t.Fatal(err)
	}
	inFile, err := Read(InMemory(files), "s", Options{Memory: 100, Cache: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if inFile.Train.Pixels != nil || inMemory.Train.Pixels == nil {
		t.Fatalf("%d bytes are in memory, where 100 are allowed", len(inFile.Train.Pixels))
	}
	want, got := make([]float32, 4*4*3), make([]float32, 4*4*3)
	for i := range inMemory.Train.Len() {
		inMemory.Train.Image(i, want)
		inFile.Train.Image(i, got)
		if !slices.Equal(got, want) {
			t.Fatalf("image %d differs", i)
		}
	}
	if !slices.Equal(inFile.Train.Labels, inMemory.Train.Labels) || !slices.Equal(inFile.Mean, inMemory.Mean) {
		t.Error("labels or means differ")
	}
}

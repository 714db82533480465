//go:build !js

package data

import (
	"fmt"
	"slices"
	"testing"
)

// A folder and archives of it hold out the same images.
func TestHoldOutDoesNotDependOnPacking(t *testing.T) {
	tree := func(root string) map[string][]byte {
		return pictures(25, func(i int) string { return fmt.Sprintf("%s%s/%d.png", root, []string{"a", "b"}[i%2], i) })
	}
	want, err := Read(InMemory(tree("")), "s", Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(InMemory(tree("pets/small/")), "s", Options{})
	if err != nil || !slices.Equal(got.Test.Pixels, want.Test.Pixels) {
		t.Errorf("another fifth is held out below a folder: %v", err)
	}
}

// Files that are no images do not take the places of those that are held out.
func TestHeldOutImagesAreImages(t *testing.T) {
	for bad := range 12 {
		files := pictures(5, func(i int) string { return fmt.Sprintf("%d.png", i) })
		for i := range bad {
			files[fmt.Sprintf("bad%d.png", i)] = []byte("no image")
		}
		d, err := Read(InMemory(files), "s", Options{})
		if err != nil || d.Train.Len() != 4 || d.Test.Len() != 1 || len(d.Skipped) != bad {
			t.Fatalf("beside %d files that are none: %v", bad, err)
		}
	}
}

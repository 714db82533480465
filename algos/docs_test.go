package algos

import (
	"os"
	"strings"
	"testing"
)

// The code of the worked example is what compiles and runs.
func TestDocsShowTheExample(t *testing.T) {
	page, err := os.ReadFile("../docs/adding-an-algorithm.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```go\n")[1:]
	if len(blocks) < 3 {
		t.Fatalf("%d blocks of code, want three or more", len(blocks))
	}
	for _, b := range blocks {
		code, _, _ := strings.Cut(b, "```")
		if !strings.Contains(string(source), code) {
			t.Errorf("not in example_test.go:\n%s", code)
		}
	}
}

package algos

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"pushpull/core/train"
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

// What an objective may implement stands in the table of the page, each method.
func TestDocsListTheInterfaces(t *testing.T) {
	page, err := os.ReadFile("../docs/adding-an-algorithm.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []reflect.Type{
		reflect.TypeFor[train.Builder](), reflect.TypeFor[train.AfterStepper](), reflect.TypeFor[train.EpochStarter](), reflect.TypeFor[train.Changer](),
		reflect.TypeFor[train.Captioner](), reflect.TypeFor[train.Hider](), reflect.TypeFor[train.Orderer](),
	} {
		for i := range of.NumMethod() {
			if name := of.Method(i).Name; !strings.Contains(string(page), "`"+name+"(") {
				t.Errorf("%v: the page does not tell of %s", of, name)
			}
		}
	}
}

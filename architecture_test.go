package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers are this module's packages in the order of the house: a package imports earlier ones only. Packages below one of
// these belong to it.
var layers = []string{
	"core/random", "core/suggest", "core/wholefile", "core/filelock", "core/safetensors", "core/npy", "core/golden",
	"core/kernel", "core/tensor", "core/ad", "core/nn", "core/optim",
	"core/augment", "core/data", "core/probe", "core/train", "core/transfer",
	"algos", "viz", "wasm/protocol", "wasm/journal", "wasm/session", "wasm/trainer", "wasm/playground", "tools/assets", "wasm/inchromium", "tools", "wasm/kerneltest", "wasm/algotest", "",
}

// only lists packages that import nothing of this module but what is named.
var only = map[string][]string{
	"viz":             {"viz"},
	"wasm/protocol":   {},
	"wasm/playground": {"viz", "wasm/protocol"},
}

// layer returns the layer that a package belongs to, -1 for none.
func layer(pkg string) int {
	return slices.IndexFunc(layers, func(l string) bool { return pkg == l || strings.HasPrefix(pkg, l+"/") })
}

// imports returns what each package of this module imports, natively and in the browser, tests left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, system := range [][]string{nil, {"GOOS=js", "GOARCH=wasm"}} {
		list := exec.Command("go", "list", "-f", "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}", "./...")
		list.Env = append(os.Environ(), system...)
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for line := range strings.Lines(string(out)) {
			names := strings.Fields(line)
			all[names[0]] = append(all[names[0]], names[1:]...)
		}
	}
	return all
}

func TestImportsRunOneWay(t *testing.T) {
	for pkg, imported := range imports(t) {
		from := layer(within(pkg))
		if from < 0 {
			t.Errorf("%s has no place among the layers", pkg)
			continue
		}
		allowed, restricted := only[layers[from]]
		for _, other := range imported {
			if strings.HasPrefix(other, "github.com/hajimehoshi/ebiten/") && within(pkg) != "viz/draw" && within(pkg) != "wasm/playground" {
				t.Errorf("%s imports %s: drawing on the screen belongs to viz/draw", pkg, other)
			}
			if other != "pushpull" && !strings.HasPrefix(other, "pushpull/") {
				continue
			}
			to := layer(within(other))
			if to > from {
				t.Errorf("%s imports %s, which stands on it", pkg, other)
			}
			if restricted && !slices.Contains(allowed, layers[to]) {
				t.Errorf("%s imports %s: it may stand on %v only", pkg, other, allowed)
			}
		}
	}
}

// within returns a package's path within this module.
func within(pkg string) string { return strings.TrimPrefix(strings.TrimPrefix(pkg, "pushpull"), "/") }

// Other versions of ebiten need cgo; an update of another module can bring them in unasked.
func TestEbitenPin(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/hajimehoshi/ebiten/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.TrimSpace(string(out)), "v2.10.0"; got != want {
		t.Errorf("ebiten is at %s; go get github.com/hajimehoshi/ebiten/v2@%s", got, want)
	}
}

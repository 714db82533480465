package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func constant(name, content string) asset {
	return asset{name, func() ([]byte, error) { return []byte(content), nil }}
}

// unpacked returns the content of an asset.
func unpacked(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name+".br"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(brotli.NewReader(bytes.NewReader(b)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "build")
	run := func(want string, assets ...asset) string {
		t.Helper()
		var said strings.Builder
		err := pack(dir, assets, &said)
		if got := ""; err != nil {
			got = err.Error()
			if want == "" || !strings.Contains(got, want) {
				t.Fatalf("error %q, want %q", got, want)
			}
		} else if want != "" {
			t.Fatalf("no error, want %q", want)
		}
		return said.String()
	}
	bad := asset{"b.wasm", func() ([]byte, error) { return nil, errors.New("does not compile") }}

	run("b.wasm: does not compile", constant("a.js", "one"), bad)
	if _, err := os.Stat(filepath.Join(dir, manifest)); err == nil {
		t.Error("there is a manifest although the first build failed")
	}

	run("", constant("a.js", "one"), constant("mnist/images", "digits"))
	if a, b := unpacked(t, dir, "a.js"), unpacked(t, dir, "mnist/images"); a != "one" || b != "digits" {
		t.Errorf("packed %q and %q", a, b)
	}

	said := run("", constant("a.js", "two"), constant("mnist/images", "digits"))
	if got := unpacked(t, dir, "a.js"); got != "two" || !strings.Contains(said, "mnist/images                     up to date") {
		t.Errorf("packed %q, and said %s", got, said)
	}

	// The manifest describes what is there, even after a failure.
	run("b.wasm: does not compile", constant("a.js", "three"), constant("mnist/images", "digits"), bad)
	text, err := os.ReadFile(filepath.Join(dir, manifest))
	if err != nil {
		t.Fatal(err)
	}
	var listed map[string]entry
	if err := json.Unmarshal(text, &listed); err != nil {
		t.Fatal(err)
	}
	if listed["a.js"].Bytes != 5 || listed["mnist/images"].Bytes != 6 || len(listed) != 2 {
		t.Errorf("manifest %s", text)
	}

	// A file that went missing is made again, and one that is no asset any more goes.
	if err := os.Remove(filepath.Join(dir, "a.js.br")); err != nil {
		t.Fatal(err)
	}
	run("", constant("a.js", "three"))
	if got := unpacked(t, dir, "a.js"); got != "three" {
		t.Errorf("packed %q", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "mnist/images.br")); err == nil {
		t.Error("mnist/images is still there")
	}
}

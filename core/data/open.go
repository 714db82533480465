//go:build !js

package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Names are the data sets that Open knows by name.
var Names = []string{"shapes", "mnist"}

// Open returns the data set of a name, shapes or mnist (read from the given file system, which may be nil where there
// is none), or of a path: a folder of images or of idx files.
func Open(name string, mnist fs.FS) (*Dataset, error) {
	switch {
	case name == "shapes":
		return Shapes(0, 10000, 2000), nil
	case name == "mnist" && mnist == nil:
		return nil, errors.New("MNIST is not on board of this program; give the path of a folder that holds its four idx files")
	case name == "mnist":
		d, err := MNIST(mnist)
		if err != nil {
			return nil, fmt.Errorf("MNIST: %w", err)
		}
		return d, nil
	case name == "":
		return nil, fmt.Errorf("no data set is named; take %s or the path of a folder of images", strings.Join(Names, ", "))
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		if near := nearest(name, Names); near != "" {
			return nil, fmt.Errorf("there is no data set %q; did you mean %q?", name, near)
		}
		return nil, fmt.Errorf("there is no data set or folder %q; take %s or the path of a folder of images", name, strings.Join(Names, ", "))
	}
	if found, _ := filepath.Glob(filepath.Join(name, "train-images*")); len(found) > 0 {
		d, err := MNIST(os.DirFS(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		d.Name = filepath.Base(name)
		return d, nil
	}
	return Folder(name)
}

// nearest returns the one of names that is at most a third of its letters away from name, or "".
func nearest(name string, names []string) string {
	best, at := "", 1<<30
	for _, n := range names {
		if d := edits(strings.ToLower(name), n); d < at && d <= (len(n)+2)/3 {
			best, at = n, d
		}
	}
	return best
}

// edits counts the letters to insert, remove, replace or swap with their neighbour to turn a into b.
func edits(a, b string) int {
	older, old, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := range len(a) {
		now[0] = i + 1
		for j := range len(b) {
			d := old[j]
			if a[i] != b[j] {
				d = 1 + min(old[j], old[j+1], now[j])
				if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
					d = min(d, older[j-1]+1)
				}
			}
			now[j+1] = d
		}
		older, old, now = old, now, older
	}
	return old[len(b)]
}

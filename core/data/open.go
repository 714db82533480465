//go:build !js

package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pushpull/core/suggest"
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
		if near := suggest.Nearest(name, Names); near != "" {
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

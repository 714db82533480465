package data

import (
	"errors"
	"io/fs"
)

// Folder reads a folder of images.
func Folder(dir string) (*Dataset, error) { return nil, errors.New("not yet") }

// Open returns the data set of a name or path.
func Open(name string, mnist fs.FS) (*Dataset, error) {
	switch name {
	case "shapes":
		return Shapes(1, 8192, 2000), nil
	case "mnist":
		return MNIST(mnist)
	}
	return Folder(name)
}

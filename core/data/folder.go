//go:build !js

package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Folder reads a folder of images: train/CLASS/* and test/CLASS/* (or val, valid, validation), png, jpeg, gif or webp
// whatever their names end in. Without a test folder, or with class folders only, every fifth image of a class is held
// out. Images of other sizes than the commonest one are cut and resized to it; files that cannot be read are skipped.
func Folder(dir string) (*Dataset, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the folder %s: %w", dir, errors.Unwrap(err))
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; name the folder that holds the images as train/CLASS/… and test/CLASS/…", dir)
	}
	name, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	d, err := FolderFS(os.DirFS(dir), filepath.Base(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return d, nil
}

// FolderFS is Folder for any file system, such as an open zip file.
func FolderFS(fsys fs.FS, name string) (*Dataset, error) {
	d := &Dataset{Name: name}
	top, err := folders(fsys, ".")
	if err != nil {
		return nil, err
	}
	var train, test []file
	var classes []string
	hasTrain := slices.Contains(top, "train")
	if hasTrain {
		train, classes, err = d.listClasses(fsys, "train", nil)
	} else {
		if len(top) == 0 {
			return nil, errors.New("has no folders; put the images into train/CLASS/… and test/CLASS/…")
		}
		train, classes, err = d.listClasses(fsys, ".", nil)
	}
	if err != nil {
		return nil, err
	}
	held := slices.IndexFunc([]string{"test", "val", "valid", "validation"}, func(s string) bool {
		return hasTrain && slices.Contains(top, s)
	})
	if held >= 0 {
		from := []string{"test", "val", "valid", "validation"}[held]
		if test, _, err = d.listClasses(fsys, from, classes); err != nil {
			return nil, err
		}
		if len(test) == 0 {
			return nil, fmt.Errorf("%s holds no images; fill it, or remove it so that a fifth of train is held out", from)
		}
	} else {
		train, test = split(train)
		d.Notes = append(d.Notes, fmt.Sprintf("No test folder: every fifth image of each class is held out (%d of %d).",
			len(test), len(train)+len(test)))
	}
	if len(classes) < 2 {
		return nil, fmt.Errorf("holds one class only, %q; to learn and to evaluate takes two or more class folders", classes[0])
	}
	if d.Train, d.Test, err = d.load(fsys, train, test); err != nil {
		return nil, err
	}
	d.Train.Classes, d.Test.Classes = classes, classes
	d.normalise()
	return d, nil
}

// file is an image file and its class.
type file struct {
	path  string
	class int32
}

// listClasses returns the image files below root, whose folders are the classes, in the order of their names. Where
// classes are known already, no others may occur.
func (d *Dataset) listClasses(fsys fs.FS, root string, known []string) (files []file, classes []string, err error) {
	names, err := folders(fsys, root)
	if err != nil {
		return nil, nil, err
	}
	classes = known
	for _, name := range names {
		var found []string
		err := fs.WalkDir(fsys, path.Join(root, name), func(p string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case strings.HasPrefix(e.Name(), "."): // made by the system, as .DS_Store
				if e.IsDir() {
					return fs.SkipDir
				}
			case !e.IsDir():
				found = append(found, p)
			}
			return nil
		})
		if err != nil {
			return nil, nil, fmt.Errorf("cannot list %s: %w", path.Join(root, name), err)
		}
		if len(found) == 0 {
			continue
		}
		class := slices.Index(classes, name)
		if class < 0 {
			if known != nil {
				return nil, nil, fmt.Errorf("%s is no class of the training images; those are %s", path.Join(root, name), list(known))
			}
			class = len(classes)
			classes = append(classes, name)
		}
		for _, p := range found {
			files = append(files, file{p, int32(class)})
		}
	}
	if known == nil && len(files) == 0 {
		if root == "." {
			return nil, nil, errors.New("holds no images; put them into train/CLASS/… and test/CLASS/…")
		}
		return nil, nil, fmt.Errorf("%s holds no images in class folders; put them into %s/CLASS/…", root, root)
	}
	return files, classes, nil
}

// folders returns the names of the folders in dir, sorted, without the hidden ones.
func folders(fsys fs.FS, dir string) (names []string, err error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list %s: %w", dir, err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := fs.Stat(fsys, path.Join(dir, e.Name())) // follows links
		if err == nil && info.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// split holds out every fifth file of each class, and one of a class that has two to four.
func split(files []file) (train, test []file) {
	for len(files) > 0 {
		n := 1
		for n < len(files) && files[n].class == files[0].class {
			n++
		}
		for i, f := range files[:n] {
			if n > 1 && i%5 == min(n, 5)-1 {
				test = append(test, f)
			} else {
				train = append(train, f)
			}
		}
		files = files[n:]
	}
	return train, test
}

// list names a few things in a sentence.
func list(names []string) string {
	if len(names) > 8 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:7], ", "), len(names)-7)
	}
	return strings.Join(names, ", ")
}

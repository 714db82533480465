//go:build !js

package data

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"pushpull/core/suggest"
)

// Names are the data sets that Open knows by name, besides those that can be downloaded.
var Names = []string{"shapes", "mnist"}

// readMemory is how much memory reading takes before garbage is collected more often than else, in bytes. Names of millions
// of files stay alive while each of them leaves some garbage.
const readMemory = 400 << 20

// Open returns the data set of a name, shapes, mnist (read from the given file system, which may be nil where there is
// none) or a downloaded one; or of a path: a folder or an archive of what Read knows, or such a file itself.
func Open(name string, mnist fs.FS, o Options) (*Dataset, error) {
	if before := debug.SetMemoryLimit(-1); before == math.MaxInt64 { // the user has set none
		debug.SetMemoryLimit(readMemory)
		defer debug.SetMemoryLimit(before)
	}
	switch {
	case name == "shapes":
		return Shapes(0, ShapesTrain, ShapesTest), nil
	case name == "mnist" && mnist == nil:
		return nil, errors.New("MNIST is not on board of this program; give the path of a folder that holds its four idx files")
	case name == "mnist":
		f, err := FilesOf(mnist)
		if err == nil {
			var d *Dataset
			if d, err = idxSet(f, name, o); err == nil {
				return d, nil
			}
		}
		return nil, fmt.Errorf("MNIST: %w", err)
	case name == "":
		return nil, fmt.Errorf("no data set is named; take %s or the path of a folder of images", strings.Join(Names, ", "))
	}
	path, title := name, ""
	if s, ok := Downloadable(name); ok {
		dir, err := s.Dir(o.Cache)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("%s is not here yet: `pushpull data get %s` downloads %d MB", name, name, s.Bytes()>>20)
		}
		path, title = dir, name
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		known := slices.Concat(Names, downloadableNames())
		if near := suggest.Nearest(name, known); near != "" {
			return nil, fmt.Errorf("there is no data set %q; did you mean %q?", name, near)
		}
		return nil, fmt.Errorf("there is no data set or file %q; take %s, or the path of a folder or an archive of images", name, strings.Join(known, ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, bare(err))
	}
	if title == "" {
		whole, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		title = filepath.Base(whole)
	}
	d, err := openPath(path, info, title, o)
	if err != nil && !strings.HasPrefix(err.Error(), name+" ") {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return d, err
}

// openPath reads a folder or a file.
func openPath(path string, info fs.FileInfo, title string, o Options) (*Dataset, error) {
	if info.IsDir() {
		f, err := FilesOf(os.DirFS(path))
		if err != nil {
			return nil, err
		}
		if len(f.Names) == 1 { // an archive that lies alone in a folder
			if d, err := openArchive(filepath.Join(path, filepath.FromSlash(f.Names[0])), title, o); d != nil || err != nil {
				return d, err
			}
		}
		return Read(f, title, o)
	}
	d, err := openArchive(path, title, o)
	if d != nil || err != nil {
		return d, err
	}
	dir, base := filepath.Split(path)
	if hidden(base) {
		return nil, errors.New("is hidden by its name, so it is not read; rename it so that no dot comes first")
	}
	folder := os.DirFS(filepath.Clean(dir))
	f, err := FilesOf(oneFile{folder, base})
	if err != nil {
		return nil, err
	}
	if isTable(base) {
		pixels, err := f.pixelTables([]int{0})
		if err == nil && len(pixels) == 0 { // it names images below its folder, which may hold much else
			f, err = FilesOf(folder)
		}
		if err != nil {
			return nil, err
		}
		return readTables(f, []int{f.find(base)}, title, o)
	}
	switch strings.ToLower(filepath.Ext(base)) {
	case ".npy", ".parquet":
		return Read(f, title, o)
	}
	if len(f.Names) == 1 {
		if _, err := f.header(0); err == nil {
			return nil, errors.New("is one image; name a folder or an archive of many")
		}
	}
	return nil, fmt.Errorf("is a file of no kind that is known; looked for %s", forms)
}

// openArchive reads a file that is an archive. It returns neither a set nor an error where the file is none.
func openArchive(path, title string, o Options) (*Dataset, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = plainFile(info)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be opened: %w", bare(err))
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot be opened: %w", bare(err))
	}
	defer in.Close()
	if info.Size() == 0 {
		return nil, errors.New("is empty")
	}
	f, err := o.Unpack(path, in, info.Size())
	if f == nil || err != nil {
		return nil, err
	}
	for _, ending := range []string{".gz", ".tgz", ".zip", ".npz", ".tar"} {
		title = strings.TrimSuffix(title, ending)
	}
	return Read(f, title, o)
}

// oneFile is a folder of which one file is seen.
type oneFile struct {
	fs.FS
	name string
}

func (o oneFile) ReadDir(string) ([]fs.DirEntry, error) {
	info, err := fs.Stat(o.FS, o.name)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, nil
}

package data

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Options say how a data set is made. The zero value serves.
type Options struct {
	Memory int64  // bytes of pixels that are kept in memory, more go to a file; 0 for 256 MB
	Cache  string // folder for that file and for downloads; "" for pushpull in the user's folder for caches
	Side   int    // pixels, of the squares that image files are made; 0 for the commonest size among them

	// Progress hears how many of the image files are decoded, from any goroutine; nil for nobody.
	Progress func(done, total int)
	// Decode writes an image file to dst [h, w, c] where Go's decoders are not built in: in the browser.
	Decode func(file []byte, h, w, c int, dst []uint8) error
}

// Read makes out what files are and reads them: idx files, batches of CIFAR, STL-10, NumPy's arrays, parquet (natively), a
// table of images or of pixels, or images in folders or tar shards.
func Read(f *Files, name string, o Options) (*Dataset, error) {
	all := f
	f, err := f.withShards()
	if err != nil {
		return nil, err
	}
	shards := f != all
	has := func(match func(base string) bool) bool {
		return slices.ContainsFunc(f.Names, func(n string) bool { return match(path.Base(n)) })
	}
	ends := func(ending string) func(string) bool {
		return func(base string) bool { return strings.EqualFold(path.Ext(base), ending) }
	}
	var read func(f *Files, name string, o Options) (*Dataset, error)
	switch {
	case len(f.Names) == 0:
		return nil, errors.New("holds no files")
	case has(func(base string) bool { return strings.Contains(base, "-ubyte") }):
		read = idxSet
	case f.base("train_X.bin") >= 0:
		read = stl
	case has(func(base string) bool { return cifarPart(base) != unknown }):
		read = cifar
	case has(func(base string) bool { return base == "data_batch_1" }):
		return nil, errors.New("holds CIFAR in its version for Python; `pushpull data get cifar10` (or cifar100) gets the binary one")
	case has(ends(".npy")):
		read = numpy
	case has(ends(".parquet")):
		read = parquetSet
	case shards:
		read = readImages
	default:
		return readImages(f, name, o)
	}
	d, err := read(f, name, o)
	if err != nil {
		return nil, err
	}
	if d.Digest == 0 {
		d.identify()
	}
	d.tellBeside(all.Names, shards)
	return d, nil
}

// tellBeside notes which files hold images, too, where the set is made of files of another form.
func (d *Dataset) tellBeside(names []string, shards bool) {
	var beside []string
	for _, n := range names {
		switch ext := strings.ToLower(path.Ext(n)); {
		case ext == ".zip" || ext == ".tgz" || ext == ".npz" || strings.HasSuffix(strings.ToLower(n), ".tar.gz"):
			d.Notes = append(d.Notes, fmt.Sprintf("%s beside these files is not read; name it to learn from it.", n))
		case slices.Contains(imageEndings, ext), shards && (isTable(n) || ext == ".npy" || ext == ".parquet" || strings.Contains(n, "-ubyte")):
			beside = append(beside, n)
		}
	}
	if len(beside) > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("%s files beside those that were read are left out, such as %s; to learn from them give them a folder of their own.", Count(len(beside)), beside[0]))
	}
}

// imageEndings are those of the names of image files.
var imageEndings = []string{".png", ".jpg", ".jpeg", ".gif", ".webp"}

// readImages reads tables, or image files in folders.
func readImages(f *Files, name string, o Options) (*Dataset, error) {
	if tables := f.tables(); len(tables) > 0 {
		d, err := readTables(f, tables, name, o)
		if err == nil && d.Sizes == nil { // tables of pixels
			d.tellBeside(f.Names, false)
		}
		return d, err
	}
	l, err := folder(f)
	if err != nil {
		return nil, err
	}
	return l.dataset(name, o)
}

// readTables reads the pixels that tables hold, or the image files that they name.
func readTables(f *Files, tables []int, name string, o Options) (*Dataset, error) {
	pixels, err := f.pixelTables(tables)
	if err != nil {
		return nil, err
	}
	if len(pixels) > 0 {
		d, err := pixelSet(pixels, name, o)
		if err != nil {
			return nil, err
		}
		d.identify()
		for _, i := range tables {
			if !slices.ContainsFunc(pixels, func(t *pixelTable) bool { return t.number == i }) {
				d.Notes = append(d.Notes, f.Names[i]+" is not read: its columns are no pixels of a square.")
			}
		}
		return d, nil
	}
	l, err := table(f, tables)
	if err != nil {
		return nil, err
	}
	return l.dataset(name, o)
}

// forms are what Read knows, for people.
const forms = "images (png, jpeg, gif, webp) in folders, zip or tar, with or without a table (csv, tsv); a table of pixels, in columns of their own or as FER2013 has them; idx files; " +
	"batches of CIFAR or STL-10 in their binary version; .npy and .npz; and parquet files of images"

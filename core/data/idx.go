package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// idxSet reads the four idx files of MNIST, or of a set in the same form such as Fashion-MNIST: images and labels, train- and
// t10k- (or test-), each plain, gzipped (.gz) or, natively, in brotli (.br).
func idxSet(f *Files, name string) (*Dataset, error) {
	d := &Dataset{Name: name}
	var err error
	if d.Train, err = f.idxPair("train-"); err != nil {
		return nil, err
	}
	if d.Test, err = f.idxPair("t10k-", "test-"); err != nil {
		return nil, err
	}
	if a, b := d.Train, d.Test; a.H != b.H || a.W != b.W || a.C != b.C {
		return nil, fmt.Errorf("training images are %dx%dx%d but test images %dx%dx%d; both must come from the same set",
			a.H, a.W, a.C, b.H, b.W, b.C)
	}
	classes := int(max(slices.Max(d.Train.Labels), slices.Max(d.Test.Labels))) + 1
	for i := range classes {
		d.Train.Classes = append(d.Train.Classes, strconv.Itoa(i))
	}
	d.Test.Classes = d.Train.Classes
	d.normalise()
	return d, nil
}

// idxPair reads the images and labels whose names start with one of the prefixes.
func (f *Files) idxPair(prefixes ...string) (*Set, error) {
	imagesName, images, err := f.named("images-idx3-ubyte", prefixes)
	if err != nil {
		return nil, err
	}
	s, err := idxImages(images)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", imagesName, err)
	}
	labelsName, labels, err := f.named("labels-idx1-ubyte", prefixes)
	if err != nil {
		return nil, err
	}
	dims, values, err := ParseIDX(labels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", labelsName, err)
	}
	if len(dims) != 1 {
		return nil, fmt.Errorf("%s: has %d dimensions where labels have 1; is it a file of images?", labelsName, len(dims))
	}
	if dims[0] != s.Len() {
		return nil, fmt.Errorf("%s holds %d images but %s holds %d labels; get both from the same set", imagesName, s.Len(),
			labelsName, dims[0])
	}
	s.Labels = make([]int32, len(values))
	for i, v := range values {
		s.Labels[i] = int32(v)
	}
	return s, nil
}

// idxImages makes an unlabelled set of an idx file of images [n, h, w] or [n, h, w, c].
func idxImages(file []byte) (*Set, error) {
	dims, pixels, err := ParseIDX(file)
	if err != nil {
		return nil, err
	}
	if len(dims) == 3 {
		dims = append(dims, 1)
	}
	if len(dims) != 4 || dims[3] != 1 && dims[3] != 3 {
		return nil, fmt.Errorf("has the shape %v where images have [n, height, width], or that and 1 or 3 channels; is it a file of labels?", dims)
	}
	if len(pixels) == 0 {
		return nil, fmt.Errorf("holds no images: its shape is %v", dims)
	}
	return &Set{H: dims[1], W: dims[2], C: dims[3], Pixels: pixels}, nil
}

// ParseIDX returns the shape and the values of an idx file of bytes: two zeros, the type 8, the number of dimensions, each
// dimension in 4 bytes with the highest first, then the values. The values are part of file, not a copy.
func ParseIDX(file []byte) (dims []int, values []byte, err error) {
	if len(file) < 4 {
		return nil, nil, fmt.Errorf("is truncated: %d bytes are no idx file; get it again", len(file))
	}
	if file[0] != 0 || file[1] != 0 || file[2] != 8 || file[3] == 0 || file[3] > 4 {
		return nil, nil, fmt.Errorf("starts with % x where an idx file of bytes has 00 00 08 and 1 to 4 dimensions; it is another kind of file", file[:4])
	}
	n := int(file[3])
	if len(file) < 4+4*n {
		return nil, nil, fmt.Errorf("is truncated within its header of %d bytes; get it again", 4+4*n)
	}
	size := uint64(1)
	for i := range n {
		b := file[4+4*i:]
		dim := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
		size *= dim
		if size > maxFile {
			return nil, nil, fmt.Errorf("claims more than %d bytes of values, the most that is read", maxFile)
		}
		dims = append(dims, int(dim))
	}
	values = file[4+4*n:]
	switch have := uint64(len(values)); {
	case have < size:
		return nil, nil, fmt.Errorf("is truncated: %d of the %d bytes that the shape %v needs; get it again", have, size, dims)
	case have > size:
		return nil, nil, fmt.Errorf("has %d bytes after the %d that the shape %v needs; get it again", have-size, size, dims)
	}
	return dims, values, nil
}

// unpackers open compressed files by the ending of their name. Where the browser has unpacked them already, brotli is
// left out to keep the program small.
var unpackers = map[string]func(io.Reader) (io.Reader, error){
	".gz": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
}

// named returns the name and the unpacked content of the file that is called prefix + name with one of the prefixes, with
// or without the ending of a compression. The dots of name may be dashes, since both are in use.
func (f *Files) named(name string, prefixes []string) (string, []byte, error) {
	for i, full := range f.Names {
		base := strings.ReplaceAll(path.Base(full), ".idx", "-idx")
		unpack, packed := unpackers[path.Ext(base)]
		if packed {
			base = strings.TrimSuffix(base, path.Ext(base))
		}
		for _, p := range prefixes {
			if base != p+name {
				continue
			}
			content, err := f.read(i, maxFile)
			if err == nil && packed {
				content, err = unpackAll(content, unpack)
			}
			if err != nil {
				return "", nil, fmt.Errorf("%s: %w", full, err)
			}
			return full, content, nil
		}
	}
	return "", nil, fmt.Errorf("there is no file %s%s, plain, .gz or .br; put the four files of MNIST into one folder", prefixes[0], name)
}

func unpackAll(content []byte, unpack func(io.Reader) (io.Reader, error)) ([]byte, error) {
	r, err := unpack(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("cannot be unpacked (%w); get it again", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("is truncated: the compressed data ends too early; get it again")
	case err != nil:
		return nil, fmt.Errorf("cannot be unpacked (%w); get it again", err)
	case len(plain) > maxFile:
		return nil, fmt.Errorf("unpacks to more than %d bytes, the most that is read", maxFile)
	}
	return plain, nil
}

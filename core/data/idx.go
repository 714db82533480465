package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// MNISTFiles are the files of MNIST, as Read takes them.
var MNISTFiles = []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}

// idxSet reads idx files of images and labels, as those of MNIST: train-images-idx3-ubyte, train-labels-idx1-ubyte and the
// same with t10k- or test-, each plain, gzipped (.gz) or, natively, in brotli (.br). Of a set with one part a fifth is held out.
func idxSet(f *Files, name string, o Options) (*Dataset, error) {
	parts, err := f.idxParts()
	if err != nil {
		return nil, err
	}
	sets, labelled := [2]*Set{}, false
	for i, p := range parts {
		if p.images >= 0 {
			if sets[i], err = f.idxPair(p); err != nil {
				return nil, err
			}
			labelled = labelled || p.labels >= 0
		}
	}
	for i, p := range parts {
		if sets[i] != nil && p.labels < 0 && labelled {
			return nil, fmt.Errorf("there is no file %slabels-idx1-ubyte, plain, .gz or .br, beside %s; put it there, or take both files of labels away to learn without",
				p.prefix, f.Names[p.images])
		}
	}
	d := &Dataset{Name: name, Train: sets[0], Test: sets[1]}
	var labels []*[]int32
	for _, s := range sets {
		if s != nil {
			labels = append(labels, &s.Labels)
		}
	}
	names, note := numberClasses(labels...)
	switch a, b := sets[0], sets[1]; {
	case a == nil || b == nil:
		all, have := a, 0
		if a == nil {
			all, have = b, 1
		}
		if d, err = o.dataset(name, names, all.rows(), nil); err != nil {
			return nil, err
		}
		if have == 1 {
			d.Notes = append(d.Notes, "Only the files of MNIST's test part are here, "+parts[1].prefix+"…, so it learns from those.")
		}
	case a.H != b.H || a.W != b.W || a.C != b.C:
		return nil, fmt.Errorf("training images are %dx%dx%d but test images %dx%dx%d; both must come from the same set",
			a.H, a.W, a.C, b.H, b.W, b.C)
	default:
		a.Classes, b.Classes = names, names
		d.normalise()
	}
	if !labelled {
		note = "No file of labels is given (labels-idx1-ubyte, in a folder with the images), so the images count as unlabelled."
	}
	if note != "" {
		d.Notes = append(d.Notes, note)
	}
	return d, nil
}

// idxPart is what the files of one part of a set are: their names' beginning, and their numbers, -1 for none.
type idxPart struct {
	prefix         string
	images, labels int
}

// idxParts finds the idx files to learn from and those to test on.
func (f *Files) idxParts() (parts [2]idxPart, err error) {
	for i := range parts {
		parts[i] = idxPart{images: -1, labels: -1}
	}
	for i, full := range f.Names {
		base := strings.ReplaceAll(path.Base(full), ".idx", "-idx") // both are in use
		if _, packed := unpackers[path.Ext(base)]; packed {
			base = strings.TrimSuffix(base, path.Ext(base))
		}
		at, ofImages := strings.LastIndex(base, "images-idx"), true
		if at < 0 {
			at, ofImages = strings.LastIndex(base, "labels-idx"), false
		}
		if at < 0 || !strings.HasSuffix(base, "-ubyte") {
			continue
		}
		p := &parts[0]
		if prefix := base[:at]; partWithin(prefix) >= toTest || strings.Contains(prefix, "t10k") {
			p = &parts[1]
		}
		if p.images+p.labels > -2 && p.prefix != base[:at] {
			return parts, fmt.Errorf("holds files of two sets, %s… and %s…; give each a folder of its own", p.prefix, base[:at])
		}
		p.prefix = base[:at]
		to := &p.labels
		if ofImages {
			to = &p.images
		}
		if *to < 0 { // else it is the same, packed
			*to = i
		}
	}
	for _, p := range parts {
		if p.images < 0 && p.labels >= 0 {
			return parts, fmt.Errorf("there is no file %simages-idx3-ubyte, plain, .gz or .br, for the labels in %s; put it beside them", p.prefix, f.Names[p.labels])
		}
	}
	if parts[0].images < 0 && parts[1].images < 0 {
		return parts, errors.New("has no idx file of images, such as train-images-idx3-ubyte; put the four files of MNIST into one folder")
	}
	return parts, nil
}

// idxPair reads the images of a part and its labels, if there are any.
func (f *Files) idxPair(p idxPart) (*Set, error) {
	images, err := f.unpacked(p.images)
	if err != nil {
		return nil, err
	}
	s, err := idxImages(images)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Names[p.images], err)
	}
	if p.labels < 0 {
		return s, nil
	}
	labels, err := f.unpacked(p.labels)
	if err != nil {
		return nil, err
	}
	dims, values, err := parseIDX(labels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Names[p.labels], err)
	}
	if len(dims) != 1 {
		return nil, fmt.Errorf("%s: has %d dimensions where labels have 1; is it a file of images?", f.Names[p.labels], len(dims))
	}
	if dims[0] != s.Len() {
		return nil, fmt.Errorf("%s holds %d images but %s holds %d labels; get both from the same set", f.Names[p.images], s.Len(),
			f.Names[p.labels], dims[0])
	}
	s.Labels = make([]int32, len(values))
	for i, v := range values {
		s.Labels[i] = int32(v)
	}
	return s, nil
}

// rows returns the images of a set in memory, one after another.
func (s *Set) rows() *rows {
	at, size := 0, s.H*s.W*s.C
	return &rows{n: s.Len(), h: s.H, w: s.W, c: s.C, labels: s.Labels, read: func(dst []uint8) error {
		copy(dst, s.Pixels[at*size:(at+1)*size])
		at++
		return nil
	}}
}

// idxImages makes an unlabelled set of an idx file of images [n, h, w] or [n, h, w, c].
func idxImages(file []byte) (*Set, error) {
	dims, pixels, err := parseIDX(file)
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

// parseIDX returns the shape and the values of an idx file of bytes: two zeros, the type 8, the number of dimensions, each
// dimension in 4 bytes with the highest first, then the values. The values are part of file, not a copy.
func parseIDX(file []byte) (dims []int, values []byte, err error) {
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

// unpacked returns the content of a file, unpacked if the ending of its name says so.
func (f *Files) unpacked(i int) ([]byte, error) {
	content, err := f.read(i, maxFile)
	if unpack, packed := unpackers[path.Ext(f.Names[i])]; packed && err == nil {
		content, err = unpackAll(content, unpack)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Names[i], err)
	}
	return content, nil
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

package data

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// array is a .npy file as its header describes it, its values yet to be read.
type array struct {
	name  string
	kind  string // "u1", "i4", "f4" and so on
	big   bool   // the highest byte comes first
	shape []int
	in    *bufio.Reader
	close func() error
}

// maxHeader is the most bytes of the description of a .npy file.
const maxHeader = 1 << 16

// parseNPY reads the header of a .npy file.
func parseNPY(in *bufio.Reader) (*array, error) {
	start := make([]byte, 10)
	if _, err := io.ReadFull(in, start); err != nil {
		return nil, errTruncated
	}
	if string(start[:6]) != "\x93NUMPY" {
		return nil, fmt.Errorf("starts with % x where a .npy file has 93 4e 55 4d 50 59; it is another kind of file", start[:6])
	}
	n := int(binary.LittleEndian.Uint16(start[8:]))
	if start[6] >= 2 { // the length has four bytes
		more := make([]byte, 2)
		if _, err := io.ReadFull(in, more); err != nil {
			return nil, errTruncated
		}
		n |= int(binary.LittleEndian.Uint16(more)) << 16
	}
	if n > maxHeader {
		return nil, fmt.Errorf("claims a description of %d bytes, more than %d", n, maxHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		return nil, errTruncated
	}
	descr, order, shape := field(text, "'descr'", "'", "'"), field(text, "'fortran_order'", "", ","), field(text, "'shape'", "(", ")")
	if len(descr) != 3 || !strings.Contains("<>|=", descr[:1]) || descr[2] < '1' || descr[2] > '8' || order == "" {
		return nil, errors.New("holds no plain array of numbers")
	}
	if order == "True" {
		return nil, errors.New("is in Fortran's order; save numpy.ascontiguousarray of it")
	}
	a := &array{kind: descr[1:], big: descr[0] == '>', in: in}
	values := int64(1)
	for size := range strings.SplitSeq(shape, ",") {
		if size = strings.TrimSpace(size); size == "" {
			continue
		}
		n, err := strconv.Atoi(size)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("has %q where the numbers of its shape stand", size)
		}
		if n > 0 && values > 1<<40/int64(n) {
			return nil, fmt.Errorf("has the shape (%s), which is more than is read", strings.Join(strings.Fields(shape), " "))
		}
		values *= int64(n)
		a.shape = append(a.shape, n)
	}
	return a, nil
}

// field returns what a header, which is a Python dictionary, has between two marks after a key; "" where it has no such key.
func field(header []byte, key, from, to string) string {
	_, rest, ok := strings.Cut(string(header), key)
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, " :")
	if !strings.HasPrefix(rest, from) {
		return ""
	}
	value, _, ok := strings.Cut(rest[len(from):], to)
	if !ok {
		return ""
	}
	return strings.TrimSpace(value)
}

// npy opens a .npy file.
func (f *Files) npy(i int) (*array, error) {
	r, err := f.open(i)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened: %w", f.Names[i], bare(err))
	}
	a, err := parseNPY(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("%s %w", f.Names[i], err)
	}
	a.name, a.close = f.Names[i], r.Close
	size, err := f.size(i)
	if err == nil && size < a.bytes() {
		err = fmt.Errorf("is truncated: it has %d bytes where the shape %v needs %d; get it again", size, a.shape, a.bytes())
	}
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("%s %w", a.name, bare(err))
	}
	return a, nil
}

// bytes returns the number of bytes of the values.
func (a *array) bytes() int64 {
	n := int64(a.kind[1] - '0')
	for _, size := range a.shape {
		n *= int64(size)
	}
	return n
}

// numpy reads images [n, h, w] or [n, h, w, c], bytes, numbers from 0 to 1 or truth values, and labels [n] from .npy files,
// or from the arrays of an .npz.
func numpy(f *Files, name string, o Options) (*Dataset, error) {
	images, labels, notes, err := f.arrays()
	defer func() {
		for _, a := range slices.Concat(images[:], labels[:]) {
			if a != nil {
				a.close()
			}
		}
	}()
	if err != nil {
		return nil, err
	}
	if images[0] == nil {
		return nil, errors.New("has no array of images, [n, h, w] or [n, h, w, c]")
	}
	if labels[0] != nil && images[1] != nil && labels[1] == nil { // as of a competition
		notes = append(notes, images[1].name+" has no labels, so it is not used.")
		images[1].close()
		images[1] = nil
	}
	train, err := images[0].images(labels[0])
	if err != nil {
		return nil, err
	}
	var held *rows
	if images[1] != nil {
		if held, err = images[1].images(labels[1]); err != nil {
			return nil, err
		}
	}
	parts := []*[]int32{&train.labels}
	if held != nil {
		parts = append(parts, &held.labels)
	}
	classes, note := numberClasses(parts...)
	if note != "" {
		notes = append(notes, note)
	}
	d, err := o.dataset(name, classes, train, held)
	if err == nil {
		d.Notes = append(d.Notes, notes...)
	}
	return d, err
}

// arrays opens the .npy files, of each kind one to learn from and one to test on, nil where there is none. What holds images
// and what labels is told by shapes; what to test on by the names. What it has opened is the caller's to close, also with an
// error.
func (f *Files) arrays() (images, labels [2]*array, notes []string, err error) {
	isArray := func(name string) bool { return strings.EqualFold(path.Ext(name), ".npy") }
	test := testPart(f.Names, func(name string) int8 {
		if !isArray(name) {
			return unknown
		}
		return partWithin(path.Base(name))
	})
	for i, n := range f.Names {
		if !isArray(n) {
			continue
		}
		part, of := 0, partWithin(path.Base(n))
		if of >= toTest && of != test {
			notes = append(notes, n+" is not used: the set has other arrays to test on.")
			continue
		}
		if of >= toTest {
			part = 1
		}
		a, err := f.npy(i)
		if err != nil {
			return images, labels, nil, err
		}
		to := &images[part]
		if len(a.shape) == 1 || len(a.shape) == 2 && a.shape[1] == 1 {
			to = &labels[part]
		} else if len(a.shape) != 3 && len(a.shape) != 4 {
			a.close()
			return images, labels, nil, fmt.Errorf("%s has the shape %v, where images have [n, h, w] or [n, h, w, c] and labels [n]%s", n, a.shape, a.remedy())
		}
		if *to != nil {
			a.close()
			return images, labels, nil, fmt.Errorf("holds both %s and %s; one array of images and one of labels is what it takes, and the same with test in their names", (*to).name, n)
		}
		*to = a
	}
	return images, labels, notes, nil
}

// remedy tells how to make values that are no images into some.
func (a *array) remedy() string {
	switch s := a.shape; {
	case len(s) == 4 && (s[1] == 1 || s[1] == 3):
		return "; channels seem to come first: save numpy.moveaxis(x, 1, -1)"
	case len(s) == 4 && s[3] == 4:
		return "; leave out transparency: save x[..., :3]"
	case len(s) == 2:
		return "; give rows of pixels their height and width: save x.reshape(-1, height, width)"
	}
	return ""
}

// maxClasses is the most classes that labels may number.
const maxClasses = 1 << 16

// images returns the array's images, with labels unless they are nil.
func (a *array) images(labels *array) (*rows, error) {
	r := &rows{n: a.shape[0], h: a.shape[1], w: a.shape[2], c: 1}
	if len(a.shape) == 4 {
		r.c = a.shape[3]
	}
	switch {
	case r.c != 1 && r.c != 3:
		return nil, fmt.Errorf("%s has the shape %v; images are [n, h, w], or [n, h, w, c] with 1 or 3 channels at the end%s", a.name, a.shape, a.remedy())
	case r.n == 0 || r.h == 0 || r.w == 0:
		return nil, fmt.Errorf("%s holds no images: its shape is %v", a.name, a.shape)
	case r.h > 1024 || r.w > 1024:
		return nil, fmt.Errorf("%s holds images of %dx%d; a side has at most 1024 pixels", a.name, r.w, r.h)
	case r.n > 1<<30:
		return nil, fmt.Errorf("%s holds %d images, more than are handled", a.name, r.n)
	}
	var err error
	if r.read, err = a.reader(r.h * r.w * r.c); err != nil {
		return nil, err
	}
	if labels == nil {
		return r, nil
	}
	if labels.shape[0] != r.n {
		return nil, fmt.Errorf("%s holds %d images but %s holds %d labels", a.name, r.n, labels.name, labels.shape[0])
	}
	r.labels, err = labels.whole()
	return r, err
}

// reader returns what reads the next image, of size values, as bytes.
func (a *array) reader(size int) (func(dst []uint8) error, error) {
	switch a.kind {
	case "u1":
		return func(dst []uint8) error {
			_, err := io.ReadFull(a.in, dst)
			return err
		}, nil
	case "b1": // black and white
		return func(dst []uint8) error {
			_, err := io.ReadFull(a.in, dst)
			for i, v := range dst {
				dst[i] = 255 * min(v, 1)
			}
			return err
		}, nil
	case "f4", "f8":
		width := int(a.kind[1] - '0')
		raw, at := make([]byte, size*width), 0
		return func(dst []uint8) error {
			if _, err := io.ReadFull(a.in, raw); err != nil {
				return err
			}
			for i := range dst {
				v := a.float(raw[i*width:], width)
				if !(v >= 0 && v <= 1) {
					return fmt.Errorf("%s has the value %g in image %d, where numbers of that kind go from 0 to 1; scale them, or save bytes", a.name, v, at)
				}
				dst[i] = uint8(v*255 + 0.5)
			}
			at++
			return nil
		}, nil
	}
	return nil, fmt.Errorf("%s has values of the kind %s, where images are bytes (u1), truth values (b1) or numbers from 0 to 1 (f4, f8); save x.astype(numpy.uint8) of values from 0 to 255", a.name, a.kind)
}

// order is the order of bytes of a number.
func (a *array) order() binary.ByteOrder {
	if a.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

func (a *array) float(b []byte, width int) float64 {
	if width == 4 {
		return float64(math.Float32frombits(a.order().Uint32(b)))
	}
	return math.Float64frombits(a.order().Uint64(b))
}

// whole reads labels: whole numbers from 0.
func (a *array) whole() ([]int32, error) {
	width := map[string]int{"u1": 1, "i1": 1, "b1": 1, "u2": 2, "i2": 2, "u4": 4, "i4": 4, "u8": 8, "i8": 8}[a.kind]
	if width == 0 {
		return nil, fmt.Errorf("%s has values of the kind %s, where labels are whole numbers", a.name, a.kind)
	}
	var labels []int32 // grows as it is read: the shape may claim too much
	raw := make([]byte, 8)
	for i := range a.shape[0] {
		if _, err := io.ReadFull(a.in, raw[:width]); err != nil {
			return nil, fmt.Errorf("%s is truncated: %d of %d labels are there", a.name, i, a.shape[0])
		}
		var v uint64
		for k := range width {
			at := k
			if !a.big {
				at = width - 1 - k
			}
			v = v<<8 | uint64(raw[at])
		}
		if a.kind[0] == 'i' && signed(v, width) < 0 {
			return nil, fmt.Errorf("%s has the label %d for image %d; labels number classes from 0", a.name, signed(v, width), i)
		}
		if v >= maxClasses {
			return nil, fmt.Errorf("%s has the label %d for image %d; there are at most %d classes, numbered from 0", a.name, v, i, maxClasses)
		}
		labels = append(labels, int32(v))
	}
	return labels, nil
}

// signed reads the bits of a whole number as negative ones are written.
func signed(v uint64, width int) int64 {
	shift := 64 - 8*width
	return int64(v<<shift) >> shift
}

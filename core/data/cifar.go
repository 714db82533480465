package data

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// base returns the number of the first file whose name without its folder is this, -1 if there is none.
func (f *Files) base(name string) int {
	return slices.IndexFunc(f.Names, func(n string) bool { return path.Base(n) == name })
}

// cifar reads CIFAR-10 or CIFAR-100 in their binary version: data_batch_1.bin to 5 and test_batch.bin, or train.bin and
// test.bin. A record is one label, or a coarse and a fine one of which the fine one counts, then 32x32 pixels of red,
// those of green and those of blue.
func cifar(f *Files, name string, o Options) (*Dataset, error) {
	var train []int
	for i, n := range f.Names {
		if base := path.Base(n); strings.HasPrefix(base, "data_batch_") && strings.HasSuffix(base, ".bin") || base == "train.bin" {
			train = append(train, i)
		}
	}
	labelBytes, names := 1, "batches.meta.txt"
	if f.base("train.bin") >= 0 || f.base("test.bin") >= 0 {
		labelBytes, names = 2, "fine_label_names.txt"
	}
	var test []int
	for _, base := range []string{"test_batch.bin", "test.bin"} {
		if i := f.base(base); i >= 0 {
			test = append(test, i)
		}
	}
	if len(train) == 0 {
		return nil, fmt.Errorf("holds %s without the batches to learn from, data_batch_1.bin or train.bin; get the set again", f.Names[test[0]])
	}
	const side = 32
	r, err := f.planes(train, labelBytes, side, side, false)
	if err != nil {
		return nil, err
	}
	var t *rows
	if len(test) > 0 {
		if t, err = f.planes(test, labelBytes, side, side, false); err != nil {
			return nil, err
		}
	} else {
		f.recordLabels(r.labels, train, labelBytes, labelBytes+3*side*side) // some images of each class are held out
	}
	classes := f.lines(names)
	if len(classes) == 0 {
		for i := range map[int]int{1: 10, 2: 100}[labelBytes] {
			classes = append(classes, fmt.Sprint(i))
		}
	}
	return o.dataset(name, classes, r, t)
}

// stl reads STL-10 in its binary version: train_X.bin with train_y.bin and the same of test, 96x96 pixels whose columns
// follow each other, and unlabeled_X.bin. Learning takes the unlabelled images as well, which leaves those of train for
// evaluation to compare with.
func stl(f *Files, name string, o Options) (*Dataset, error) {
	const side = 96
	open := func(images string) (*rows, error) {
		i := f.base(images)
		if i < 0 {
			return nil, fmt.Errorf("lacks %s; get the set again", images)
		}
		return f.planes([]int{i}, 0, side, side, true)
	}
	labelled := func(images, labels string) (*rows, error) {
		r, err := open(images)
		if err != nil {
			return nil, err
		}
		i := f.base(labels)
		if i < 0 {
			return nil, fmt.Errorf("lacks %s; get the set again", labels)
		}
		values, err := f.read(i, maxFile)
		if err != nil {
			return nil, fmt.Errorf("%s %w", f.Names[i], err)
		}
		if len(values) != r.n {
			return nil, fmt.Errorf("%s holds %d images but %s holds %d labels; get the set again", images, r.n, labels, len(values))
		}
		r.labels = make([]int32, r.n)
		for k, v := range values {
			r.labels[k] = int32(v) - 1
		}
		return r, nil
	}
	train, err := labelled("train_X.bin", "train_y.bin")
	if err != nil {
		return nil, err
	}
	test, err := labelled("test_X.bin", "test_y.bin")
	if err != nil {
		return nil, err
	}
	classes := f.lines("class_names.txt")
	if len(classes) == 0 {
		classes = []string{"airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"}
	}
	d, err := o.dataset(name, classes, train, test)
	if err != nil || f.base("unlabeled_X.bin") < 0 {
		return d, err
	}
	more, err := open("unlabeled_X.bin")
	if err != nil {
		return nil, err
	}
	d.Bank = d.Train
	inMemory, err := o.fits(d.Bank.Len()+more.n, side*side*3)
	if err != nil {
		return nil, err
	}
	t, err := o.store(&Set{H: side, W: side, C: 3}, d.Bank.Len()+more.n, inMemory)
	if err != nil {
		return nil, err
	}
	pixels := make([]uint8, side*side*3)
	for i := range d.Bank.Len() {
		d.Bank.Bytes(i, pixels)
		if err := t.add(pixels); err != nil {
			return nil, err
		}
	}
	if err := more.deliver(t, nil, make([]bool, more.n)); err != nil {
		return nil, err
	}
	d.Train = t.Set
	d.Notes = append(d.Notes, fmt.Sprintf("It learns from the %d images of train and %d unlabelled ones; evaluation compares with those of train.", d.Bank.Len(), more.n))
	d.normalise()
	return d, nil
}

// planes returns the rows of files of records: so many bytes of labels, of which the last counts, then a plane of pixels
// for each of three colours. With columns, a plane goes from top to bottom first.
func (f *Files) planes(files []int, labelBytes, h, w int, columns bool) (*rows, error) {
	size := labelBytes + 3*h*w
	r := &rows{h: h, w: w, c: 3}
	for _, i := range files {
		bytes, err := f.size(i)
		if err != nil {
			return nil, fmt.Errorf("%s %w", f.Names[i], bare(err))
		}
		if bytes == 0 || bytes%int64(size) != 0 {
			return nil, fmt.Errorf("%s has %d bytes, which is no number of records of %d; it is truncated or another kind of file", f.Names[i], bytes, size)
		}
		if bytes/int64(size) > 1<<30-int64(r.n) {
			return nil, fmt.Errorf("%s holds more images than are handled", f.Names[i])
		}
		r.n += int(bytes / int64(size))
	}
	if labelBytes > 0 {
		r.labels = make([]int32, r.n)
	}
	record, at, file := make([]byte, size), 0, 0
	var open io.ReadCloser
	var in *bufio.Reader
	r.read = func(dst []uint8) error {
		for {
			if open == nil {
				if file == len(files) {
					return io.EOF
				}
				var err error
				if open, err = f.open(files[file]); err != nil {
					return fmt.Errorf("%s cannot be opened: %w", f.Names[files[file]], bare(err))
				}
				in = bufio.NewReaderSize(open, 1<<16)
				file++
			}
			_, err := io.ReadFull(in, record)
			if errors.Is(err, io.EOF) {
				open.Close()
				open = nil
				continue
			}
			if err != nil {
				open.Close()
				return err
			}
			break
		}
		if labelBytes > 0 {
			r.labels[at] = int32(record[labelBytes-1])
		}
		at++
		pixels := record[labelBytes:]
		for k := range 3 {
			plane := pixels[k*h*w : (k+1)*h*w]
			for y := range h {
				for x := range w {
					from := y*w + x
					if columns {
						from = x*h + y
					}
					dst[(y*w+x)*3+k] = plane[from]
				}
			}
		}
		return nil
	}
	return r, nil
}

// recordLabels reads the labels of all records of files, of so many bytes each. What cannot be read is told with the images.
func (f *Files) recordLabels(to []int32, files []int, labelBytes, size int) {
	at := 0
	for _, i := range files {
		file, err := f.open(i)
		if err != nil {
			return
		}
		in := bufio.NewReaderSize(file, 1<<16)
		for at < len(to) {
			record, err := in.Peek(labelBytes)
			if err != nil {
				break
			}
			to[at] = int32(record[labelBytes-1])
			at++
			if _, err := in.Discard(size); err != nil {
				break
			}
		}
		file.Close()
	}
}

// lines returns the lines of a file with names of classes, nil where it is not there.
func (f *Files) lines(base string) (names []string) {
	i := f.base(base)
	if i < 0 {
		return nil
	}
	text, err := f.read(i, maxText)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			names = append(names, line)
		}
	}
	return names
}

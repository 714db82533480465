package data

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// records reads records of one size from files, one file after another.
type records struct {
	*Files
	left []int // numbers of the files that are yet to be opened
	file io.ReadCloser
	in   *bufio.Reader
}

// next fills a record. It returns io.EOF after the last.
func (r *records) next(record []byte) error {
	for {
		if r.file == nil {
			if len(r.left) == 0 {
				return io.EOF
			}
			i := r.left[0]
			r.left = r.left[1:]
			var err error
			if r.file, err = r.open(i); err != nil {
				return fmt.Errorf("%s cannot be opened: %w", r.Names[i], bare(err))
			}
			r.in = bufio.NewReaderSize(r.file, 1<<16)
		}
		_, err := io.ReadFull(r.in, record)
		if err == nil {
			return nil
		}
		r.file.Close()
		r.file = nil
		if !errors.Is(err, io.EOF) {
			return err
		}
	}
}

// planes returns the rows of files of records: so many bytes of labels, of which the last counts, then a plane of pixels
// for each of three colours. With columns, a plane goes from top to bottom first.
func (f *Files) planes(files []int, labelBytes, side int, columns bool) (*rows, error) {
	plane := side * side
	size := labelBytes + 3*plane
	r := &rows{h: side, w: side, c: 3}
	for _, i := range files {
		bytes, err := f.size(i)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be opened: %w", f.Names[i], bare(err))
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
	in, record, at := records{Files: f, left: files}, make([]byte, size), 0
	r.read = func(dst []uint8) error {
		if err := in.next(record); err != nil {
			return err
		}
		if labelBytes > 0 {
			r.labels[at] = int32(record[labelBytes-1])
		}
		if at++; at == r.n {
			in.file.Close()
		}
		pixels := record[labelBytes:]
		for y := range side {
			for x := range side {
				from := y*side + x
				if columns {
					from = x*side + y
				}
				for k := range 3 {
					dst[(y*side+x)*3+k] = pixels[k*plane+from]
				}
			}
		}
		return nil
	}
	return r, nil
}

// recordLabels reads the labels of the same records beforehand. What cannot be read is told with the images.
func (f *Files) recordLabels(to []int32, files []int, labelBytes, side int) {
	in, record := records{Files: f, left: files}, make([]byte, labelBytes+3*side*side)
	for i := 0; in.next(record) == nil && i < len(to); i++ {
		to[i] = int32(record[labelBytes-1])
	}
}

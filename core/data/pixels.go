package data

import (
	"fmt"
	"os"
	"sync/atomic"
)

const (
	memory = 256 << 20 // bytes of a data set's pixels that are kept in memory; beyond that they are kept in a file
	maxSet = 64 << 30  // bytes of a data set's pixels
	chunk  = 8 << 20   // bytes that are decoded before they are written to the file
)

// What helps where there is no room for a temporary file.
const (
	otherFolder = "XDG_CACHE_HOME may name another folder for it"
	largerDisk  = "free some space, or set XDG_CACHE_HOME or TMPDIR to a larger disk"
)

// pixelFile holds the pixels of images that are too many for memory, as bytes one image after another.
type pixelFile struct {
	*os.File
	n, each int
	failed  atomic.Pointer[error]
}

// read writes image i to dst. Learning has no way to handle an error in the middle of a batch, so it is kept for Err.
func (f *pixelFile) read(i int, dst []uint8) {
	if i < 0 || i >= f.n {
		panic(fmt.Sprintf("data: image %d of %d", i, f.n))
	}
	if _, err := f.ReadAt(dst[:f.each], int64(i)*int64(f.each)); err != nil {
		clear(dst[:f.each])
		err = fmt.Errorf("the file of decoded images cannot be read: %w", err)
		f.failed.CompareAndSwap(nil, &err)
	}
}

func (f *pixelFile) failure() error {
	if err := f.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// fits tells whether sets of n images in all, each of so many bytes, are kept in memory; too many images are an error.
func (o Options) fits(n, each int) (bool, error) {
	total := int64(n) * int64(each)
	bound := o.Memory
	if bound == 0 {
		bound = memory
	}
	switch {
	case total <= bound:
		return true, nil
	case temporary == nil:
		return false, fmt.Errorf("%d images need %d MB, more than the %d MB that a page keeps; take fewer", n, total>>20, bound>>20)
	case total > maxSet:
		return false, fmt.Errorf("%d images need %d GB of pixels, more than the %d GB that are handled; take fewer, or make them smaller",
			n, total>>30, maxSet>>30)
	}
	return false, nil
}

// store gives a set its images, in memory or in a file.
type store struct {
	*Set
	each int
}

// store begins to give s at most n images.
func (o Options) store(s *Set, n int, inMemory bool) (*store, error) {
	t := &store{s, s.H * s.W * s.C}
	if inMemory {
		s.Pixels = make([]uint8, 0, n*t.each)
		return t, nil
	}
	f, err := temporary(o.Cache, "pixels-*")
	if err != nil {
		return nil, fmt.Errorf("decoded images need a file, which cannot be made: %w; %s", err, otherFolder)
	}
	s.file = &pixelFile{File: f, each: t.each}
	return t, nil
}

// add takes pixels of whole images.
func (t *store) add(pixels []uint8) error {
	if t.file == nil {
		t.Pixels = append(t.Pixels, pixels...)
		return nil
	}
	t.file.n += len(pixels) / t.each
	if _, err := t.file.Write(pixels); err != nil {
		return fmt.Errorf("decoded images cannot be kept (%w); %s", err, largerDisk)
	}
	return nil
}

// fill takes n images in their order, made on all cores by decode(i, dst). Those that cannot be made are left out and
// given to skip.
func (t *store) fill(n int, decode func(i int, dst []uint8) error, skip func(i int, err error)) error {
	per := max(1, chunk/t.each)
	buffer, errs := make([]uint8, min(per, n)*t.each), make([]error, min(per, n))
	for from := 0; from < n; from += per {
		count := min(per, n-from)
		parallel(count, func(i int) { errs[i] = decode(from+i, buffer[i*t.each:(i+1)*t.each]) })
		kept := 0
		for i, err := range errs[:count] {
			if err != nil {
				skip(from+i, err)
				continue
			}
			copy(buffer[kept*t.each:(kept+1)*t.each], buffer[i*t.each:])
			kept++
		}
		if err := t.add(buffer[:kept*t.each]); err != nil {
			return err
		}
	}
	return nil
}

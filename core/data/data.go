// Package data holds data sets of small images and makes them: procedural shapes, and whatever images people have, in
// files of many forms (see Open). Pixels are kept as bytes, [n, h, w, c], in memory or, where that is too small, in a
// file; learning reads them as numbers from 0 to 1.
package data

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Set is n images of one size, with what is known about each of them.
type Set struct {
	H, W, C  int      // height and width in pixels; channels, 1 (gray) or 3 (red, green, blue)
	Pixels   []uint8  // [n, h, w, c]; nil where they are kept in a file, see Image and Bytes
	Labels   []int32  // [n], an index into Classes; nil when the images are unlabelled
	Classes  []string // names of the classes
	Captions []string // [n], a sentence about each image; nil when there are none
	Files    []string // [n], the file of each image, named as in the source; nil where images have no files of their own
	Factors  []Factor // what else is known of each image; nil when nothing is

	file *pixelFile // holds the pixels instead; nil where they are in memory
}

// Factor is one property that varies over the images of a set, such as the colour of a shape.
type Factor struct {
	Name  string
	Names []string // the values that it takes
	Of    []int32  // [n], an index into Names for each image
}

// Dataset is a set to learn from and one held out to evaluate on.
type Dataset struct {
	Name        string
	Train, Test *Set
	Bank        *Set        // labelled images that test images are compared with; nil where that is Train
	Skipped     []Skip      // files that could not be used, in order of their names
	Notes       []string    // what was decided on reading that the user should know, a sentence each
	Sizes       []SizeCount // of the image files, the commonest first; nil for sets of one size
	Mean, Std   []float32   // [c], of the pixels of Train from 0 to 1

	// Digest is a number that only the same images have, with the same classes and the same of them held out, in whatever
	// order and archive they come. Image files count as they are, whoever decodes them. 0 where it is not known.
	Digest uint64
}

// SizeCount is how many images have a size, in pixels.
type SizeCount struct {
	W int `json:"width"`
	H int `json:"height"`
	N int `json:"count"`
}

// Skip is a file that was left out, and why.
type Skip struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

// Known returns the labelled images that evaluation compares test images with.
func (d *Dataset) Known() *Set {
	if d.Bank != nil {
		return d.Bank
	}
	return d.Train
}

// Labelled says whether accuracy can be measured.
func (d *Dataset) Labelled() bool { return d.Known().Labels != nil && d.Test.Labels != nil }

// Evaluate makes the data set be evaluated on other labelled images, those of probe, whose size may be another.
func (d *Dataset) Evaluate(probe *Dataset) { d.Bank, d.Test = probe.Known(), probe.Test }

// Len returns the number of images.
func (s *Set) Len() int {
	size := s.H * s.W * s.C
	switch {
	case size == 0:
		return 0
	case s.file != nil:
		return s.file.n
	}
	return len(s.Pixels) / size
}

// Image writes image i to dst [h, w, c], from 0 to 1. It panics if i is out of range or dst is too short.
func (s *Set) Image(i int, dst []float32) {
	size := s.H * s.W * s.C
	dst = dst[:size]
	var bytes []uint8
	if s.file == nil {
		bytes = s.Pixels[i*size : (i+1)*size]
	} else { // into the last quarter of dst, from where they spread: number j lies before byte j
		bytes = unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(dst))), 4*size)[3*size:]
		s.file.read(i, bytes)
	}
	for j, v := range bytes {
		dst[j] = unit[v]
	}
}

// Bytes writes image i to dst [h, w, c] as it is kept. It panics if i is out of range or dst is too short.
func (s *Set) Bytes(i int, dst []uint8) {
	size := s.H * s.W * s.C
	if s.file == nil {
		copy(dst[:size], s.Pixels[i*size:(i+1)*size])
		return
	}
	s.file.read(i, dst[:size])
}

// Err returns what went wrong when pixels were read from their file: images read since then may be black. It is nil for a
// set in memory.
func (s *Set) Err() error {
	if s.file == nil {
		return nil
	}
	return s.file.failure()
}

// Pick returns what is known of the chosen images, such as their labels or files, of what is known of all.
func Pick[T any](all []T, chosen []int32) []T {
	out := make([]T, len(chosen))
	for i, at := range chosen {
		out[i] = all[at]
	}
	return out
}

// unit holds v/255, so that a byte and its number are exactly paired everywhere.
var unit = func() (t [256]float32) {
	for v := range t {
		t[v] = float32(v) / 255
	}
	return
}()

// normalise sets Mean and Std from the training pixels: from the histogram of each channel, so they are exact.
func (d *Dataset) normalise() {
	c := d.Train.C
	counts := make([][256]int, c)
	pixels := make([]uint8, d.Train.H*d.Train.W*c)
	for i := range d.Train.Len() {
		d.Train.Bytes(i, pixels)
		for j, v := range pixels {
			counts[j%c][v]++
		}
	}
	d.Mean, d.Std = make([]float32, c), make([]float32, c)
	for k := range counts {
		var n, sum, squares float64
		for v, count := range counts[k] {
			x, m := float64(v)/255, float64(count)
			n += m
			sum += m * x
			squares += m * x * x
		}
		mean := sum / n
		d.Mean[k] = float32(mean)
		d.Std[k] = float32(math.Max(math.Sqrt(math.Max(squares/n-mean*mean, 0)), 1e-3)) // a constant channel stays finite
	}
}

// parallel calls work(i) for each i below n, on all cores, in no particular order.
func parallel(n int, work func(i int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(max(runtime.GOMAXPROCS(0), atOnce), n) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	wait.Wait()
}

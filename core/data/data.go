// Package data holds data sets of small images in memory and makes them: procedural shapes, idx files such as MNIST,
// and folders of image files. Pixels are kept as bytes, [n, h, w, c]; learning reads them as numbers from 0 to 1.
package data

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// Set is n images of one size, with what is known about each of them.
type Set struct {
	H, W, C  int      // height and width in pixels; channels, 1 (gray) or 3 (red, green, blue)
	Pixels   []uint8  // [n, h, w, c]
	Labels   []int32  // [n], an index into Classes; nil when the images are unlabelled
	Classes  []string // names of the classes
	Captions []string // [n], a sentence about each image; nil when there are none
	Factors  []Factor // what else is known of each image; nil when nothing is
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
	Skipped     []Skip    // files that could not be used, in order of their names
	Notes       []string  // what was decided on reading that the user should know, a sentence each
	Mean, Std   []float32 // [c], of the pixels of Train from 0 to 1
}

// Skip is a file that was left out, and why.
type Skip struct{ File, Reason string }

// Len returns the number of images.
func (s *Set) Len() int {
	size := s.H * s.W * s.C
	if size == 0 {
		return 0
	}
	return len(s.Pixels) / size
}

// Image writes image i to dst [h, w, c], from 0 to 1. It panics if i is out of range or dst is too short.
func (s *Set) Image(i int, dst []float32) {
	size := s.H * s.W * s.C
	dst = dst[:size]
	for j, v := range s.Pixels[i*size : (i+1)*size] {
		dst[j] = unit[v]
	}
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
	for i, v := range d.Train.Pixels {
		counts[i%c][v]++
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
	for range min(runtime.GOMAXPROCS(0), n) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	wait.Wait()
}

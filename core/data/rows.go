package data

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
)

// rows are images of one size that follow each other in files, as those of CIFAR do.
type rows struct {
	n, h, w, c int
	labels     []int32                 // [n], known once all images are read, or before where there is no part to test on; nil for none
	read       func(dst []uint8) error // the next image, [h, w, c]
}

// dataset reads all images of train and test. Without test, which is nil then, a fifth of train is held out.
func (o Options) dataset(name string, classes []string, train, test *rows) (*Dataset, error) {
	testCount := 0
	if test != nil {
		if train.h != test.h || train.w != test.w || train.c != test.c {
			return nil, fmt.Errorf("training images are %dx%dx%d but test images %dx%dx%d; both must come from the same set",
				train.h, train.w, train.c, test.h, test.w, test.c)
		}
		testCount = test.n
	}
	n := train.n + testCount
	inMemory, err := o.fits(n, train.h*train.w*train.c)
	if err != nil {
		return nil, err
	}
	d := &Dataset{Name: name}
	var held []bool
	if test == nil {
		if held, testCount = train.heldOut(); testCount == 0 {
			return nil, fmt.Errorf("holds %d images, too few to hold some out for a test", n)
		}
		d.Notes = append(d.Notes, heldOutNote(testCount, n))
	}
	newStore := func(n int) (*store, error) {
		return o.store(&Set{H: train.h, W: train.w, C: train.c, Classes: classes}, n, inMemory)
	}
	learn, err := newStore(n - testCount)
	if err != nil {
		return nil, err
	}
	check, err := newStore(testCount)
	if err != nil {
		return nil, err
	}
	d.Train, d.Test = learn.Set, check.Set
	if err := train.deliver(learn, check, held); err != nil {
		return nil, err
	}
	if test != nil {
		if err := test.deliver(check, nil, nil); err != nil {
			return nil, err
		}
	}
	if d.Train.Len() == 0 || d.Test.Len() == 0 {
		return nil, fmt.Errorf("holds %d images to learn from and %d to test on; both are needed", d.Train.Len(), d.Test.Len())
	}
	for _, s := range []*Set{d.Train, d.Test} {
		for _, label := range s.Labels {
			if label < 0 || int(label) >= len(classes) {
				return nil, fmt.Errorf("has the label %d, where there are %d classes", label, len(classes))
			}
		}
	}
	d.normalise()
	return d, nil
}

// heldOut chooses which images are to test on, and counts them.
func (r *rows) heldOut() (held []bool, count int) {
	held = holdOut(r.n, func(i int) int32 {
		if r.labels == nil {
			return 0
		}
		return r.labels[i]
	}, strconv.Itoa)
	for _, h := range held {
		if h {
			count++
		}
	}
	return held, count
}

// numberClasses renumbers the labels of parts so that only numbers that occur are classes, and returns their names: some sets
// count from 1, or leave numbers out. Labels that are all the same are none. The note tells where there are none.
func numberClasses(parts ...*[]int32) (classes []string, note string) {
	to := map[int32]int32{}
	for _, labels := range parts {
		for _, v := range *labels {
			to[v] = 0
		}
	}
	for i, v := range slices.Sorted(maps.Keys(to)) {
		to[v] = int32(i)
		classes = append(classes, strconv.Itoa(int(v)))
	}
	for _, labels := range parts {
		if len(classes) == 1 {
			*labels = nil
		}
		for i, v := range *labels {
			(*labels)[i] = to[v]
		}
	}
	switch len(classes) {
	case 0:
		return nil, unlabelled
	case 1:
		return nil, oneClass(classes[0])
	}
	return classes, ""
}

// unlabelled tells that there are no labels.
const unlabelled = "The images have no labels."

// oneClass tells that labels are of no use.
func oneClass(name string) string {
	return fmt.Sprintf("There is one class only, %q, so the images count as unlabelled.", name)
}

// deliver reads the rows into one store, or the other where held, which may be nil, says so.
func (r *rows) deliver(to, other *store, held []bool) error {
	size := r.h * r.w * r.c
	buffer := make([]uint8, max(1, chunk/size)*size) // of to; other is filled one by one
	used := 0
	for i := range r.n {
		if used == len(buffer) {
			if err := to.add(buffer); err != nil {
				return err
			}
			used = 0
		}
		image := buffer[used : used+size]
		if err := r.read(image); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return fmt.Errorf("is truncated: image %d of %d is not all there; get it again", i+1, r.n)
			}
			return err
		}
		set := to
		if held != nil && held[i] {
			set = other
			if err := other.add(image); err != nil {
				return err
			}
		} else {
			used += size
		}
		if r.labels != nil {
			set.Labels = append(set.Labels, r.labels[i])
		}
	}
	return to.add(buffer[:used])
}

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"pushpull/core/data"
	"pushpull/core/train"
)

// side returns the side of the squares that a run has made of its image files, 0 where they are no squares. The page makes
// squares of one size of any, and a folder may have got more of another size.
func side(c *train.Checkpoint) int {
	if c.Input.H != c.Input.W {
		return 0
	}
	return c.Input.H
}

// loadBoth opens a data set to learn from, and evaluates on the labelled images of probe unless that is empty.
func loadBoth(source, probe string, side int, stderr io.Writer) (*data.Dataset, error) {
	set, err := load(source, side, stderr)
	if err != nil || probe == "" {
		return set, err
	}
	other, err := load(probe, 0, stderr)
	if err != nil {
		return nil, err
	}
	if !other.Labelled() {
		return nil, withHint(fmt.Errorf("%s has no labels, so accuracy cannot be measured on it", probe), "-probe-data takes labelled images")
	}
	set.Evaluate(other)
	return set, nil
}

// load opens a data set, image files as squares of a side unless that is 0, and tells what there is to tell about it.
func load(source string, side int, stderr io.Writer) (*data.Dataset, error) {
	set, err := data.Open(source, mnist(), data.Options{Side: side, Progress: reading(stderr, source)})
	if err != nil && source == train.Yours {
		return nil, withHint(errors.New("yours are the images that the page was given, which a run does not carry"), "name their folder or archive with -data")
	}
	if err != nil {
		if source == "mnist" {
			return nil, withHint(err, "`make build` makes a pushpull that has MNIST on board")
		}
		return nil, withHint(err, "-data takes %s, a set of `pushpull data get`, or the path of a folder or an archive of images", strings.Join(data.Names, ", "))
	}
	for _, note := range set.Notes {
		fmt.Fprintln(stderr, note)
	}
	writeSkipped(stderr, set.Skipped, 10)
	return set, nil
}

// reading returns what hears how many images of a source are decoded, which takes minutes for thousands of large ones.
func reading(stderr io.Writer, source string) func(done, total int) {
	var lock sync.Mutex
	shown := time.Now()
	return func(done, total int) {
		lock.Lock()
		defer lock.Unlock()
		if time.Since(shown) >= lineEvery {
			shown = time.Now()
			fmt.Fprintf(stderr, "%s: %d of %d images read\n", source, done, total)
		}
	}
}

// mnist returns MNIST's files, nil where this program was built without them.
func mnist() fs.FS {
	files, err := fs.Sub(static, "static/build/mnist")
	if err != nil {
		return nil
	}
	if _, err := fs.Stat(files, "."); err != nil {
		return nil
	}
	return files
}

package data

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

const maxSide = 256 // pixels, of the images of a set; larger ones are made smaller

// Parts of a data set, as a folder or a column of a table tells them; those that are held out come last.
const (
	unknown = iota
	toTrain
	toTest
	toCheck // for validation: it is tested on only where there is no part to test on
)

// testPart returns the part to test on: toTest, or where there is none toCheck; unknown where there is neither.
func testPart(parts iter.Seq[int8]) int8 {
	found := int8(unknown)
	for p := range parts {
		if p == toTest || p == toCheck && found == unknown {
			found = p
		}
	}
	return found
}

// sample is an image file and what is known about it.
type sample struct {
	file    int32 // in Files
	class   int32 // in listing.classes; none is -1
	caption string
	part    int8
}

// listing is what a folder, an archive or a table says about images, before they are decoded.
type listing struct {
	files   *Files
	samples []sample
	classes map[string]int32 // numbered as they came
	skipped []Skip
	notes   []string
}

// class returns the number of a class, -1 for one without a name.
func (l *listing) class(name string) int32 {
	if name == "" {
		return -1
	}
	c, ok := l.classes[name]
	if !ok {
		if l.classes == nil {
			l.classes = map[string]int32{}
		}
		c = int32(len(l.classes))
		l.classes[strings.Clone(name)] = c
	}
	return c
}

func (l *listing) skip(s sample, err error) {
	l.skipped = append(l.skipped, Skip{l.files.Names[s.file], err.Error()})
}

// sortClasses numbers the classes that have samples in the order of their names, that of numbers where all are numbers.
func (l *listing) sortClasses() []string {
	used := make([]bool, len(l.classes))
	for _, s := range l.samples {
		if s.class >= 0 {
			used[s.class] = true
		}
	}
	var names []string
	for name, c := range l.classes {
		if used[c] {
			names = append(names, name)
		}
	}
	sortNames(names)
	to := make([]int32, len(used))
	for i, name := range names {
		to[l.classes[name]] = int32(i)
	}
	for i := range l.samples {
		if c := l.samples[i].class; c >= 0 {
			l.samples[i].class = to[c]
		}
	}
	return names
}

// sortNames sorts names of classes.
func sortNames(names []string) {
	for _, name := range names {
		if n, err := strconv.Atoi(name); err != nil || n < 0 {
			slices.Sort(names)
			return
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		if x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
}

// hash is a number that depends on a name alone.
func hash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// holdOut chooses a fifth of each class, one at least of two, by a hash of the names: the same whatever the order.
func holdOut(n int, class func(i int) int32, name func(i int) string) []bool {
	type entry struct {
		hash  uint64
		class int32
		i     int32
	}
	entries := make([]entry, n)
	for i := range entries {
		entries[i] = entry{hash(name(i)), class(i), int32(i)}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		switch {
		case a.class != b.class:
			return int(a.class) - int(b.class)
		case a.hash != b.hash && a.hash < b.hash:
			return -1
		case a.hash != b.hash:
			return 1
		}
		return int(a.i) - int(b.i)
	})
	held := make([]bool, n)
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].class == entries[0].class {
			n++
		}
		take := n / 5
		if take == 0 && n > 1 {
			take = 1
		}
		for _, e := range entries[:take] {
			held[e.i] = true
		}
		entries = entries[n:]
	}
	return held
}

// heldOutNote tells what holdOut did.
func heldOutNote(test, all int) string {
	return fmt.Sprintf("There is no test part: a fifth of all images, of each class where there are classes, is held out by a hash of their names (%d of %d).", test, all)
}

// testPart returns the part of the samples to test on.
func (l *listing) testPart() int8 {
	return testPart(func(yield func(int8) bool) {
		for _, s := range l.samples {
			if !yield(s.part) {
				return
			}
		}
	})
}

// settle leaves parts to learn from and to test on, or samples of no part where the source tells none to test on. A test
// whose labels were kept back, as those of competitions are, is no test where there are labels to learn from.
func (l *listing) settle() {
	known, tested := 0, 0 // images with labels
	for _, s := range l.samples {
		if s.class >= 0 && s.part == toTest {
			tested++
		} else if s.class >= 0 {
			known++
		}
	}
	if all := len(l.samples); known > 0 && tested == 0 {
		l.samples = slices.DeleteFunc(l.samples, func(s sample) bool { return s.part == toTest })
		if out := all - len(l.samples); out > 0 {
			l.notes = append(l.notes, fmt.Sprintf("%d images to test on have no labels, so they are not used.", out))
		}
	}
	test, kept := l.testPart(), l.samples[:0]
	if !slices.ContainsFunc(l.samples, func(s sample) bool { return s.part != test }) {
		test = unknown // what there is to test on is all there is
	}
	for _, s := range l.samples {
		switch {
		case test == unknown:
			s.part = unknown
		case s.part == test:
			s.part = toTest
		case s.part == toCheck:
			continue
		default:
			s.part = toTrain
		}
		kept = append(kept, s)
	}
	if out := len(l.samples) - len(kept); out > 0 {
		l.notes = append(l.notes, validationNote(out))
	}
	l.samples = kept
}

// validationNote tells of images that settle leaves out.
func validationNote(n int) string {
	return fmt.Sprintf("%d images for validation are not used: the set has others to test on.", n)
}

// divide holds a part out by the names' hash where the source tells none.
func (l *listing) divide() {
	if l.testPart() != unknown {
		return
	}
	root := len(l.files.below()) // which an archive has and its folder has not
	out := holdOut(len(l.samples), func(i int) int32 { return l.samples[i].class },
		func(i int) string { return l.files.Names[l.samples[i].file][root:] })
	test := 0
	for i := range l.samples {
		l.samples[i].part = toTrain
		if out[i] {
			l.samples[i].part = toTest
			test++
		}
	}
	l.notes = append(l.notes, heldOutNote(test, len(l.samples)))
}

// labels makes either all samples labelled or none.
func (l *listing) labels() (classes []string) {
	classes = l.sortClasses()
	without := 0
	for _, s := range l.samples {
		if s.class < 0 {
			without++
		}
	}
	switch {
	case without == len(l.samples):
		l.notes = append(l.notes, "The images have no labels.")
		return nil
	case without > 0:
		l.notes = append(l.notes, fmt.Sprintf("%d of %d images have no label, so all count as unlabelled.", without, len(l.samples)))
	case len(classes) == 1:
		l.notes = append(l.notes, oneClass(classes[0]))
	default:
		return classes
	}
	for i := range l.samples {
		l.samples[i].class = -1
	}
	return nil
}

// progressEvery is how many images are decoded between two calls of Progress.
const progressEvery = 100

// dataset decodes the images.
func (l *listing) dataset(name string, o Options) (*Dataset, error) {
	if len(l.samples) == 0 {
		return nil, errors.New("holds no images")
	}
	l.settle()
	sizes, c, err := l.measure() // before it is divided, so that what is no image is not held out
	if err != nil {
		return nil, err
	}
	classes := l.labels()
	l.divide()
	h, w := common(sizes, o.Side)
	if n := different(sizes, h, w); n > 0 {
		l.notes = append(l.notes, fmt.Sprintf("%d of %d images were cut to the shape %dx%d and resized to it.", n, len(l.samples), w, h))
	}
	inMemory, err := o.fits(len(l.samples), h*w*c)
	if err != nil {
		return nil, err
	}
	decode := decode
	if o.Decode != nil {
		decode = o.Decode
	}
	d := &Dataset{Name: name, Sizes: sizes}
	var decoded atomic.Int64
	var sum atomic.Uint64
	for _, half := range []struct {
		part int8
		set  **Set
	}{{toTrain, &d.Train}, {toTest, &d.Test}} {
		var of []sample
		for _, s := range l.samples {
			if s.part == half.part {
				of = append(of, s)
			}
		}
		s := &Set{H: h, W: w, C: c}
		*half.set = s
		t, err := o.store(s, len(of), inMemory)
		if err != nil {
			return nil, err
		}
		err = t.fill(len(of), func(i int, dst []uint8) error {
			if done := int(decoded.Add(1)); o.Progress != nil && done%progressEvery == 0 {
				o.Progress(done, len(l.samples))
			}
			content, err := l.files.read(int(of[i].file), maxImageFile)
			if err != nil {
				return err
			}
			if err := decode(content, h, w, c, dst); err != nil {
				return err
			}
			sum.Add(digest(content, of[i].class, half.part))
			return nil
		}, func(i int, err error) {
			l.skip(of[i], err)
			of[i].file = -1
		})
		if err != nil {
			return nil, err
		}
		captions := false
		for _, v := range of {
			captions = captions || v.caption != "" && v.file >= 0
		}
		for _, v := range of {
			if v.file < 0 {
				continue
			}
			if classes != nil {
				s.Labels = append(s.Labels, v.class)
			}
			if captions {
				s.Captions = append(s.Captions, v.caption)
			}
		}
		s.Classes = classes
	}
	slices.SortStableFunc(l.skipped, func(a, b Skip) int { return strings.Compare(a.File, b.File) })
	d.Skipped, d.Notes, d.Digest = l.skipped, l.notes, sum.Load()
	if d.Train.Len() == 0 || d.Test.Len() == 0 {
		err := fmt.Errorf("has too few images that can be read: %d to learn from and %d to test on", d.Train.Len(), d.Test.Len())
		if len(d.Skipped) > 0 {
			err = fmt.Errorf("%w; %d files were skipped, the first, %s, as it %s", err, len(d.Skipped), d.Skipped[0].File, d.Skipped[0].Reason)
		}
		return nil, err
	}
	d.normalise()
	return d, nil
}

// measure reads the headers of all images and leaves out those whose header is bad. It returns the sizes of the others,
// the commonest first and of those the largest, and the number of channels, 1 if all are gray.
func (l *listing) measure() (sizes []SizeCount, c int, err error) {
	n := len(l.samples)
	heads, errs := make([]header, n), make([]error, n)
	parallel(n, func(i int) { heads[i], errs[i] = l.files.header(int(l.samples[i].file)) })
	type size struct{ h, w int32 }
	count := map[size]int{}
	good := l.samples[:0]
	c = 1
	for i, s := range l.samples {
		if errs[i] != nil {
			l.skip(s, errs[i])
			continue
		}
		good = append(good, s)
		count[size{heads[i].h, heads[i].w}]++
		if !heads[i].gray {
			c = 3
		}
	}
	if len(good) == 0 {
		first := l.skipped[len(l.skipped)-n]
		return nil, 0, fmt.Errorf("holds no image that can be read: of %d files the first, %s, %s; looked for %s", n, first.File, first.Reason, forms)
	}
	l.samples = good
	for s, n := range count {
		sizes = append(sizes, SizeCount{int(s.w), int(s.h), n})
	}
	slices.SortFunc(sizes, func(a, b SizeCount) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(b.H*b.W, a.H*a.W), cmp.Compare(b.H, a.H))
	})
	return sizes, c, nil
}

// header returns the header of an image file, of which it reads no more than that needs.
func (f *Files) header(i int) (header, error) {
	if size, err := f.size(i); err == nil && size > maxImageFile {
		return header{}, fmt.Errorf("has %d bytes, more than the %d that are read", size, maxImageFile)
	}
	start, all, err := f.start(i, 4096)
	if err != nil {
		return header{}, err
	}
	h, err := parseHeader(start)
	if errors.Is(err, errTruncated) && !all { // metadata comes first
		if start, err = f.read(i, maxImageFile); err != nil {
			return header{}, err
		}
		h, err = parseHeader(start)
	}
	return h, err
}

// common returns the size that images get: the commonest, made smaller where a side is longer than maxSide; or squares of
// the given side.
func common(sizes []SizeCount, side int) (h, w int) {
	if side > 0 {
		return side, side
	}
	h, w = sizes[0].H, sizes[0].W
	if long := max(h, w); long > maxSide {
		return max(1, (h*maxSide+long/2)/long), max(1, (w*maxSide+long/2)/long)
	}
	return h, w
}

// different returns how many images have another size.
func different(sizes []SizeCount, h, w int) (n int) {
	for _, s := range sizes {
		if s.H != h || s.W != w {
			n += s.N
		}
	}
	return n
}

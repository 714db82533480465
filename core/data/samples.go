package data

import (
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// Parts of a data set, as a folder or a column of a table tells them; those that are held out come last.
const (
	unknown = iota
	toTrain
	toTest
	toCheck // for validation: it is tested on only where there is no part to test on
)

// testPart returns the part to test on of things that are of parts: toTest, or where there is none toCheck; unknown where
// there is neither.
func testPart[T any](things []T, part func(T) int8) int8 {
	found := int8(unknown)
	for _, t := range things {
		if p := part(t); p == toTest || p == toCheck && found == unknown {
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

// maxClass is the most bytes of a class's name: an unclosed quote in a table may make it the whole of the file.
const maxClass = 200

// class returns the number of a class, -1 for one without a name.
func (l *listing) class(name string) int32 {
	if name == "" {
		return -1
	}
	if len(name) > maxClass {
		name = fmt.Sprintf("%s… (%08x)", strings.ToValidUTF8(name[:maxClass], ""), crc32.ChecksumIEEE([]byte(name)))
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
	return fmt.Sprintf("There is no test part: a fifth of all images, or of each class, rounded down, is held out by a hash of their names (%s of %s).", Count(test), Count(all))
}

// testPart returns the part of the samples to test on.
func (l *listing) testPart() int8 { return testPart(l.samples, func(s sample) int8 { return s.part }) }

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
			l.notes = append(l.notes, fmt.Sprintf("%s images to test on have no labels, so they are not used.", Count(out)))
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
		l.notes = append(l.notes, unlabelled)
		return nil
	case without > 0:
		l.notes = append(l.notes, fmt.Sprintf("%s of %s images have no label, so all count as unlabelled.", Count(without), Count(len(l.samples))))
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

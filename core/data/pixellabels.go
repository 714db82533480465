package data

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// labelColumn is a column that may hold labels.
type labelColumn struct {
	column int
	of     []int32          // [n], an index into names
	names  []string         // as they came
	seen   map[string]int32 // the same by what cells hold
	err    error            // why it holds none
}

// add takes the label of the next image.
func (c *labelColumn) add(in *cells) {
	if c.err != nil {
		return
	}
	cell := in.row[c.column]
	if i, ok := c.seen[string(cell)]; ok {
		c.of = append(c.of, i)
		return
	}
	name := string(cell)
	v, number := numeral(cell)
	switch {
	case name == "":
		c.err = fmt.Errorf("%s has no label in line %d, %s; put it there, or leave the column out to learn without", in.name, in.line, in.place(c.column))
	case number && !(v >= 0 && v < maxClasses && v == math.Trunc(v)):
		c.err = fmt.Errorf("%s has the label %.40s in line %d, %s; labels are words, or numbers of classes from 0", in.name, name, in.line, in.place(c.column))
	case len(c.names) == maxClasses:
		c.err = fmt.Errorf("%s has more than %d different labels in %s; are they labels?", in.name, maxClasses, in.place(c.column))
	}
	if c.err != nil {
		return
	}
	if number { // 3 and 3.0 are one
		name = strconv.Itoa(int(v))
	}
	i, ok := c.seen[name]
	if !ok {
		i = int32(len(c.names))
		c.names = append(c.names, name)
	}
	c.seen[name], c.seen[string(cell)] = i, i
	c.of = append(c.of, i)
}

// rarest returns how many images have the rarest label, 0 where there are no two of them. Of labels that is many, of the
// values of a pixel few.
func (c *labelColumn) rarest() int {
	if c.err != nil || len(c.names) < 2 {
		return 0
	}
	counts := make([]int, len(c.names))
	for _, i := range c.of {
		counts[i]++
	}
	return slices.Min(counts)
}

// choose takes the column of labels: of two that may be it the first, unless the last looks more like labels.
func (t *pixelTable) choose() error {
	if len(t.candidates) == 0 {
		return nil
	}
	c := t.candidates[0]
	if last := t.candidates[len(t.candidates)-1]; last.err == nil && (c.err != nil || last.rarest() > c.rarest()) {
		c = last
	}
	t.label, t.labels, t.names = c.column, c.of, c.names
	for _, other := range t.candidates {
		t.pixel[other.column] = other != c
	}
	return c.err
}

// sameNumbers numbers the labels of all tables in the order of their names, which it returns.
func sameNumbers(tables []*pixelTable) []string {
	all := map[string]int32{}
	for _, t := range tables {
		for _, name := range t.names {
			all[name] = 0
		}
	}
	names := slices.Collect(maps.Keys(all))
	sortNames(names)
	for i, name := range names {
		all[name] = int32(i)
	}
	for _, t := range tables {
		for i, v := range t.labels {
			t.labels[i] = all[t.names[v]]
		}
	}
	return names
}

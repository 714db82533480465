package data

import (
	"bytes"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
)

// pixelTable is a table of pixels: a line for each image, a square whose rows follow each other, as those of MNIST are
// often passed round, with a label before or after them.
type pixelTable struct {
	files      *Files
	number     int      // in files
	header     []string // names of the columns, nil where the first line is an image
	pixel      []bool   // [columns], whether it is one of the pixels
	part       int      // the column that tells parts; none is -1
	side, c    int      // no side where this is no table of pixels
	candidates []*labelColumn
	unused     []string // names of columns beside one of packed pixels
	packing

	// What reading it once tells.
	n      int     // images
	white  float64 // the pixels' largest value
	planes bool    // red is all before green and that before blue, else the colours of a pixel stand together
	label  int     // the column of labels; none is -1
	labels []int32 // [n], an index into names; nil for none
	names  []string
	parts  []int8 // of the lines, of which those of the part of count; nil where all do
	of     int8
}

// leastSide is the least side of a square in a table: what has fewer columns is some other table.
const leastSide = 4

// Names of columns besides those of any table, in lower case.
var (
	pixelLabelNames = slices.Concat(labelNames, []string{"labels", "target", "y", "digit", "letter", "emotion"})
	indexNames      = []string{"", "unnamed: 0", "index", "id", "imageid"} // the first two are of pandas
)

// square returns the side and the channels of a square that has so many columns, 0 where none has.
func square(columns int) (side, c int) {
	for _, c := range []int{1, 3} {
		side := int(math.Sqrt(float64(columns / c)))
		if side >= leastSide && side <= maxSide && side*side*c == columns {
			return side, c
		}
	}
	return 0, 0
}

// pixelTables returns those of the tables whose columns are pixels; none where a table names files.
func (f *Files) pixelTables(tables []int) (found []*pixelTable, err error) {
	for _, i := range tables {
		t := &pixelTable{files: f, number: i, part: -1, label: -1}
		if err := t.recognise(); err != nil {
			return nil, err
		}
		if t.numbers == 0 && column(t.header, fileNames) >= 0 {
			return nil, nil
		}
		if t.side > 0 {
			found = append(found, t)
		}
	}
	return found, nil
}

func (t *pixelTable) name() string { return t.files.Names[t.number] }

// named is the part of the set that the table's name tells.
func (t *pixelTable) named() int8 { return partWithin(path.Base(t.name())) }

// recognise makes out which columns are what by their number, their names and the first line of values. Where they are no
// pixels the side stays 0.
func (t *pixelTable) recognise() error {
	in, err := t.files.cells(t.number)
	if err != nil {
		return err
	}
	defer in.Close()
	first, err := in.next()
	if err != nil {
		return nil // what is damaged is told as of any table
	}
	columns := len(first)
	ends, sure := []int{0, columns - 1}, false // where labels may be
	var others []int                           // columns that are neither pixels nor labels
	if mostlyNumbers(first) && !counting(first) {
		for _, end := range ends {
			if _, ok := numeral(first[end]); !ok { // words are no pixels
				ends, sure = []int{end}, true
				break
			}
		}
	} else if t.unpack(first) {
		return fmt.Errorf("%s begins with an image; give it a first line of names, such as label,pixels", t.name())
	} else {
		for _, cell := range first {
			t.header = append(t.header, string(cell))
		}
		values, err := in.next()
		if err == nil && t.unpack(values) {
			return t.packed()
		}
		if columns < leastSide*leastSide || err == nil && !mostlyNumbers(values) {
			return nil
		}
		t.part = column(t.header, partNames)
		for _, other := range []int{column(t.header, indexNames), t.part} {
			if other >= 0 {
				others = append(others, other)
			}
		}
		ends, sure = labelEnds(t.header, others)
	}
	pixels := columns - len(others)
	side, c := square(pixels)
	t.side, t.c = square(pixels - 1)
	switch {
	case side > 0 && t.side > 0 && t.header == nil && !sure:
		return fmt.Errorf("%s has %d columns, which may be %dx%d pixels, or a label and %dx%d pixels of three colours; give it a first line of names, in which that of labels is label",
			t.name(), columns, side, side, t.side, t.side)
	case side > 0 && !sure && (t.side == 0 || len(ends) == 2): // all are pixels
		t.side, t.c, ends = side, c, nil
	}
	t.pixel = slices.Repeat([]bool{true}, columns)
	for _, end := range ends {
		t.candidate(end)
	}
	for _, other := range others {
		t.pixel[other] = false
	}
	return nil
}

// labelEnds returns the columns that may hold labels: one whose name says so, which is sure, or the first and the last
// that are none of the others.
func labelEnds(header []string, others []int) (ends []int, sure bool) {
	if label := column(header, pixelLabelNames); label >= 0 {
		return []int{label}, true
	}
	first, last := 0, len(header)-1
	for slices.Contains(others, first) {
		first++
	}
	for slices.Contains(others, last) {
		last--
	}
	for _, end := range []int{first, last} {
		if !strings.ContainsAny(header[end], "0123456789") { // as names of pixels have
			ends = append(ends, end)
		}
	}
	if ends == nil {
		ends = []int{first, last}
	}
	return ends, false
}

// candidate makes a column one that may hold labels.
func (t *pixelTable) candidate(column int) {
	t.candidates = append(t.candidates, &labelColumn{column: column, seen: map[string]int32{}})
	t.pixel[column] = false
}

// unpack looks for a cell that holds all pixels of an image, as that of FER2013 does.
func (t *pixelTable) unpack(values [][]byte) bool {
	for i, cell := range values {
		n := 0
		for number := range bytes.FieldsSeq(cell) {
			if _, ok := numeral(number); !ok {
				n = 0
				break
			}
			n++
		}
		if n >= leastSide*leastSide {
			t.packing = packing{i, n}
			return true
		}
	}
	return false
}

// packed makes out the columns of a table whose pixels stand in one cell: what is beside them is told by names alone.
func (t *pixelTable) packed() error {
	if t.side, t.c = square(t.numbers); t.side == 0 {
		return fmt.Errorf("%s has %d numbers in column %d, which are no square of pixels, as 2304 are 48x48, or three times that in colour", t.name(), t.numbers, t.column+1)
	}
	names := t.header
	t.header = slices.Concat(names[:t.column], slices.Repeat(names[t.column:][:1], t.numbers), names[t.column+1:])
	t.pixel = make([]bool, len(t.header))
	for i := range t.numbers {
		t.pixel[t.column+i] = true
	}
	label := column(t.header, pixelLabelNames)
	if t.part = column(t.header, partNames); label >= 0 {
		t.candidate(label)
	}
	for i, name := range t.header {
		if !t.pixel[i] && i != label && i != t.part {
			t.unused = append(t.unused, name)
		}
	}
	return nil
}

func mostlyNumbers(row [][]byte) bool {
	n := 0
	for _, cell := range row {
		if _, ok := numeral(cell); ok {
			n++
		}
	}
	return 2*n > len(row)
}

// counting tells whether cells, but for the first and the last, are numbers of columns, as pandas names those without a name.
func counting(row [][]byte) bool {
	for i := 2; i < len(row)-1; i++ {
		a, _ := numeral(row[i-1])
		if b, ok := numeral(row[i]); !ok || b != a+1 {
			return false
		}
	}
	return true
}

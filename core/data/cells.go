package data

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxLine is the most bytes of a line of numbers.
const maxLine = 8 << 20

// cells reads a table of numbers line by line, in no more memory than a line needs: a cell in quotes has no commas and no
// line breaks in it, which in a table of captions it may have.
type cells struct {
	*bufio.Scanner
	io.Closer
	packing
	name  string
	line  int // from 1
	comma []byte
	row   [][]byte
}

// packing tells that each cell of a column holds so many numbers with blanks between them, which then are columns of their
// own. Those after it have higher numbers than in the file.
type packing struct{ column, numbers int } // no numbers for no such column

// place names a column as the file has it.
func (p packing) place(column int) string {
	switch {
	case p.numbers == 0 || column < p.column:
		return fmt.Sprintf("column %d", column+1)
	case column < p.column+p.numbers:
		return fmt.Sprintf("number %d of column %d", column-p.column+1, p.column+1)
	}
	return fmt.Sprintf("column %d", column-p.numbers+2)
}

func (f *Files) cells(i int) (*cells, error) {
	in, err := f.open(i)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened: %w", f.Names[i], bare(err))
	}
	c := &cells{Scanner: bufio.NewScanner(in), Closer: in, name: f.Names[i]}
	c.Buffer(make([]byte, 1<<16), maxLine)
	return c, nil
}

// next returns the cells of the next line that is not empty, until the next call. All lines have as many as the first.
func (c *cells) next() ([][]byte, error) {
	for c.Scan() {
		c.line++
		text := c.Bytes()
		if c.line == 1 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) // of Excel
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if c.comma == nil {
			switch {
			case bytes.ContainsRune(text, '\t') || strings.EqualFold(path.Ext(c.name), ".tsv"):
				c.comma = []byte("\t")
			case bytes.ContainsRune(text, ';'):
				c.comma = []byte(";")
			default:
				c.comma = []byte(",")
			}
		}
		columns := len(c.row)
		c.row = c.row[:0]
		for more := true; more; {
			var cell []byte
			cell, text, more = bytes.Cut(text, c.comma)
			cell = bytes.Trim(cell, "\" ")
			if c.numbers > 0 && len(c.row) == c.column {
				c.row = slices.AppendSeq(c.row, bytes.FieldsSeq(cell))
			} else {
				c.row = append(c.row, cell)
			}
		}
		if columns > 0 && len(c.row) != columns {
			what := "columns"
			if c.numbers > 0 {
				what = "values"
			}
			return nil, fmt.Errorf("%s has %d %s in line %d but %d before; mend that line or take it out, or get the file again", c.name, len(c.row), what, c.line, columns)
		}
		return c.row, nil
	}
	switch err := c.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("%s has more than %d MB in line %d, more than an image needs", c.name, maxLine>>20, c.line+1)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", c.name, bare(err))
	}
	return nil, io.EOF
}

// numeral returns the number that a cell holds.
func numeral(cell []byte) (v float64, ok bool) {
	if n := 0; len(cell) > 0 && len(cell) <= 3 { // as nearly all pixels
		for _, digit := range cell {
			if digit < '0' || digit > '9' {
				n = -1
				break
			}
			n = 10*n + int(digit-'0')
		}
		if n >= 0 {
			return float64(n), true
		}
	}
	v, err := strconv.ParseFloat(string(cell), 64)
	return v, err == nil
}

// pixel returns the pixel in a column of the line, which goes from 0 to white.
func (c *cells) pixel(column int, white float64) (float64, error) {
	cell := c.row[column]
	v, ok := numeral(cell)
	switch {
	case !ok:
		return 0, fmt.Errorf("%s has %.40q in line %d, %s, where a pixel's number must stand; put it there, or get the file again", c.name, cell, c.line, c.place(column))
	case !(v >= 0 && v <= white):
		return 0, fmt.Errorf("%s has %.40s in line %d, %s, where pixels go from 0 to 1 or from 0 to 255; scale them so", c.name, cell, c.line, c.place(column))
	}
	return v, nil
}

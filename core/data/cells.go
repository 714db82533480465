package data

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
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
	name  string
	line  int // from 1
	comma []byte
	row   [][]byte
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
			c.comma = []byte(",")
			for _, comma := range []string{"\t", ";"} {
				if bytes.Contains(text, []byte(comma)) || comma == "\t" && strings.EqualFold(path.Ext(c.name), ".tsv") {
					c.comma = []byte(comma)
					break
				}
			}
		}
		columns := len(c.row)
		c.row = c.row[:0]
		for more := true; more; {
			var cell []byte
			cell, text, more = bytes.Cut(text, c.comma)
			c.row = append(c.row, bytes.Trim(cell, "\" "))
		}
		if columns > 0 && len(c.row) != columns {
			return nil, fmt.Errorf("%s has %d columns in line %d but %d before; mend that line or take it out, or get the file again", c.name, len(c.row), c.line, columns)
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
		return 0, fmt.Errorf("%s has %.40q in line %d, column %d, where a pixel's number must stand; put it there, or get the file again", c.name, cell, c.line, column+1)
	case !(v >= 0 && v <= white):
		return 0, fmt.Errorf("%s has %.40s in line %d, column %d, where pixels go from 0 to 1 or from 0 to 255; scale them so", c.name, cell, c.line, column+1)
	}
	return v, nil
}

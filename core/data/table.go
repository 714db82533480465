package data

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// isTable tells whether a file is a table by its name.
func isTable(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".csv" || ext == ".tsv"
}

// tables returns the numbers of the tables at the top of the files.
func (f *Files) tables() (found []int) {
	root := f.below()
	for i, name := range f.Names {
		if isTable(name) && !strings.Contains(name[len(root):], "/") {
			found = append(found, i)
		}
	}
	return found
}

// table lists the images that tables name: a line of names, then a line for each image with its file, relative to the
// table, and its caption, its label or both. Parts are told by a column split or by the tables' names, as train.csv.
func table(f *Files, tables []int) (*listing, error) {
	l := &listing{files: f}
	for _, i := range tables {
		if err := l.table(i); err != nil {
			return nil, fmt.Errorf("%s %w", f.Names[i], err)
		}
	}
	if len(l.samples) == 0 {
		err := fmt.Errorf("%s names no image that is there", f.Names[tables[0]])
		if len(l.skipped) > 0 {
			err = fmt.Errorf("%w; the first, %s, %s", err, l.skipped[0].File, l.skipped[0].Reason)
			if is := l.meant(l.skipped[0].File); is != "" {
				err = fmt.Errorf("%w, but %s is: files are named with their folder, from the table on, and their ending", err, is)
			}
		}
		return nil, err
	}
	l.tellUnnamed()
	return l, nil
}

// meant returns the image that lies elsewhere under a name, or has an ending that the name lacks; "" for none.
func (l *listing) meant(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	for _, is := range l.files.Names {
		base := path.Base(is)
		if ext := path.Ext(base); base == name || slices.Contains(imageEndings, strings.ToLower(ext)) && strings.TrimSuffix(base, ext) == name {
			return is
		}
	}
	return ""
}

// tellUnnamed notes images that no table names.
func (l *listing) tellUnnamed() {
	named := make([]bool, len(l.files.Names))
	for _, s := range l.samples {
		named[s.file] = true
	}
	first, n := "", 0
	for i, name := range l.files.Names {
		if !named[i] && slices.Contains(imageEndings, strings.ToLower(path.Ext(name))) {
			if n++; n == 1 {
				first = name
			}
		}
	}
	if n > 0 {
		l.notes = append(l.notes, fmt.Sprintf("%s images are not named in a table that is read, such as %s, so they are not used.", Count(n), first))
	}
}

// maxTable is the most bytes that a table has.
const maxTable = 256 << 20

func (l *listing) table(number int) error {
	name := l.files.Names[number]
	if size, err := l.files.size(number); err == nil && size > maxTable {
		return fmt.Errorf("has %d bytes, more than the %d of the largest table that is read", size, maxTable)
	}
	file, err := l.files.open(number)
	if err != nil {
		return fmt.Errorf("cannot be opened: %w", bare(err))
	}
	defer file.Close()
	r := csvReader(name, io.LimitReader(file, maxTable))
	header, err := r.Read()
	if err != nil {
		return errors.New("is empty; its first line must name the columns, such as file,caption")
	}
	fileAt, captionAt, labelAt, partAt := column(header, fileNames), column(header, captionNames), column(header, labelNames), column(header, partNames)
	if fileAt < 0 {
		return noFiles(header)
	}
	dir, part := path.Dir(name), partWithin(path.Base(name))
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("is damaged: %w", err)
		}
		field := func(i int) string {
			if i < 0 || i >= len(row) {
				return ""
			}
			return strings.TrimSpace(row[i])
		}
		line, _ := r.FieldPos(0)
		at := l.files.find(path.Join(dir, strings.ReplaceAll(field(fileAt), `\`, "/")))
		switch {
		case field(fileAt) == "":
			l.skipped = append(l.skipped, Skip{fmt.Sprintf("%s line %d", name, line), "names no file"})
			continue
		case at < 0:
			l.skipped = append(l.skipped, Skip{oneLine(field(fileAt)), fmt.Sprintf("is named in line %d of %s but not there", line, name)})
			continue
		}
		s := sample{int32(at), l.class(field(labelAt)), strings.Clone(field(captionAt)), part}
		if p := partOf(field(partAt)); p != unknown {
			s.part = p
		}
		if l.samples = append(l.samples, s); len(l.samples) > maxFiles {
			return fmt.Errorf("has more than %d lines", maxFiles)
		}
	}
}

// csvReader returns a reader of a table, which finds out what separates the cells.
func csvReader(name string, table io.Reader) *csv.Reader {
	text := bufio.NewReader(table)
	if mark, err := text.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" { // of Excel
		text.Discard(3)
	}
	r := csv.NewReader(text)
	r.ReuseRecord, r.FieldsPerRecord, r.LazyQuotes = true, -1, true
	start, _ := text.Peek(4096)
	first, _, _ := strings.Cut(string(start), "\n")
	if strings.EqualFold(path.Ext(name), ".tsv") || strings.Contains(first, "\t") {
		r.Comma = '\t'
	} else if strings.Contains(first, ";") && !strings.Contains(first, ",") {
		r.Comma = ';'
	}
	return r
}

// noFiles tells why a table whose columns have these names is of no use.
func noFiles(header []string) error {
	if column(header, []string{"pixels"}) >= 0 {
		return errors.New("has no image in its column pixels: that takes whole squares of pixels, as numbers with blanks between them")
	}
	if strings.HasPrefix(header[0], "\xff\xfe") || strings.HasPrefix(header[0], "\xfe\xff") { // as PowerShell and Excel have it
		return errors.New("is in UTF-16; save it as UTF-8")
	}
	const most = 5 // that are told
	names := strings.Join(header[:min(len(header), most)], ",")
	if len(header) > most {
		return fmt.Errorf("has no column of files in its first line, %.200q and %d more; name one %s; and %d columns are no square of pixels, which has 784 for 28x28, three times that in colour, and one more with a label", names, len(header)-most, strings.Join(fileNames[:4], ", "), len(header))
	}
	return fmt.Errorf("has no column of files in its first line, %.200q; name one %s, or move the table away to learn from the images without it", names, strings.Join(fileNames[:4], ", "))
}

// oneLine returns a name as a message has it: an unclosed quote may make it thousands of lines.
func oneLine(name string) string {
	const most = 200
	if len(name) > most {
		name = name[:most] + "…"
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return strings.Clone(name)
}

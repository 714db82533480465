//go:build !js

package data

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// parquetSet reads parquet files of images as Hugging Face has them: a column image of {bytes, path}, and maybe one of
// labels and one of captions. Names of classes stand in the file's metadata; parts are told by the files' names.
func parquetSet(f *Files, name string, o Options) (d *Dataset, err error) {
	defer func() {
		if r := recover(); r != nil { // damaged files bring the library to it
			d, err = nil, fmt.Errorf("is a damaged parquet file (%v); get it again", r)
		}
	}()
	images, err := temporary(o.Cache, "images-*")
	if err != nil {
		return nil, fmt.Errorf("the images in parquet need a file, which cannot be made: %w; %s", err, otherFolder)
	}
	defer images.Close()
	p := &parquetReader{listing: &listing{}, to: images}
	for i, n := range f.Names {
		if !strings.EqualFold(path.Ext(n), ".parquet") {
			continue
		}
		if err := p.file(f, i); err != nil {
			return nil, fmt.Errorf("%s %w", n, err)
		}
	}
	l := p.listing
	l.files = &Files{Names: make([]string, len(p.parts)), size: func(i int) (int64, error) { return p.parts[i].size, nil }}
	for i, part := range p.parts {
		l.files.Names[i] = part.name
	}
	l.files.open = func(i int) (io.ReadCloser, error) {
		return section{io.NewSectionReader(images, p.parts[i].offset, p.parts[i].size)}, nil
	}
	return l.dataset(name, o)
}

// parquetReader takes the images out of parquet files, into one file that can be read anywhere.
type parquetReader struct {
	*listing
	to    io.Writer
	at    int64
	parts []part
}

// file reads one parquet file.
func (p *parquetReader) file(f *Files, i int) error {
	in, err := f.open(i)
	if err != nil {
		return fmt.Errorf("cannot be opened: %w", bare(err))
	}
	defer in.Close()
	at, ok := in.(io.ReaderAt)
	if !ok {
		return errors.New("lies in a compressed archive; unpack that first")
	}
	size, err := f.size(i)
	if err != nil {
		return bare(err)
	}
	if err := footerFits(at, size); err != nil {
		return fmt.Errorf("is a damaged parquet file (%w); get it again", err)
	}
	file, err := parquet.OpenFile(at, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return fmt.Errorf("is a damaged parquet file (%w); get it again", err)
	}
	c := parquetColumns(file.Schema())
	if c.image < 0 {
		return fmt.Errorf("has no column of images with bytes, such as image.bytes; its columns are %s", columnNames(file.Schema()))
	}
	names := classNames(file, c.label)
	split := partWithin(path.Base(f.Names[i]))
	row := 0
	for _, group := range file.RowGroups() {
		err := eachRow(group, func(r parquet.Row) error {
			s := sample{file: int32(len(p.parts)), class: -1, part: split}
			var content []byte
			for _, v := range r {
				switch {
				case v.IsNull():
				case v.Column() == c.image:
					content = v.ByteArray()
				case v.Column() == c.label:
					s.class = p.class(className(v, names))
				case v.Column() == c.caption:
					s.caption = string(v.ByteArray())
				}
			}
			if len(p.parts) >= maxFiles {
				return fmt.Errorf("has more than %d rows", maxFiles)
			}
			if _, err := p.to.Write(content); err != nil {
				return fmt.Errorf("cannot be unpacked (%w); %s", err, largerDisk)
			}
			p.parts = append(p.parts, part{fmt.Sprintf("%s/%d", f.Names[i], row), nil, p.at, int64(len(content))})
			p.samples = append(p.samples, s)
			p.at += int64(len(content))
			row++
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachRow calls take with each row of a group, until it returns an error.
func eachRow(group parquet.RowGroup, take func(parquet.Row) error) error {
	rows := group.Rows()
	defer rows.Close()
	buffer := make([]parquet.Row, 16)
	for {
		n, err := rows.ReadRows(buffer)
		for _, r := range buffer[:n] {
			if err := take(r); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("is a damaged parquet file (%w); get it again", err)
		}
	}
}

// imageColumns are the numbers of the columns that are read, -1 for none.
type imageColumns struct{ image, label, caption int }

func parquetColumns(s *parquet.Schema) imageColumns {
	c := imageColumns{-1, -1, -1}
	for at, column := range s.Columns() {
		switch {
		case len(column) == 2 && column[1] == "bytes" && c.image < 0:
			c.image = at
		case len(column) == 1 && (column[0] == "fine_label" || c.label < 0 && contains(labelNames, column[0])):
			c.label = at
		case len(column) == 1 && c.caption < 0 && contains(captionNames, column[0]):
			c.caption = at
		}
	}
	return c
}

// footerFits returns an error where a file ends with no footer that fits into it: the library would make room for what the
// footer claims.
func footerFits(in io.ReaderAt, size int64) error {
	end := make([]byte, 8)
	if size < 12 {
		return errTruncated
	}
	if _, err := in.ReadAt(end, size-8); err != nil && !errors.Is(err, io.EOF) {
		return bare(err)
	}
	if string(end[4:]) != "PAR1" {
		return fmt.Errorf("it ends with %q where a parquet file that is not encrypted has %q", end[4:], "PAR1")
	}
	if n := int64(binary.LittleEndian.Uint32(end)); n > size-12 {
		return fmt.Errorf("its footer claims %d bytes of %d", n, size)
	}
	return nil
}

func contains(names []string, name string) bool { return column([]string{name}, names) == 0 }

func columnNames(s *parquet.Schema) string {
	var names []string
	for _, c := range s.Columns() {
		names = append(names, strings.Join(c, "."))
	}
	return list(names)
}

// className is the name of a label's class.
func className(v parquet.Value, names []string) string {
	switch v.Kind() {
	case parquet.Int32, parquet.Int64:
		n := v.Int64()
		if v.Kind() == parquet.Int32 {
			n = int64(v.Int32())
		}
		if n >= 0 && n < int64(len(names)) {
			return names[n]
		}
		if n < 0 { // as sets without labels for the test have it
			return ""
		}
		return fmt.Sprint(n)
	case parquet.ByteArray:
		return string(v.ByteArray())
	}
	return ""
}

// classNames reads the names of the classes from the metadata that Hugging Face's tools write.
func classNames(file *parquet.File, label int) []string {
	text, ok := file.Lookup("huggingface")
	if !ok || label < 0 {
		return nil
	}
	var about struct {
		Info struct {
			Features map[string]json.RawMessage `json:"features"`
		} `json:"info"`
	}
	if json.Unmarshal([]byte(text), &about) != nil {
		return nil
	}
	var feature struct {
		Names []string `json:"names"`
	}
	if json.Unmarshal(about.Info.Features[file.Schema().Columns()[label][0]], &feature) != nil {
		return nil
	}
	return feature.Names
}

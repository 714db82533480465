package data

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A compressed archive may unpack to so many bytes, or so many times its own size where that is more. Files that unpack
// to more than that were made to fill disks.
const (
	maxPlain = 1 << 30
	maxRatio = 100
)

// part is a file within a larger one, as in a tar.
type part struct {
	name         string
	in           io.ReaderAt
	offset, size int64
}

// filesOf returns files that are parts of others, sorted. Of those with one name the last counts, as tar has it.
func filesOf(parts []part) *Files {
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.name, b.name) })
	n := 0
	for i, p := range parts {
		if i+1 == len(parts) || parts[i+1].name != p.name {
			parts[n] = p
			n++
		}
	}
	type place struct{ offset, size int64 } // there may be millions
	f, places, ins := &Files{Names: make([]string, n)}, make([]place, n), []io.ReaderAt{}
	from := make([]int32, n) // in ins
	for i, p := range parts[:n] {
		if k := len(ins) - 1; k < 0 || ins[k] != p.in {
			ins = append(ins, p.in)
		}
		f.Names[i], places[i], from[i] = p.name, place{p.offset, p.size}, int32(len(ins)-1)
	}
	f.open = func(i int) (io.ReadCloser, error) {
		return section{io.NewSectionReader(ins[from[i]], places[i].offset, places[i].size)}, nil
	}
	f.size = func(i int) (int64, error) { return places[i].size, nil }
	return f
}

// section is an open file that is a part of another.
type section struct{ *io.SectionReader }

func (section) Close() error { return nil }

// within returns the name of an archive's entry as one of a file in there, whatever folders it climbs; "" for a hidden one.
func within(name string) string {
	name = path.Clean("/" + name)[1:]
	if slices.ContainsFunc(strings.Split(name, "/"), hidden) {
		return ""
	}
	return name
}

// tarParts lists the files in a tar, their names after a prefix. A link to a file in there is that file; devices and other
// such things are left out.
func tarParts(parts []part, prefix string, in io.ReaderAt, size int64) ([]part, error) {
	r, before, links := io.NewSectionReader(in, 0, size), len(parts), map[string]string{} // to names of files
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return linked(parts, before, links), nil
		}
		if err != nil {
			return nil, fmt.Errorf("is a damaged tar after %d files (%w); get it again", len(parts), err)
		}
		name := within(h.Name)
		switch {
		case name == "":
			continue
		case h.Typeflag == tar.TypeLink:
			links[prefix+name] = prefix + within(h.Linkname)
			continue
		case h.Typeflag == tar.TypeSymlink:
			links[prefix+name] = prefix + within(path.Join(path.Dir(name), h.Linkname))
			continue
		case h.Typeflag != tar.TypeReg:
			continue
		}
		at, err := r.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		if at+h.Size > size {
			return nil, fmt.Errorf("is truncated within %s, which needs %d bytes; get it again", h.Name, h.Size)
		}
		if parts = append(parts, part{prefix + name, in, at, h.Size}); len(parts)+len(links) > maxFiles {
			return nil, fmt.Errorf("holds more than %d files", maxFiles)
		}
	}
}

// linked adds the files that links name: those of parts from the given number on have their targets.
func linked(parts []part, from int, links map[string]string) []part {
	if len(links) == 0 {
		return parts
	}
	named := map[string]part{}
	for _, p := range parts[from:] {
		named[p.name] = p
	}
	for name, target := range links {
		if p, ok := named[target]; ok {
			p.name = name
			parts = append(parts, p)
		}
	}
	return parts
}

// openTar returns the files in a tar.
func openTar(in io.ReaderAt, size int64) (*Files, error) {
	parts, err := tarParts(nil, "", in, size)
	if err != nil {
		return nil, err
	}
	return filesOf(parts), nil
}

// openZip returns the files in a zip.
func openZip(in io.ReaderAt, size int64) (*Files, error) {
	z, err := zip.NewReader(in, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are names here, nothing is written to them
		return nil, fmt.Errorf("is a damaged zip (%w); get it again", err)
	}
	entries := slices.DeleteFunc(z.File, func(e *zip.File) bool {
		e.Name = strings.ReplaceAll(e.Name, `\`, "/") // before its mode, which is a folder's where a slash comes last
		if !e.Mode().IsRegular() {
			return true
		}
		e.Name = within(e.Name)
		return e.Name == ""
	})
	slices.SortStableFunc(entries, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	f := &Files{Names: make([]string, len(entries))}
	for i, e := range entries {
		if e.Flags&1 != 0 {
			return nil, fmt.Errorf("is encrypted: %s needs a password; unpack it and name the folder", e.Name)
		}
		if e.UncompressedSize64 > 1<<12+1100*uint64(size) { // no compression goes that far
			return nil, fmt.Errorf("claims %d bytes for %s, more than a zip of %d bytes can hold; get it again", e.UncompressedSize64, e.Name, size)
		}
		f.Names[i] = e.Name
	}
	f.open = func(i int) (io.ReadCloser, error) { return entries[i].Open() }
	f.size = func(i int) (int64, error) { return int64(entries[i].UncompressedSize64), nil }
	return f, nil
}

// gunzip writes what is compressed to w.
func gunzip(w io.Writer, in io.ReaderAt, size int64) (int64, error) {
	r, err := gzip.NewReader(io.NewSectionReader(in, 0, size))
	if err != nil {
		return 0, fmt.Errorf("cannot be unpacked (%w); get it again", err)
	}
	most := max(maxPlain, maxRatio*size)
	if temporary == nil { // it has to fit into memory
		most = maxPlain / 2
	}
	n, err := io.Copy(w, io.LimitReader(r, most+1))
	var at *fs.PathError
	switch {
	case errors.As(err, &at) && at.Op == "write":
		return 0, fmt.Errorf("cannot be unpacked to a file (%w); %s", at.Err, largerDisk)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, errors.New("is truncated: the compressed data ends too early; get it again")
	case err != nil:
		return 0, fmt.Errorf("cannot be unpacked (%w); get it again", err)
	case n > most:
		return 0, fmt.Errorf("unpacks to more than %d MB, more than a set of images of %d MB would", most>>20, size>>20)
	}
	return n, nil
}

// container tells what kind of file of files begins like this: "zip", "gzip", "tar", or "" for none.
func container(start []byte) string {
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		return "gzip"
	case len(start) >= 262 && string(start[257:262]) == "ustar":
		return "tar"
	}
	return ""
}

// unread are archives and compressions that are not read, by how they begin.
var unread = map[string]string{"\xfd7zXZ\x00": "xz", "BZh": "bzip2", "(\xb5/\xfd": "zstd", "7z\xbc\xaf": "7z", "Rar!": "rar"}

// Unpack returns the files within a file that is an archive, nil where it is none. name is the file's.
func (o Options) Unpack(name string, in io.ReaderAt, size int64) (*Files, error) {
	start := make([]byte, 512)
	n, err := in.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, bare(err)
	}
	switch start = start[:n]; container(start) {
	case "zip":
		return openZip(in, size)
	case "tar":
		return openTar(in, size)
	case "gzip":
		plain, length, err := o.plain(in, size)
		if err != nil {
			return nil, err
		}
		files, err := o.Unpack(name, plain, length)
		if files == nil && err == nil { // one compressed file
			base := path.Base(name)
			files = filesOf([]part{{strings.TrimSuffix(base, path.Ext(base)), plain, 0, length}})
		}
		return files, err
	}
	for begin, kind := range unread {
		if bytes.HasPrefix(start, []byte(begin)) {
			return nil, fmt.Errorf("is packed with %s, which is not read; unpack it, or pack it as zip, tar or tar.gz", kind)
		}
	}
	return nil, nil
}

// plain unpacks a gzip file to a temporary one, or where there are none into memory.
func (o Options) plain(in io.ReaderAt, size int64) (io.ReaderAt, int64, error) {
	if temporary == nil {
		var b bytes.Buffer
		n, err := gunzip(&b, in, size)
		return bytes.NewReader(b.Bytes()), n, err
	}
	f, err := temporary(o.Cache, "unpacked-*")
	if err != nil {
		return nil, 0, fmt.Errorf("has to be unpacked to a file, which cannot be made: %w; %s", err, otherFolder)
	}
	n, err := gunzip(f, in, size)
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, n, nil
}

// withShards returns f with each tar in it replaced by the files in there, below the tar's name.
func (f *Files) withShards() (*Files, error) {
	isShard := func(name string) bool { return path.Ext(name) == ".tar" }
	if !slices.ContainsFunc(f.Names, isShard) {
		return f, nil
	}
	var parts []part
	for i, name := range f.Names {
		if !isShard(name) {
			continue
		}
		size, err := f.size(i)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be opened: %w", name, bare(err))
		}
		r, err := f.open(i)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be opened: %w", name, bare(err))
		}
		in, ok := r.(io.ReaderAt)
		if !ok {
			r.Close()
			return nil, fmt.Errorf("%s lies in a compressed archive; unpack that first", name)
		}
		start := make([]byte, 512)
		n, _ := in.ReadAt(start, 0) // a file that cannot be read is told below
		if kind := container(start[:n]); kind != "" && kind != "tar" {
			r.Close()
			return nil, fmt.Errorf("%s is no tar but %s by its content; give it the ending of that, or unpack it", name, kind)
		}
		if parts, err = tarParts(parts, name+"/", in, size); err != nil {
			return nil, fmt.Errorf("%s %w", name, err)
		}
	}
	return filesOf(parts), nil
}

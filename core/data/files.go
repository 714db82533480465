package data

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxFiles     = 1 << 24  // in a folder or an archive
	maxFile      = 1 << 30  // bytes that a file of labels, or one of idx, may unpack to
	maxImageFile = 64 << 20 // bytes of one image file
	maxText      = 1 << 16  // bytes of a caption or a class in a file of its own
)

// Files is what data sets are read from: a folder, an archive, or what was dropped onto a page.
type Files struct {
	Names []string // with slashes, sorted; hidden files are left out
	open  func(i int) (io.ReadCloser, error)
	size  func(i int) (int64, error) // in bytes
}

// FilesOf returns the files of a file system.
func FilesOf(fsys fs.FS) (*Files, error) {
	f := &Files{}
	if err := f.walk(fsys, ".", false); err != nil {
		return nil, err
	}
	slices.Sort(f.Names)
	f.size = func(i int) (int64, error) {
		info, err := fs.Stat(fsys, f.Names[i])
		if err != nil {
			if _, notLinked := fs.ReadLink(fsys, f.Names[i]); notLinked == nil && errors.Is(err, fs.ErrNotExist) {
				return 0, errors.New("the target of this link is missing")
			}
			return 0, err
		}
		return info.Size(), plainFile(info)
	}
	f.open = func(i int) (io.ReadCloser, error) {
		if _, err := f.size(i); err != nil { // opening a pipe may take for ever
			return nil, err
		}
		return fsys.Open(f.Names[i])
	}
	return f, nil
}

// plainFile returns an error for what is no file on a disk.
func plainFile(info fs.FileInfo) error {
	if info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice) != 0 { // files in a cloud are not regular everywhere
		return errors.New("it is a pipe, a socket or a device; save what comes from it as a file")
	}
	return nil
}

// walk adds the files below a folder, which may be linked. Links to folders are followed, but not those within a linked one, nor
// those to a folder that they lie in, so that nothing goes round.
func (f *Files) walk(fsys fs.FS, root string, linked bool) error {
	return fs.WalkDir(fsys, root, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("cannot list %s: %w", p, bare(err))
		case p == root:
			return nil
		case hidden(e.Name()):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.IsDir():
			return nil
		case e.Type()&fs.ModeSymlink != 0:
			if target, err := fs.Stat(fsys, p); err == nil && target.IsDir() {
				if linked || around(fsys, p, target) {
					return nil
				}
				return f.walk(fsys, p, true)
			}
		}
		if f.Names = append(f.Names, p); len(f.Names) > maxFiles {
			return fmt.Errorf("holds more than %d files", maxFiles)
		}
		return nil
	})
}

// around tells whether a folder is one that the file at p lies in.
func around(fsys fs.FS, p string, folder fs.FileInfo) bool {
	for p != "." {
		p = path.Dir(p)
		if info, err := fs.Stat(fsys, p); err == nil && os.SameFile(info, folder) {
			return true
		}
	}
	return false
}

// InMemory returns files by name.
func InMemory(content map[string][]byte) *Files {
	f := &Files{}
	for _, name := range slices.Sorted(maps.Keys(content)) {
		if !slices.ContainsFunc(strings.Split(name, "/"), hidden) {
			f.Names = append(f.Names, name)
		}
	}
	f.open = func(i int) (io.ReadCloser, error) {
		file := content[f.Names[i]]
		return section{io.NewSectionReader(bytes.NewReader(file), 0, int64(len(file)))}, nil
	}
	f.size = func(i int) (int64, error) { return int64(len(content[f.Names[i]])), nil }
	return f
}

// hidden tells whether a file or folder was made by the system, as .DS_Store and __MACOSX are.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }

// read returns the content of a file that has at most so many bytes.
func (f *Files) read(i, most int) ([]byte, error) {
	r, err := f.open(i)
	if err != nil {
		return nil, fmt.Errorf("cannot be opened: %w", bare(err))
	}
	defer r.Close()
	if size, err := f.size(i); err == nil && size > int64(most) {
		return nil, fmt.Errorf("has %d bytes, more than the %d that are read", size, most)
	}
	content, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", bare(err))
	}
	if len(content) > most {
		return nil, fmt.Errorf("has more than %d bytes, the most that are read", most)
	}
	return content, nil
}

// start returns the first bytes of a file, and whether they are all of it.
func (f *Files) start(i, n int) (content []byte, all bool, err error) {
	r, err := f.open(i)
	if err != nil {
		return nil, false, fmt.Errorf("cannot be opened: %w", bare(err))
	}
	defer r.Close()
	content = make([]byte, n)
	n, err = io.ReadFull(r, content)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return content[:n], true, nil
	case err != nil:
		return nil, false, fmt.Errorf("cannot be read: %w", bare(err))
	}
	return content, false, nil
}

// find returns the number of the file of a name, -1 where there is none.
func (f *Files) find(name string) int {
	if i, ok := slices.BinarySearch(f.Names, name); ok {
		return i
	}
	return -1
}

// base returns the number of the first file whose name without its folder is this, -1 if there is none.
func (f *Files) base(name string) int {
	return slices.IndexFunc(f.Names, func(n string) bool { return path.Base(n) == name })
}

// lines returns the lines of a file with names of classes, nil where it is not there.
func (f *Files) lines(base string) (names []string) {
	i := f.base(base)
	if i < 0 {
		return nil
	}
	text, err := f.read(i, maxText)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			names = append(names, line)
		}
	}
	return names
}

// below returns the folder that all files lie in, with a slash at the end; it stops at one that tells a part of the set,
// as train does.
func (f *Files) below() string {
	if len(f.Names) == 0 {
		return ""
	}
	first, last := f.Names[0], f.Names[len(f.Names)-1]
	at := 0
	for {
		n := strings.IndexByte(first[at:], '/')
		if n < 0 || !strings.HasPrefix(last, first[:at+n+1]) {
			return first[:at]
		}
		if partOf(first[at:at+n]) != unknown {
			return first[:at]
		}
		at += n + 1
	}
}

// bare returns an error without the path that it happened at, which messages name already.
func bare(err error) error {
	var at *fs.PathError
	if !errors.As(err, &at) {
		return err
	}
	if errors.Is(err, fs.ErrInvalid) && !utf8.ValidString(at.Path) {
		return errors.New("its name is not in UTF-8; rename it")
	}
	return at.Err
}

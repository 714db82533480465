package protocol

import (
	"fmt"
	"strings"
)

// Files are what the user gives the page to learn from, as they are: sizes [n] in bytes, then the names, which NameBytes
// counts, then the contents one after another. The trainer makes a data set of them, which it answers with Dataset, and
// with Error where it cannot: the run in progress goes on.
type Files struct {
	NameBytes int      `json:"name_bytes"` // of the names, with a zero byte between any two
	N         int      `json:"n"`
	Side      int      `json:"side"` // pixels, of the squares that image files are made; 0 for 32
	Names     []string `json:"-"`    // paths with slashes
	Contents  [][]byte `json:"-"`
}

// Dataset tells that a data set was made of Files: Start may name it now.
type Dataset struct {
	bare
	Name     string   `json:"name"`
	Title    string   `json:"title"` // what the files were called
	Train    int      `json:"train"` // images
	Test     int      `json:"test"`
	H        int      `json:"h"`
	W        int      `json:"w"`
	C        int      `json:"c"`
	Classes  []string `json:"classes"` // null for images without labels
	Captions bool     `json:"captions"`
	Notes    []string `json:"notes"`
	Skipped  []string `json:"skipped"`  // the first files that could not be used, and why
	Left     int      `json:"left_out"` // how many there were
}

// Title is how the files are called: the first, or its folder, and how many others lie beside that.
func (m *Files) Title() string {
	beside := map[string]bool{}
	for _, name := range m.Names {
		top, _, _ := strings.Cut(name, "/")
		beside[top] = true
	}
	first, _, _ := strings.Cut(m.Names[0], "/")
	switch n := len(beside) - 1; n {
	case 0:
		return first
	case 1:
		return first + " and another"
	default:
		return fmt.Sprintf("%s and %d others", first, n)
	}
}

func (*Files) Kind() Kind   { return KindFiles }
func (*Dataset) Kind() Kind { return KindDataset }

// Bounds of what a message of files may ask for.
const (
	maxFiles = 1 << 20
	maxSide  = 256
)

func (m *Files) body() [][]byte {
	names := []byte(strings.Join(m.Names, "\x00"))
	if len(m.Names) != m.N || len(m.Contents) != m.N || len(names) != m.NameBytes {
		panic(fmt.Sprintf("protocol: %d files with %d names of %d bytes, %d contents", m.N, len(m.Names), m.NameBytes, len(m.Contents)))
	}
	sizes := make([]int32, m.N)
	for i, c := range m.Contents {
		sizes[i] = int32(len(c))
	}
	return append([][]byte{bytesOf(sizes), names}, m.Contents...)
}

func (m *Files) setBody(b []byte) error {
	if m.Side < 0 || m.Side > maxSide {
		return fmt.Errorf("images of %d pixels", m.Side)
	}
	if m.N < 1 || m.N > maxFiles || m.NameBytes < 0 || m.NameBytes > len(b) || 4*m.N+m.NameBytes > len(b) {
		return fmt.Errorf("%d files with names of %d bytes in a body of %d", m.N, m.NameBytes, len(b))
	}
	sizes, rest := view[int32](b[:4*m.N]), b[4*m.N:]
	m.Names = strings.Split(string(rest[:m.NameBytes]), "\x00")
	if len(m.Names) != m.N {
		return fmt.Errorf("%d names of %d files", len(m.Names), m.N)
	}
	rest = rest[m.NameBytes:]
	m.Contents = make([][]byte, m.N)
	for i, n := range sizes {
		if n < 0 || int(n) > len(rest) {
			return fmt.Errorf("file %d has %d bytes, of which %d are there", i, n, len(rest))
		}
		m.Contents[i], rest = rest[:n:n], rest[n:]
	}
	if len(rest) > 0 {
		return fmt.Errorf("%d bytes after the last file", len(rest))
	}
	return nil
}

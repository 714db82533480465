package protocol

import (
	"fmt"
	"unsafe"
)

// Images are pictures of the points that snapshots place: labels [n], the value of each factor [n], then pixels
// [n, h, w, c], c 1 or 3.
type Images struct {
	N       int      `json:"n"`
	H       int      `json:"h"`
	W       int      `json:"w"`
	C       int      `json:"c"`
	Classes []string `json:"classes"`
	Factors []Factor `json:"factors,omitempty"`
	Files   []string `json:"files,omitempty"` // [n], their names; none where images have no files of their own
	Labels  []int32  `json:"-"`
	Pixels  []uint8  `json:"-"`
}

// Factor is something known of each image besides its class, such as the size of what it shows.
type Factor struct {
	Name  string   `json:"name"`
	Names []string `json:"names"` // of its values
	Of    []int32  `json:"-"`     // [n], indices into Names
}

// Snapshot places every point in each of several projections: positions [n, 3] of each name, in order. Then it tells
// figures [n] of each point.
type Snapshot struct {
	Step      int         `json:"step"`
	N         int         `json:"n"`
	Space     string      `json:"space"` // what is projected, "z" or "h"
	Names     []string    `json:"names"`
	Figures   []string    `json:"figures,omitempty"` // "loss", "agreement"
	Positions [][]float32 `json:"-"`
	Values    [][]float32 `json:"-"`
}

func (*Images) Kind() Kind   { return KindImages }
func (*Snapshot) Kind() Kind { return KindSnapshot }

// Bounds of a message's n, and of the sides of images in pixels.
const (
	maxPoints = 1 << 20
	maxPixels = 4096
)

// shows tells whether there are images of height h, width w and c channels.
func shows(h, w, c int) bool {
	return h >= 1 && h <= maxPixels && w >= 1 && w <= maxPixels && (c == 1 || c == 3)
}

func (m *Images) check() error {
	if m.N < 0 || m.N > maxPoints || !shows(m.H, m.W, m.C) {
		return fmt.Errorf("images of shape [%d, %d, %d, %d]", m.N, m.H, m.W, m.C)
	}
	if m.Files != nil && len(m.Files) != m.N {
		return fmt.Errorf("%d files of %d images", len(m.Files), m.N)
	}
	return nil
}

func (m *Images) body() [][]byte {
	if err := m.check(); err != nil || len(m.Labels) != m.N || len(m.Pixels) != m.N*m.H*m.W*m.C {
		panic(fmt.Sprintf("protocol: images [%d, %d, %d, %d] with %d labels, %d files, %d pixels", m.N, m.H, m.W, m.C, len(m.Labels), len(m.Files), len(m.Pixels)))
	}
	parts := [][]byte{bytesOf(m.Labels)}
	for _, f := range m.Factors {
		if len(f.Of) != m.N {
			panic(fmt.Sprintf("protocol: %d values of %s for %d images", len(f.Of), f.Name, m.N))
		}
		parts = append(parts, bytesOf(f.Of))
	}
	return append(parts, m.Pixels)
}

func (m *Images) setBody(b []byte) error {
	if err := m.check(); err != nil {
		return err
	}
	columns := 1 + len(m.Factors)
	if want := uint64(m.N) * (4*uint64(columns) + uint64(m.H)*uint64(m.W)*uint64(m.C)); columns > 64 || uint64(len(b)) != want {
		return fmt.Errorf("a body of %d bytes for images [%d, %d, %d, %d] with %d factors, which take %d", len(b), m.N, m.H, m.W, m.C, columns-1, want)
	}
	column := func(i int) []int32 { return view[int32](b[4*m.N*i : 4*m.N*(i+1)]) }
	m.Labels, m.Pixels = column(0), b[4*m.N*columns:]
	if err := within("label", m.Labels, len(m.Classes)); err != nil {
		return err
	}
	for i := range m.Factors {
		f := &m.Factors[i]
		f.Of = column(1 + i)
		if err := within(f.Name, f.Of, len(f.Names)); err != nil {
			return err
		}
	}
	return nil
}

// within returns an error where an index is not below n.
func within(what string, index []int32, n int) error {
	for i, v := range index {
		if v < 0 || int(v) >= n {
			return fmt.Errorf("%s %d in row %d, with %d of them", what, v, i, n)
		}
	}
	return nil
}

func (m *Snapshot) body() [][]byte {
	if len(m.Positions) != len(m.Names) {
		panic(fmt.Sprintf("protocol: snapshot with %d names of %d projections", len(m.Names), len(m.Positions)))
	}
	parts := make([][]byte, len(m.Names))
	for i, p := range m.Positions {
		if len(p) != 3*m.N {
			panic(fmt.Sprintf("protocol: snapshot of %d points with %d coordinates in %s", m.N, len(p), m.Names[i]))
		}
		parts[i] = bytesOf(p)
	}
	if len(m.Values) != len(m.Figures) {
		panic(fmt.Sprintf("protocol: snapshot with %d names of %d figures", len(m.Figures), len(m.Values)))
	}
	for i, v := range m.Values {
		if len(v) != m.N {
			panic(fmt.Sprintf("protocol: snapshot of %d points with %d of %s", m.N, len(v), m.Figures[i]))
		}
		parts = append(parts, bytesOf(v))
	}
	return parts
}

func (m *Snapshot) setBody(b []byte) error {
	if m.N < 0 || m.N > maxPoints || len(m.Names) > 64 || len(m.Figures) > 64 {
		return fmt.Errorf("a snapshot of %d points in %d projections with %d figures", m.N, len(m.Names), len(m.Figures))
	}
	size := 12 * m.N
	if want := size*len(m.Names) + 4*m.N*len(m.Figures); len(b) != want {
		return fmt.Errorf("a body of %d bytes for %d points in %d projections with %d figures, which take %d", len(b), m.N, len(m.Names), len(m.Figures), want)
	}
	m.Positions = make([][]float32, len(m.Names))
	for i := range m.Positions {
		m.Positions[i] = view[float32](b[i*size : (i+1)*size])
	}
	b = b[size*len(m.Names):]
	for i := range m.Figures {
		m.Values = append(m.Values, view[float32](b[4*m.N*i:4*m.N*(i+1)]))
	}
	return nil
}

// bare is embedded by the messages that have no body.
type bare struct{}

func (bare) body() [][]byte { return nil }
func (bare) setBody(b []byte) error {
	if len(b) > 0 {
		return fmt.Errorf("%d bytes too many", len(b))
	}
	return nil
}

// bytesOf views numbers as their bytes. All machines that Go's browser and native programs run on are little-endian.
func bytesOf[T int32 | float32](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}

// view views bytes as numbers, or copies them if they do not lie at a multiple of 4.
func view[T int32 | float32](b []byte) []T {
	p := unsafe.Pointer(unsafe.SliceData(b))
	if uintptr(p)%4 == 0 {
		return unsafe.Slice((*T)(p), len(b)/4)
	}
	x := make([]T, len(b)/4)
	copy(bytesOf(x), b)
	return x
}

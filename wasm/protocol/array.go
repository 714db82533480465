package protocol

import (
	"fmt"
	"unsafe"
)

// Images are pictures of the points that snapshots place: labels [n], then pixels [n, h, w, c], c 1 or 3.
type Images struct {
	N       int      `json:"n"`
	H       int      `json:"h"`
	W       int      `json:"w"`
	C       int      `json:"c"`
	Classes []string `json:"classes"`
	Labels  []int32  `json:"-"`
	Pixels  []uint8  `json:"-"`
}

// Snapshot places every point in each of several projections: positions [n, 3] of each name, in order.
type Snapshot struct {
	Step      int         `json:"step"`
	N         int         `json:"n"`
	Names     []string    `json:"names"`
	Positions [][]float32 `json:"-"`
}

func (*Images) Kind() Kind   { return KindImages }
func (*Snapshot) Kind() Kind { return KindSnapshot }

// maxPoints bounds a message's n.
const maxPoints = 1 << 20

func (m *Images) check() error {
	if m.N < 0 || m.N > maxPoints || m.H < 1 || m.H > 4096 || m.W < 1 || m.W > 4096 || m.C != 1 && m.C != 3 {
		return fmt.Errorf("images of shape [%d, %d, %d, %d]", m.N, m.H, m.W, m.C)
	}
	return nil
}

func (m *Images) body() [][]byte {
	if err := m.check(); err != nil || len(m.Labels) != m.N || len(m.Pixels) != m.N*m.H*m.W*m.C {
		panic(fmt.Sprintf("protocol: images [%d, %d, %d, %d] with %d labels, %d pixels", m.N, m.H, m.W, m.C, len(m.Labels), len(m.Pixels)))
	}
	return [][]byte{bytesOf(m.Labels), m.Pixels}
}

func (m *Images) setBody(b []byte) error {
	if err := m.check(); err != nil {
		return err
	}
	if want := uint64(m.N) * (4 + uint64(m.H)*uint64(m.W)*uint64(m.C)); uint64(len(b)) != want {
		return fmt.Errorf("a body of %d bytes for images [%d, %d, %d, %d], which take %d", len(b), m.N, m.H, m.W, m.C, want)
	}
	m.Labels, m.Pixels = view[int32](b[:4*m.N]), b[4*m.N:]
	for i, l := range m.Labels {
		if l < 0 || int(l) >= len(m.Classes) {
			return fmt.Errorf("label %d of image %d, with %d classes", l, i, len(m.Classes))
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
	return parts
}

func (m *Snapshot) setBody(b []byte) error {
	if m.N < 0 || m.N > maxPoints || len(m.Names) > 64 {
		return fmt.Errorf("a snapshot of %d points in %d projections", m.N, len(m.Names))
	}
	size := 12 * m.N
	if len(b) != size*len(m.Names) {
		return fmt.Errorf("a body of %d bytes for %d points in %d projections, which take %d", len(b), m.N, len(m.Names), size*len(m.Names))
	}
	m.Positions = make([][]float32, len(m.Names))
	for i := range m.Positions {
		m.Positions[i] = view[float32](b[i*size : (i+1)*size])
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

package protocol

import "fmt"

// Sample asks for Views of some training images, as the run's settings make them now. Draw tells one asking from another:
// the same images and views come for the same number.
type Sample struct {
	bare
	N     int    `json:"n"`     // images, at most
	Views int    `json:"views"` // of all images together, at most, unless one image has more
	Draw  uint32 `json:"draw"`
}

// Views shows how views are made: N training images [n, h, w, c], then those of their views that have their size [n,
// whole, h, w, c], then the local ones [n, local.n, local.h, local.w, c].
type Views struct {
	N        int               `json:"n"`
	H        int               `json:"h"`
	W        int               `json:"w"`
	C        int               `json:"c"`
	Whole    int               `json:"whole"` // views of each image
	Local    Local             `json:"local"`
	Labels   []string          `json:"labels"`   // class of each image, "" where it is not known
	Captions []string          `json:"captions"` // of each image, as the network reads it; "" where it reads none
	Made     []Made            `json:"made"`     // [n, whole + local.n]
	Patch    int               `json:"patch"`    // side of the patches that are hidden from the encoder, in pixels; 0 where none is
	Idle     map[string]string `json:"idle"`     // settings that change nothing, by key: why
	Pixels   []uint8           `json:"-"`
}

// Local are an image's views of a small part of it.
type Local struct {
	N int `json:"n"`
	H int `json:"h"`
	W int `json:"w"`
}

// Made tells what was done to an image to make a view.
type Made struct {
	Corners [4][2]float32 `json:"corners"` // of the view on the image, clockwise, x and y in pixels from its top left
	Words   []string      `json:"words"`   // what else happened
	Hidden  []int32       `json:"hidden"`  // patches that the encoder does not see, numbered row by row
}

func (*Sample) Kind() Kind { return KindSample }
func (*Views) Kind() Kind  { return KindViews }

const maxViews = 64 // of an image, and images

func (m *Views) check() error {
	between := func(n, low, high int) bool { return n >= low && n <= high }
	if !between(m.N, 0, maxViews) || !shows(m.H, m.W, m.C) || !between(m.Whole, 1, maxViews) ||
		!between(m.Local.N, 0, maxViews) || !between(m.Local.H, 0, maxPixels) || !between(m.Local.W, 0, maxPixels) {
		return fmt.Errorf("%d views of %d images [%d, %d, %d] and %d of [%d, %d]", m.Whole, m.N, m.H, m.W, m.C, m.Local.N, m.Local.H, m.Local.W)
	}
	if len(m.Labels) != m.N || len(m.Captions) != m.N || len(m.Made) != m.N*(m.Whole+m.Local.N) {
		return fmt.Errorf("%d views of each of %d images with %d labels, %d captions and %d records", m.Whole+m.Local.N, m.N, len(m.Labels), len(m.Captions), len(m.Made))
	}
	return nil
}

// size returns the number of the pixels' bytes.
func (m *Views) size() uint64 {
	whole, local := uint64(m.H)*uint64(m.W)*uint64(1+m.Whole), uint64(m.Local.H)*uint64(m.Local.W)*uint64(m.Local.N)
	return uint64(m.N) * uint64(m.C) * (whole + local)
}

func (m *Views) body() [][]byte {
	if err := m.check(); err != nil || uint64(len(m.Pixels)) != m.size() {
		panic(fmt.Sprintf("protocol: %v; %d bytes of pixels", err, len(m.Pixels)))
	}
	return [][]byte{m.Pixels}
}

func (m *Views) setBody(b []byte) error {
	if err := m.check(); err != nil {
		return err
	}
	if uint64(len(b)) != m.size() {
		return fmt.Errorf("a body of %d bytes for views that take %d", len(b), m.size())
	}
	m.Pixels = b
	return nil
}

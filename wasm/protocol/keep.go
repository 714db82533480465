package protocol

import "fmt"

// Sample asks for Views of a few training images, as the run's settings make them now. Draw tells one asking from
// another: the same images and views come for the same number.
type Sample struct {
	bare
	N    int    `json:"n"`
	Draw uint32 `json:"draw"`
}

// Views shows how views are made: N training images [n, h, w, c], then two views of each [n, 2, h, w, c].
type Views struct {
	N      int      `json:"n"`
	H      int      `json:"h"`
	W      int      `json:"w"`
	C      int      `json:"c"`
	Labels []string `json:"labels"` // class of each image, "" where it is not known
	Made   []Made   `json:"made"`   // [n·2]
	Pixels []uint8  `json:"-"`
}

// Made tells what was done to an image to make a view.
type Made struct {
	Corners [4][2]float32 `json:"corners"` // of the view on the image, clockwise, x and y in pixels from its top left
	Words   []string      `json:"words"`   // what else happened
}

// Save asks for a Checkpoint of the run as it is.
type Save struct{ bare }

// Checkpoint is a run as a file, the same that the command saves. Sent to the trainer, it continues that run.
type Checkpoint struct {
	Name string `json:"name"` // of the file
	Step int    `json:"step"`
	File []byte `json:"-"`
}

func (*Sample) Kind() Kind     { return KindSample }
func (*Views) Kind() Kind      { return KindViews }
func (*Save) Kind() Kind       { return KindSave }
func (*Checkpoint) Kind() Kind { return KindCheckpoint }

const maxViews = 64

func (m *Views) check() error {
	if m.N < 0 || m.N > maxViews || m.H < 1 || m.H > 4096 || m.W < 1 || m.W > 4096 || m.C != 1 && m.C != 3 || len(m.Labels) != m.N || len(m.Made) != 2*m.N {
		return fmt.Errorf("views of %d images [%d, %d, %d] with %d labels and %d records", m.N, m.H, m.W, m.C, len(m.Labels), len(m.Made))
	}
	return nil
}

func (m *Views) body() [][]byte {
	if err := m.check(); err != nil || len(m.Pixels) != 3*m.N*m.H*m.W*m.C {
		panic(fmt.Sprintf("protocol: %v; %d pixels", err, len(m.Pixels)))
	}
	return [][]byte{m.Pixels}
}

func (m *Views) setBody(b []byte) error {
	if err := m.check(); err != nil {
		return err
	}
	if want := 3 * uint64(m.N) * uint64(m.H) * uint64(m.W) * uint64(m.C); uint64(len(b)) != want {
		return fmt.Errorf("a body of %d bytes for views that take %d", len(b), want)
	}
	m.Pixels = b
	return nil
}

func (m *Checkpoint) body() [][]byte { return [][]byte{m.File} }

func (m *Checkpoint) setBody(b []byte) error {
	m.File = b
	return nil
}

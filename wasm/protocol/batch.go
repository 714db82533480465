package protocol

import "fmt"

// Batch is what the last step learned from, as the network being trained sees it: Rows views of images, the first views
// first, then the second ones of the same images. Of large batches it is a part, but weights are those in the whole one.
type Batch struct {
	Step        int      `json:"step"`
	Rows        int      `json:"rows"` // twice the images shown
	H           int      `json:"h"`
	W           int      `json:"w"`
	C           int      `json:"c"`
	Classes     []string `json:"classes"`
	Labels      []int32  `json:"labels"`      // [rows], indices into Classes
	Images      int      `json:"images"`      // of the whole batch
	Temperature float64  `json:"temperature"` // 0 where the loss has none
	Weighted    bool     `json:"weighted"`    // whether Softmax and Gradient are there
	Force       float64  `json:"force"`       // sum of all |Gradient| of the whole batch, both directions
	ByClass     bool     `json:"by_class"`    // whether images of a class are positives of each other
	Why         string   `json:"why"`         // why they, or all rows, are not there, or what they are, a sentence
	Positives   []int    `json:"positives"`   // pairs of the whole batch by similarity, in equal bins from -1 to 1: two views of an image
	Negatives   []int    `json:"negatives"`   // views of images of different classes
	False       []int    `json:"false"`       // views of different images of one class: false negatives

	Similarity []float32 `json:"-"` // [rows, rows], cosines
	Softmax    []float32 `json:"-"` // [rows, rows], the weight of column j for row i; rows sum to 1 over the whole batch
	Gradient   []float32 `json:"-"` // [rows, rows], dL/d cosine, both directions: below 0 the pair is pulled together
	Pixels     []uint8   `json:"-"` // [rows, h, w, c]
}

func (*Batch) Kind() Kind { return KindBatch }

// maxRows bounds the rows of a batch that is shown.
const maxRows = 512

func (m *Batch) check() error {
	if m.Rows < 0 || m.Rows > maxRows || !shows(m.H, m.W, m.C) || len(m.Labels) != m.Rows {
		return fmt.Errorf("a batch of %d rows with %d labels and images [%d, %d, %d]", m.Rows, len(m.Labels), m.H, m.W, m.C)
	}
	return within("label", m.Labels, len(m.Classes))
}

func (m *Batch) matrices() int {
	if m.Weighted {
		return 3
	}
	return 1
}

func (m *Batch) body() [][]byte {
	n := m.Rows * m.Rows
	w := (m.matrices() - 1) / 2 * n
	if err := m.check(); err != nil || len(m.Similarity) != n || len(m.Softmax) != w || len(m.Gradient) != w || len(m.Pixels) != m.Rows*m.H*m.W*m.C {
		panic(fmt.Sprintf("protocol: %v; %d, %d, %d similarities and %d pixels", err, len(m.Similarity), len(m.Softmax), len(m.Gradient), len(m.Pixels)))
	}
	return [][]byte{bytesOf(m.Similarity), bytesOf(m.Softmax), bytesOf(m.Gradient), m.Pixels}
}

func (m *Batch) setBody(b []byte) error {
	if err := m.check(); err != nil {
		return err
	}
	size := 4 * m.Rows * m.Rows
	floats := size * m.matrices()
	if want := uint64(floats) + uint64(m.Rows)*uint64(m.H)*uint64(m.W)*uint64(m.C); uint64(len(b)) != want {
		return fmt.Errorf("a body of %d bytes for a batch of %d rows, which takes %d", len(b), m.Rows, want)
	}
	m.Similarity = view[float32](b[:size])
	if m.Weighted {
		m.Softmax, m.Gradient = view[float32](b[size:2*size]), view[float32](b[2*size:3*size])
	}
	m.Pixels = b[floats:]
	return nil
}

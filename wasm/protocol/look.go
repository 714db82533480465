package protocol

import "fmt"

// Look tells the trainer what the page shows of the points, so that nothing else is computed. The trainer keeps it from
// one run to the next.
type Look struct {
	bare
	Projection string `json:"projection"` // "sphere", "pca", "tsne" or "umap"
	Space      string `json:"space"`      // "z", the projections that the loss compares, or "h", the representations
	Points     int    `json:"points"`     // at most so many held-out images; 0 leaves their number
	Colour     string `json:"colour"`     // "loss" and "agreement" are computed, any other colour needs nothing
	Pairs      bool   `json:"pairs"`      // the views of the last batch, and the forces on them
	Focus      int    `json:"focus"`      // the point whose neighbours are wanted, -1 for none
}

// Neighbours are the points most similar to one by the cosine of their representations, nearest first: before the first
// step, and now.
type Neighbours struct {
	bare
	Step       int       `json:"step"`
	Point      int       `json:"point"`
	Space      string    `json:"space"`
	Before     []int     `json:"before"`
	Now        []int     `json:"now"`
	Similarity []float32 `json:"similarity"` // of those now
}

// Pairs are the two views of some images of the last batch, as the network that is being trained placed them, and the
// forces on them: first views first, then second ones. A force is a step along -dL/dz, or -dL/dh, seen in the projection;
// all are scaled by one factor.
type Pairs struct {
	Step       int    `json:"step"`
	N          int    `json:"n"` // images
	Projection string `json:"projection"`
	Split      bool   `json:"split"` // Pull is through the positive pairs and Push the rest; else Pull is the whole force
	Why        string `json:"why"`   // why there is no force, or why it is not split

	Labels    []int32   `json:"-"` // [n]
	Positions []float32 `json:"-"` // [2n, 3]
	Pull      []float32 `json:"-"` // [2n, 3]
	Push      []float32 `json:"-"` // [2n, 3]
}

func (*Look) Kind() Kind       { return KindLook }
func (*Neighbours) Kind() Kind { return KindNeighbours }
func (*Pairs) Kind() Kind      { return KindPairs }

func (m *Pairs) body() [][]byte {
	if len(m.Labels) != m.N || len(m.Positions) != 6*m.N || len(m.Pull) != 6*m.N || len(m.Push) != 6*m.N {
		panic(fmt.Sprintf("protocol: %d pairs with %d labels and %d, %d, %d coordinates", m.N, len(m.Labels), len(m.Positions), len(m.Pull), len(m.Push)))
	}
	return [][]byte{bytesOf(m.Labels), bytesOf(m.Positions), bytesOf(m.Pull), bytesOf(m.Push)}
}

func (m *Pairs) setBody(b []byte) error {
	if m.N < 0 || m.N > maxPoints || len(b) != (4+3*24)*m.N {
		return fmt.Errorf("a body of %d bytes for %d pairs, which take %d", len(b), m.N, (4+3*24)*m.N)
	}
	m.Labels = view[int32](b[:4*m.N])
	for i, part := range []*[]float32{&m.Positions, &m.Pull, &m.Push} {
		*part = view[float32](b[(4+24*i)*m.N : (28+24*i)*m.N])
	}
	return nil
}

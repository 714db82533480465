package session

import (
	"encoding/json"
	"time"

	"pushpull/core/probe"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// The protocol of what the page shows: held-out images as points, which are the queries of kNN too, against a bank of
// training images.
const (
	maxPoints = 1000
	bankSize  = 2000
)

// batch is how many images are embedded between two looks at the commands, queries how many look for their neighbours.
const (
	batch   = 64
	queries = 250
)

// points are the held-out images that the page shows.
type points struct {
	n      int
	seed   int
	index  []int32 // [n] in the test set
	h, z   []float32
	next   int // the point that was not embedded for longest
	sphere probe.View
	free   probe.View
	set    *train.Trainer
}

func newPoints(t *train.Trainer) *points {
	seed := t.Config.Int("seed")
	p := &points{seed: seed, index: train.Sample(uint64(seed), t.Data.Test.Len(), maxPoints), set: t}
	p.n = len(p.index)
	return p
}

// begin makes the points those of a new run.
func (p *points) begin(t *train.Trainer) {
	p.set, p.next = t, 0
	p.h, p.z = make([]float32, p.n*t.Dim()), make([]float32, p.n*t.Width())
	p.sphere, p.free = probe.View{Sphere: true}, probe.View{}
}

// images returns the points' pictures and classes.
func (p *points) images() *protocol.Images {
	set := p.set.Data.Test
	size := set.H * set.W * set.C
	m := &protocol.Images{N: p.n, H: set.H, W: set.W, C: set.C, Classes: set.Classes, Labels: make([]int32, p.n), Pixels: make([]uint8, p.n*size)}
	if set.Labels == nil {
		m.Classes = []string{"image"}
	}
	for i, at := range p.index {
		set.Bytes(int(at), m.Pixels[i*size:(i+1)*size])
		if set.Labels != nil {
			m.Labels[i] = set.Labels[at]
		}
	}
	return m
}

// refresh embeds n points with the encoder as it is, those that were not for longest. The others stay where they are, so
// a snapshot during training shows each point as one of the last few seconds' encoders saw it.
func (p *points) refresh(t *train.Trainer, n int, c *clock) {
	start := time.Now()
	for left := n; left > 0; {
		size := min(left, batch, p.n-p.next)
		p.embed(t, p.next, p.next+size)
		p.next = (p.next + size) % p.n
		left -= size
	}
	c.embedded(n, time.Since(start))
}

// embed computes h and z of the points from lo up to hi.
func (p *points) embed(t *train.Trainer, lo, hi int) {
	h, z := t.Embed(t.Data.Test, p.index[lo:hi])
	copy(p.h[lo*t.Dim():], h)
	copy(p.z[lo*t.Width():], z)
}

// snapshot places the points: on the sphere by their projections z, whose directions are all that a contrastive loss
// sees, and in space by their representations h, which are what training is for. It returns nil if the encoder no longer
// gives finite numbers.
func (p *points) snapshot(step int) *protocol.Snapshot {
	sphere, free := make([]float32, 3*p.n), make([]float32, 3*p.n)
	p.sphere.Project(sphere, p.z, len(p.z)/p.n)
	p.free.Project(free, p.h, len(p.h)/p.n)
	if !allFinite(sphere) || !allFinite(free) {
		return nil
	}
	fit(free)
	return &protocol.Snapshot{Step: step, N: p.n, Names: []string{"sphere", "pca"}, Positions: [][]float32{sphere, free}}
}

func allFinite(x []float32) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}

func marshal(c train.Config) json.RawMessage {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // a configuration holds numbers and text
	}
	return b
}

package session

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"pushpull/core/data"
	"pushpull/core/probe"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// The protocol of what the page shows: held-out images as points. The first of them are the queries of kNN, against a
// bank of training images, and what the other measures are of.
const (
	measured = train.TrendQueries
	bankSize = train.TrendBank
)

// batch is how many images are embedded between two looks at the commands, queries how many look for their neighbours.
const (
	batch   = 64
	queries = 250
)

// points are the held-out images that the page shows.
type points struct {
	set      *data.Set
	n        int
	measured int // the first of them, which are measured
	seed     int
	index    []int32 // [n] in the test set
	h, z     []float32
	done     int // the first points, which have been embedded
	next     int // the point that was not embedded for longest
	sphere   probe.View
	free     probe.View
	scale    float32 // of the free projection's picture

	losses bool          // whether embedding measures losses, too
	loss   []float32     // [n]
	views  *train.Loader // of pairs

	before struct { // the points as the encoder saw them before its first step
		network *train.Network
		h, z    []float32
		done    int
	}
}

// pointsOf returns how many points a wish for so many comes to.
func pointsOf(t *train.Trainer, wish int) int { return min(wish, t.Data.Test.Len()) }

// newPoints chooses about so many held-out images. A larger choice begins with the smaller one.
func newPoints(t *train.Trainer, wish int) *points {
	seed, size := t.Config.Int("seed"), t.Data.Test.Len()
	p := &points{set: t.Data.Test, seed: seed, n: pointsOf(t, wish)}
	p.index = train.Sample(uint64(seed), size, measured)
	if p.n < len(p.index) {
		p.index = p.index[:p.n]
	}
	p.measured = len(p.index)
	chosen := make([]bool, size)
	for _, i := range p.index {
		chosen[i] = true
	}
	for i := 0; len(p.index) < p.n; i++ {
		if !chosen[i] {
			p.index = append(p.index, int32(i))
		}
	}
	return p
}

// begin makes room for what a run makes of the points.
func (p *points) begin(t *train.Trainer) {
	p.h, p.z, p.loss = make([]float32, p.n*t.Dim()), make([]float32, p.n*t.Width()), make([]float32, p.n)
	p.sphere.Sphere = true
}

// forget leaves the choice of points only.
func (p *points) forget() {
	*p = points{set: p.set, n: p.n, measured: p.measured, seed: p.seed, index: p.index}
}

// images returns the points' pictures, files, classes and factors.
func (p *points) images() *protocol.Images {
	set := p.set
	size := set.H * set.W * set.C
	m := &protocol.Images{N: p.n, H: set.H, W: set.W, C: set.C, Classes: classes(set), Labels: make([]int32, p.n), Pixels: make([]uint8, p.n*size)}
	if set.Labels != nil {
		m.Labels = data.Pick(set.Labels, p.index)
	}
	if set.Files != nil {
		m.Files = data.Pick(set.Files, p.index)
	}
	for i, at := range p.index {
		set.Bytes(int(at), m.Pixels[i*size:(i+1)*size])
	}
	for _, f := range set.Factors {
		m.Factors = append(m.Factors, protocol.Factor{Name: f.Name, Names: f.Names, Of: data.Pick(f.Of, p.index)})
	}
	return m
}

// classes returns the classes of a set as the page hears of them: images without labels are all of one.
func classes(set *data.Set) []string {
	if set.Labels == nil {
		return []string{"image"}
	}
	return set.Classes
}

// rows returns what a space's points are: the representations h [n, Dim], or the projections z [n, Width].
func (p *points) rows(space string) []float32 {
	if space == "h" {
		return p.h
	}
	return p.z
}

// refresh embeds n points with the encoder as it is, those that were not for longest. The others stay where they are, so
// a snapshot during training shows each point as one of the last few seconds' encoders saw it.
func (p *points) refresh(t *train.Trainer, n int, c *clock) {
	start := time.Now()
	for left := n; left > 0; {
		size := min(left, batch-p.next%batch, p.n-p.next)
		p.embed(t, p.next, p.next+size)
		p.next = (p.next + size) % p.n
		left -= size
	}
	c.embedded(n, time.Since(start))
}

// embed computes h and z of the points from lo up to hi, all of one batch, and their losses where they are wanted.
func (p *points) embed(t *train.Trainer, lo, hi int) {
	t.EmbedTo(p.h[lo*t.Dim():], p.z[lo*t.Width():], p.set, p.index[lo:hi])
	if p.losses {
		p.measureLoss(t, lo, hi)
	}
}

// pairs returns the projections that a network gives two views of each point from lo up to hi, at most a batch: first those
// of view 0. They are the same views each time.
func (p *points) pairs(t *train.Trainer, n *train.Network, lo, hi int) []float32 {
	if p.views == nil {
		p.views = train.NewLoader(t.Config, p.set, t.Input, train.Plan{Images: batch, Views: 2})
	}
	_, z := n.EmbedViews(p.views.Load(0, p.index[lo:hi]), p.set)
	return z
}

// measureLoss measures how hard it is to find one of two views of each point from lo up to hi by the other, among those of
// the whole batch that they are of: SimCLR's loss, each point's share, over that of guessing. The last batch is filled up
// with points before it, so that all have equally many to be told from.
func (p *points) measureLoss(t *train.Trainer, lo, hi int) {
	first := max(min(lo-lo%batch, p.n-batch), 0)
	n := min(batch, p.n-first)
	z := p.pairs(t, t.Network, first, first+n)
	cosines, tau := probe.Cosines(z, t.Width()), temperature(t)
	clear(p.loss[lo:hi])
	for i := range 2 * n {
		point := first + i%n
		if point < lo || point >= hi {
			continue
		}
		row := cosines[i*2*n:][:2*n]
		row[i] = float32(math.Inf(-1)) // a view is not to be found by itself
		top, sum := float64(slices.Max(row)), 0.0
		for _, c := range row {
			sum += math.Exp((float64(c) - top) / tau)
		}
		loss := math.Log(sum) + (top-float64(row[(i+n)%(2*n)]))/tau
		p.loss[point] += float32(loss / math.Log(math.Max(float64(2*n-1), 2)) / 2)
	}
}

// temperature returns the temperature of a run's loss, learned or given, and 0.5 for a loss without.
func temperature(t *train.Trainer) float64 {
	if o, ok := t.Objective.(interface{ Temperature(train.Config) float32 }); ok {
		return float64(o.Temperature(t.Config))
	}
	if tau, has := t.Config.Values["temperature"].(float64); has {
		return tau
	}
	return 0.5
}

// agreement returns, for each of the rows x [n, d] of the points, the share of its nearest that are of its class, by
// cosine and among the first points.
func (p *points) agreement(x []float32, d int) []float32 {
	const k = 10
	out := make([]float32, p.n)
	bank := min(p.n, 2*measured)
	index, _, used, err := probe.Nearest(x, x[:bank*d], d, k+1)
	if err != nil {
		return out
	}
	labels := data.Pick(p.set.Labels, p.index)
	for i := range out {
		same, of := 0, 0
		for _, j := range index[i*used:][:used] {
			if int(j) != i && of < k {
				of++
				if labels[j] == labels[i] {
					same++
				}
			}
		}
		out[i] = float32(same) / float32(max(of, 1))
	}
	return out
}

// marshal returns what holds numbers and text only as JSON.
func marshal(x any) json.RawMessage {
	b, err := json.Marshal(x)
	if err != nil {
		panic(err)
	}
	return b
}

package session

import (
	"math"
	"slices"
	"time"

	"pushpull/core/probe"
)

const (
	laid            = 1000 // points that t-SNE and UMAP lay out; others stand among their nearest of these
	layoutShare     = 0.1  // of the time while training
	layoutBurst     = 400 * time.Millisecond
	layoutRest      = 60 * time.Millisecond // of steps between two snapshots while nothing trains
	layoutSettles   = 400                   // steps, and no new points, after which a layout rests
	umapNeighbours  = 15
	perplexity      = 30  // where there are points for it
	leastPerplexity = 1.2 // so that three points can be laid out
	interpolated    = 6   // nearest points that an interpolated one stands among
)

// layout is t-SNE or UMAP going on from snapshot to snapshot. It runs in the trainer, where the embeddings are and where
// the matrix kernels and the clock are that bound what it may take; the page's thread stays free to draw.
type layout struct {
	kind, space string
	n           int
	tsne        *probe.TSNE
	umap        *probe.UMAP

	credit            time.Duration // time it may spend
	followed, perStep time.Duration // what new rows cost, and a step
	step, settled     int           // of the run when rows were last new; steps since then
	rows              []float32     // [n, d], which were laid out
	at                []float32     // [n, 3], where
}

// unsettled tells whether further steps would still move the points, which are those of a step of the run.
func (l *layout) unsettled(step int) bool {
	return l.at != nil && (l.settled < layoutSettles || l.step != step)
}

// show goes on with the layout of a kind for rows x [n, d], as far as since, the time from the last snapshot on, allows,
// and returns where they are [n, 3]; nil if they cannot be laid out. One or two, of which nothing can be kept, stand side by
// side.
func (l *layout) show(kind, space string, step int, x []float32, d, n int, since time.Duration) []float32 {
	switch n {
	case 1:
		return make([]float32, 3)
	case 2:
		return []float32{-0.5, 0, 0, 0.5, 0, 0}
	}
	k := min(n, laid)
	if kind != l.kind || space != l.space || k != l.n {
		*l = layout{kind: kind, space: space, n: k, credit: layoutBurst, step: -1}
	}
	l.credit = min(l.credit+time.Duration(layoutShare*float64(min(since, 2*time.Second))), layoutBurst)
	if rows := directed(x[:k*d], d, space); l.step != step && l.credit >= min(l.followed/2, layoutBurst) {
		start := time.Now()
		l.step, l.settled = step, 0
		if !l.follow(rows, d) {
			*l = layout{}
			return nil
		}
		l.followed = time.Since(start)
		l.credit -= l.followed
	}
	for l.credit >= min(l.perStep, layoutRest) && l.settled < layoutSettles { // one that was slow must not be the last
		l.advance()
	}
	l.flatten()
	if n == k {
		return append([]float32(nil), l.at...)
	}
	all := make([]float32, 3*n)
	copy(all, l.at)
	rest := directed(x[k*d:], d, space)
	l.place(all[3*k:], rest, rest, d)
	return all
}

// directed returns rows as distances compare them: of z, directions are all that the loss sees.
func directed(x []float32, d int, space string) []float32 {
	if space == "z" {
		return probe.Unit(x, d)
	}
	return slices.Clone(x)
}

// follow gives the layout rows [n, d], and makes it if there is none.
func (l *layout) follow(rows []float32, d int) bool {
	l.rows = rows
	if d == 1 { // a line, laid out as one in a plane
		rows, d = make([]float32, 2*l.n), 2
		for i, v := range l.rows {
			rows[2*i] = v
		}
	}
	var err error
	switch around := min(perplexity, max(float64(l.n)/4, leastPerplexity)); {
	case l.kind == "tsne" && l.tsne != nil:
		err = l.tsne.Follow(rows, d, around)
	case l.kind == "tsne":
		l.tsne, err = probe.NewTSNE(rows, d, 2, around)
	case l.umap != nil:
		l.umap.Follow(rows, d)
	default:
		l.umap, err = probe.NewUMAP(rows, d, 2, min(umapNeighbours, l.n-1), 1)
	}
	return err == nil
}

// advance takes one step and pays for it.
func (l *layout) advance() {
	start := time.Now()
	if l.tsne != nil {
		l.tsne.Step()
	} else {
		l.umap.Step()
	}
	l.settled++
	took := time.Since(start)
	l.perStep = (3*l.perStep + took) / 4
	l.credit -= max(took, time.Microsecond)
}

// flatten makes the layout a picture of the size of the others, in the plane that faces the eye.
func (l *layout) flatten() {
	flat := []float32(nil)
	if l.tsne != nil {
		flat = l.tsne.Layout
	} else {
		flat = l.umap.Layout
	}
	if len(l.at) != 3*l.n {
		l.at = make([]float32, 3*l.n)
	}
	var x, y float64
	for i := range l.n {
		x, y = x+float64(flat[2*i])/float64(l.n), y+float64(flat[2*i+1])/float64(l.n)
	}
	for i := range l.n {
		l.at[3*i], l.at[3*i+1] = flat[2*i]-float32(x), flat[2*i+1]-float32(y)
	}
	fit(l.at)
}

// place writes where rows x [m, d] stand to dst [m, 3]: at the mean of the nearest laid-out rows of those in near [m, d],
// weighted by their similarity. With near kept while x moves a little, dst moves smoothly.
func (l *layout) place(dst, x, near []float32, d int) {
	index, _, k, err := probe.Nearest(near, l.rows, d, interpolated)
	clear(dst)
	if err != nil {
		return
	}
	weight := make([]float64, k)
	for i := range len(x) / d {
		row, mean, total := x[i*d:][:d], 0.0, 0.0
		for j, at := range index[i*k:][:k] {
			weight[j] = 0
			for c, v := range l.rows[int(at)*d:][:d] {
				weight[j] += float64(row[c]-v) * float64(row[c]-v)
			}
			mean += weight[j] / float64(k)
		}
		for j := range weight {
			weight[j] = math.Exp(-2 * weight[j] / math.Max(mean, 1e-30))
			total += weight[j]
		}
		for j, at := range index[i*k:][:k] {
			for c := range 3 {
				dst[3*i+c] += float32(weight[j]/total) * l.at[3*int(at)+c]
			}
		}
	}
}

// layoutWanted tells whether the layout that is shown has yet to settle, or to follow the encoder as it is.
func (s *Session) layoutWanted() bool {
	return s.trainer != nil && s.layout.kind == s.look.Projection && s.layout.unsettled(s.trainer.Steps())
}

// settleLayout goes on with the layout for a moment, while nothing else is to do.
func (s *Session) settleLayout() {
	s.layout.credit = layoutRest
	if s.layout.step != s.trainer.Steps() {
		s.layout.credit = layoutBurst // nobody waits
	}
	if m := s.snapshot(0); m != nil {
		s.Send(m)
	} else {
		s.layout.settled, s.layout.step = layoutSettles, s.trainer.Steps()
	}
}

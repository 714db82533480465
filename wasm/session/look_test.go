package session

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// Each projection comes with snapshots once the page looks at it, and goes on from snapshot to snapshot.
func TestLookBringsProjections(t *testing.T) {
	p := open(t)
	p.start(nil)
	for _, kind := range []string{"tsne", "umap"} {
		for _, space := range []string{"z", "h"} {
			p.inbox <- &protocol.Look{Projection: kind, Space: space, Focus: -1}
			var last []float32
			for moved, seen := 0, 0; moved < 3; {
				m := until[*protocol.Snapshot](p)
				if !slices.Equal(m.Names, []string{"sphere", "pca", kind}) || m.Space != space {
					continue
				}
				at := m.Positions[2]
				if seen++; len(at) != 3*m.N || !allFinite(at) || seen > 50 {
					t.Fatalf("%s of %s, snapshot %d: %d coordinates, finite or not, moved %d times: %v", kind, space, seen, len(at), moved, at[:6])
				}
				if !slices.Equal(at, last) { // on a busy machine a layout can have no time for a step
					moved++
				}
				last = at
				p.losses(1)
			}
		}
	}
}

// Rows of one number, and few of any, are laid out as well. None of it ends the trainer.
func TestLayoutOfLittle(t *testing.T) {
	for _, of := range []struct{ d, n int }{{1, 40}, {2, 40}, {1, 3}, {16, 4}, {16, 3}, {16, 2}, {16, 1}} {
		rows := make([]float32, of.n*of.d)
		for i := range rows {
			rows[i] = float32(math.Sin(float64(i * i)))
		}
		for _, kind := range []string{"tsne", "umap"} {
			for _, space := range []string{"z", "h"} {
				l := layout{}
				for step := range 3 {
					at := l.show(kind, space, step/2, rows, of.d, of.n, layoutBurst)
					if len(at) != 3*of.n || !allFinite(at) {
						t.Errorf("%s of %d rows of %d, %s: %v", kind, of.n, of.d, space, at)
					}
				}
			}
		}
	}
}

func TestFewerPoints(t *testing.T) {
	p := open(t)
	p.start(nil)
	p.inbox <- &protocol.Look{Projection: "pca", Space: "h", Points: 10, Focus: -1}
	if m := until[*protocol.Images](p); m.N != 10 || len(m.Factors) == 0 {
		t.Errorf("%d images with %d factors, want 10 with those of the shapes", m.N, len(m.Factors))
	}
	if m := until[*protocol.Snapshot](p); m.N != 10 {
		t.Errorf("a snapshot of %d points, want 10", m.N)
	}
	p.losses(3)
}

// A point's loss is SimCLR's of its two views among those of the others, over that of guessing; its agreement is the share of
// the ten nearest points that are of its class.
func TestLossAndAgreementOfPoints(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", map[string]string{"lr": "0.05", "temperature": "0.2"})
	tr := b.trainer
	b.do(&protocol.Step{N: 6}, &protocol.Look{Projection: "sphere", Space: "z", Colour: "loss", Focus: -1})
	got := last[*protocol.Snapshot](b).Values[0]
	loader := train.NewLoader(tr.Config, tr.Data.Test, tr.Input, train.Plan{Images: 24, Views: 2})
	_, z := tr.EmbedViews(loader.Load(0, b.points.index), tr.Data.Test)
	views := unitRows(z, tr.Width())
	lossOf := func(view, other int) float64 {
		sum := 0.0
		for i, v := range views {
			if i != view {
				sum += math.Exp(dot(views[view], v) / 0.2)
			}
		}
		return (math.Log(sum) - dot(views[view], views[other])/0.2) / math.Log(47)
	}
	for i, v := range got {
		if want := (lossOf(i, 24+i) + lossOf(24+i, i)) / 2; math.Abs(float64(v)-want) > 1e-3 {
			t.Errorf("the loss of point %d is %v, want %v", i, v, want)
		}
	}

	b.do(&protocol.Look{Projection: "sphere", Space: "h", Colour: "agreement", Focus: -1})
	h, _ := tr.Embed(tr.Data.Test, b.points.index)
	points, labels := unitRows(h, tr.Dim()), data.Pick(tr.Data.Test.Labels, b.points.index)
	for i, v := range last[*protocol.Snapshot](b).Values[0] {
		var others []int
		for j := range points {
			if j != i {
				others = append(others, j)
			}
		}
		slices.SortFunc(others, func(j, k int) int { return cmp.Compare(dot(points[i], points[k]), dot(points[i], points[j])) })
		same := float32(0)
		for _, j := range others[:10] {
			if labels[j] == labels[i] {
				same++
			}
		}
		if v != same/10 {
			t.Errorf("the agreement of point %d is %v, want %v", i, v, same/10)
		}
	}
}

// At the least temperature a similarity may be 2000 less than another, whose exponential is not to be had; the losses are.
func TestLossOfPointsIsFiniteAtAnyTemperature(t *testing.T) {
	p := open(t)
	p.start(map[string]string{"lr": "0.05"})
	p.losses(12) // in which images come apart
	p.inbox <- &protocol.Set{Values: map[string]string{"temperature": "0.001"}}
	p.inbox <- &protocol.Look{Projection: "sphere", Space: "z", Colour: "loss", Focus: -1}
	for {
		m := until[*protocol.Snapshot](p)
		if !slices.Equal(m.Figures, []string{"loss"}) {
			continue
		}
		for i, v := range m.Values[0] {
			if !(v >= 0 && v < 1000) {
				t.Fatalf("the loss of point %d is %v", i, v)
			}
		}
		return
	}
}

// The loss of points is that at the temperature which was learned: making that the given one changes nothing.
func TestLossOfPointsAtALearnedTemperature(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", map[string]string{"learn-temperature": "true", "lr": "0.1"})
	b.do(&protocol.Step{N: 12}, &protocol.Look{Projection: "pca", Space: "z", Colour: "loss", Focus: -1})
	before := slices.Clone(last[*protocol.Snapshot](b).Values[0])
	tau := temperature(b.trainer)
	if math.Abs(tau-0.5) < 0.01 {
		t.Fatalf("the temperature is %v, nearly what it was", tau)
	}
	b.do(&protocol.Set{Values: map[string]string{"temperature": train.TextOf(tau)}}, &protocol.Look{Projection: "sphere", Space: "z", Colour: "loss", Focus: -1})
	for i, v := range last[*protocol.Snapshot](b).Values[0] {
		if math.Abs(float64(v-before[i])) > 1e-4 {
			t.Fatalf("the loss of point %d is %v, and %v once the temperature is given as %v, which it was", i, before[i], v, tau)
		}
	}
}

// Neighbours are the nearest by the encoder as it is, and by that of the seed, in the space that is shown; also after a run of
// another width, and of a run that is opened.
func TestNeighboursBeforeAndNow(t *testing.T) {
	b := newBench(t)
	check := func(space string) {
		t.Helper()
		m, tr := last[*protocol.Neighbours](b), b.trainer
		first, err := train.NewNetwork(tr.Config, tr.Input)
		if err != nil {
			t.Fatal(err)
		}
		nearest := func(n *train.Network) []int {
			x, z := n.Embed(tr.Data.Test, b.points.index)
			d := n.Dim()
			if space == "z" {
				x, d = z, n.Width()
			}
			points := unitRows(x, d)
			var others []int
			for j := range points {
				if j != 3 {
					others = append(others, j)
				}
			}
			slices.SortFunc(others, func(j, k int) int { return cmp.Compare(dot(points[3], points[k]), dot(points[3], points[j])) })
			return others[:neighboursShown]
		}
		if now, before := nearest(tr.Network), nearest(first); m.Step != tr.Steps() || m.Point != 3 || !slices.Equal(m.Now, now) || !slices.Equal(m.Before, before) {
			t.Errorf("%+v: want the neighbours %v now, at step %d, and %v before", m, now, tr.Steps(), before)
		}
	}
	b.do(&protocol.Look{Projection: "sphere", Space: "h", Focus: 3})
	b.start("simclr", "shapes", map[string]string{"lr": "0.05"})
	check("h")
	b.do(&protocol.Step{N: 4})
	check("h")
	b.do(&protocol.Look{Projection: "sphere", Space: "z", Focus: 3})
	check("z")
	b.do(&protocol.Save{})
	saved := last[*protocol.Checkpoint](b)
	b.start("simclr", "shapes", map[string]string{"conv-channels": "4-6"})
	b.do(&protocol.Step{N: 2})
	check("z")
	b.do(saved)
	check("z")
}

// Points are held-out images of the run's data set, whatever was shown before.
func TestPointsAreOfTheDataSet(t *testing.T) {
	b := newBench(t)
	b.Load = func(name string, _ func(done, total int)) (*data.Dataset, error) {
		d := data.Shapes(uint64(len(name)), 48, 24)
		d.Name = name
		return d, nil
	}
	b.start("simclr", "shapes", nil)
	for _, seed := range []string{"1", "7"} {
		b.start("simclr", "mnist", map[string]string{"seed": seed})
		m, set := last[*protocol.Images](b), b.trainer.Data.Test
		if m == nil || b.points.set != set || train.TextOf(b.points.seed) != seed {
			t.Fatalf("seed %s: the points are those of the run before", seed)
		}
		const size = 32 * 32 * 3
		for i, image := range b.points.index {
			want := make([]uint8, size)
			if set.Bytes(int(image), want); !slices.Equal(m.Pixels[i*size:][:size], want) || m.Labels[i] != set.Labels[image] {
				t.Errorf("seed %s: point %d does not show image %d", seed, i, image)
			}
		}
	}
}

// While training goes on snapshots show the points as the encoder sees them by then.
func TestSnapshotsFollowTraining(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", map[string]string{"lr": "0.05"})
	b.do(&protocol.Step{N: 1})
	b.clock.evaluation, b.clock.snapshot = time.Now(), time.Now().Add(-time.Minute)
	b.steps, b.sent = -1, nil
	b.advance()
	_, z := b.trainer.Embed(b.points.set, b.points.index)
	for i, v := range b.points.z {
		if math.Abs(float64(v-z[i])) > 1e-5 {
			t.Fatal("points are where they were before the step")
		}
	}
	if m := last[*protocol.Snapshot](b); m == nil || m.Step != 2 {
		t.Errorf("after step 2 the snapshot is %+v", m)
	}
}

func TestPairsFollowTheShownProjection(t *testing.T) {
	p := open(t)
	p.start(nil)
	for _, look := range []protocol.Look{
		{Projection: "sphere", Space: "z", Pairs: true, Focus: -1}, {Projection: "pca", Space: "h", Pairs: true, Focus: -1},
		{Projection: "tsne", Space: "z", Pairs: true, Focus: -1}, {Projection: "umap", Space: "z", Pairs: true, Focus: -1},
	} {
		p.inbox <- &look
		p.losses(1)
		for {
			m := until[*protocol.Pairs](p)
			far := float32(0) // length of the longest arrow, squared
			for i := 0; i < len(m.Pull); i += 3 {
				far = max(far, kernel.SumSquares(m.Pull[i:i+3]), kernel.SumSquares(m.Push[i:i+3]))
			}
			if math.Abs(math.Sqrt(float64(far))-longest) > 1e-4 {
				t.Errorf("%s: the longest arrow has length %v, want %v", m.Projection, math.Sqrt(float64(far)), longest)
			}
			if m.Projection != look.Projection || slices.Max(m.Pull) == 0 {
				continue
			}
			if m.N != 8 || m.Split != (look.Space == "z") || m.Split == (m.Why != "") {
				t.Errorf("%+v: %d pairs, split %v, because %q", look, m.N, m.Split, m.Why)
			}
			break
		}
	}
}

// The first images of a large batch are where their projections are, and arrows point where forces move them: in the
// projection by PCA, which is linear, they are its pictures of the forces, all by one factor.
func TestPairsOfALargeBatch(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", map[string]string{"batch": "48"})
	b.do(&protocol.Look{Projection: "pca", Space: "z", Pairs: true, Focus: -1}, &protocol.Step{N: 1})
	m, tr := last[*protocol.Pairs](b), b.trainer
	seen, _ := tr.Seen()
	d := tr.Width()
	first := func(x []float32) []float32 { return slices.Concat(x[:shownPairs*d], x[48*d:][:shownPairs*d]) }
	at := b.project(first(seen.Z), nil, d)
	if !slices.Equal(m.Positions, at) || !slices.Equal(m.Labels, seen.Labels[:shownPairs]) {
		t.Error("pairs are not where their projections are, or of other classes")
	}
	pull, push, _ := b.forces(seen.Config, seen.Z, seen.GradZ, d, seen.Labels)
	factor := float32(0)
	for i, force := range [][]float32{pull, push} {
		moved := first(seen.Z)
		kernel.Axpy(1, first(force), moved)
		to, got := b.project(moved, nil, d), [][]float32{m.Pull, m.Push}[i]
		kernel.Axpy(-1, at, to)
		if i == 0 {
			factor = kernel.Dot(got, to) / kernel.SumSquares(to)
		}
		for j, v := range got {
			if math.Abs(float64(v-factor*to[j])) > 1e-3 {
				t.Fatalf("%s %d is %v, want %v", []string{"pull", "push"}[i], j, v, factor*to[j])
			}
		}
	}
}

// Pull and push, computed from the weights of the pairs, add up to the gradient that the tape computed.
func TestForcesAreTheGradient(t *testing.T) {
	for _, algo := range []string{"simclr", "info_nce", "dcl", "supcon"} {
		c, err := algos.Resolve(algo, "shapes", "convnet", tiny)
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := algos.Start(c, data.Shapes(0, 48, 24))
		if err != nil {
			t.Fatal(err)
		}
		trainer.KeepGradients(true)
		if _, err := trainer.Step(); err != nil {
			t.Fatal(err)
		}
		seen, _ := trainer.Seen()
		w, why := trainer.Objective.(algos.PairWeigher).PairWeights(c, seen.Z, trainer.Width(), seen.Labels)
		if why != "" {
			t.Fatal(algo, why)
		}
		pull := through(seen.Z, w.Gradient, trainer.Width(), func(g float32) bool { return g < 0 })
		push := through(seen.Z, w.Gradient, trainer.Width(), func(g float32) bool { return g > 0 })
		scale := float64(slices.Max(seen.GradZ))
		if !(scale > 0) || slices.Max(pull) == 0 || slices.Max(push) == 0 {
			t.Fatalf("%s: gradient up to %g, pull %g, push %g", algo, scale, slices.Max(pull), slices.Max(push))
		}
		for i, g := range seen.GradZ {
			if d := math.Abs(float64(pull[i] + push[i] + g)); d > 1e-3*scale {
				t.Fatalf("%s: number %d: pull %g and push %g against a gradient of %g", algo, i, pull[i], push[i], g)
			}
		}
		s := Session{trainer: trainer, look: firstLook}
		back, rest, _ := s.forces(c, seen.Z, seen.GradZ, trainer.Width(), seen.Labels)
		if !slices.Equal(back, pull) || math.Abs(float64(rest[0]-push[0])) > 1e-3*scale {
			t.Errorf("%s: the session splits otherwise", algo)
		}
	}
}

// Keeping gradients changes no result.
func TestLookingChangesNoLoss(t *testing.T) {
	p := open(t)
	p.start(nil)
	plain := p.losses(4)
	p.inbox <- &protocol.Reset{}
	until[*protocol.References](p)
	p.inbox <- &protocol.Look{Projection: "umap", Space: "z", Colour: "loss", Pairs: true, Focus: 2}
	if looked := p.losses(4); !slices.Equal(looked, plain) {
		t.Errorf("losses %v while looking, %v before", looked, plain)
	}
}

package session

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"testing"

	"pushpull/core/data"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// The figures that the page shows of a run are what their definitions say of its embeddings, in states that a user reaches by
// two or three actions. Each is computed here in another way than the program does: pair by pair, in float64.
func TestFiguresAreWhatTheyAreCalled(t *testing.T) {
	for _, algo := range []string{"simclr", "swav", "clip"} {
		b := newBench(t)
		b.Load = func(string, func(done, total int)) (*data.Dataset, error) { return data.Shapes(0, 96, 70), nil }
		b.start(algo, "shapes", nil)
		untrained := last[*protocol.References](b)
		b.check("untrained "+algo, untrained)
		b.do(&protocol.Look{Projection: "pca", Space: "h", Points: 10_000, Colour: "loss", Pairs: true, Focus: 5}, &protocol.Step{N: 5})
		b.check(algo, untrained)
		b.set("crop-min", "0.9")
		b.set("gray-prob", "1")
		b.check(algo+" with other views", untrained)
		b.do(&protocol.Save{})
		saved := last[*protocol.Checkpoint](b)
		b.start("byol", "shapes", map[string]string{"seed": "3"})
		b.do(&protocol.Step{N: 2})
		b.do(saved)
		b.check(algo+" opened again", untrained)
		b.set("knn-k", "3")
		b.check(algo+" with three neighbours", nil)
		b.do(&protocol.Reset{})
		b.check(algo+" after Reset", nil)
	}
}

// check compares the latest figures with their definitions, and the references with those that are wanted; nil for any.
func (b *bench) check(state string, references *protocol.References) {
	b.t.Helper()
	m, tr, d := b.evaluation(), b.trainer, b.trainer.Data
	same := func(what string, got *float64, want float64) {
		b.t.Helper()
		if got == nil || !(math.Abs(*got-want) < 2e-4*math.Max(1, math.Abs(want))) {
			b.t.Errorf("%s: %s is %v, want %v", state, what, orNaN(got), want)
		}
	}
	index := b.points.index[:b.points.measured]
	h, z := tr.Embed(d.Test, index)
	u := unitRows(z, tr.Width())
	n, width := float64(len(u)), tr.Width()
	mean, deviation, variance := make([]float64, width), 0.0, 0.0
	for _, r := range u {
		for j, v := range r {
			mean[j] += v / n
		}
	}
	for j := range width {
		s := 0.0
		for _, r := range u {
			s += (r[j] - mean[j]) * (r[j] - mean[j])
		}
		deviation += math.Sqrt(s/(n-1)) / math.Sqrt(float64(width))
		variance += s / (n - 1)
	}
	same("std", m.Std, deviation)
	sum, apart, pairs := 0.0, 0.0, 0.0
	for i := range u {
		for j := range i {
			d2 := 2 - 2*dot(u[i], u[j])
			sum, apart, pairs = sum+math.Exp(-2*d2), apart+d2, pairs+1
		}
	}
	same("uniformity", m.Uniformity, math.Log(sum/pairs))
	spectrum := 0.0
	for _, v := range m.Spectrum {
		spectrum += v
	}
	same("sum of the spectrum", &spectrum, variance)
	same("distance of two images", new(distance(m.Spectrum)), apart/pairs)

	loader := train.NewLoader(tr.Config, d.Test, tr.Input, train.Plan{Images: 64, Views: 2})
	align := 0.0
	for _, i := range index {
		_, v := tr.EmbedViews(loader.Load(0, []int32{i}), d.Test)
		two := unitRows(v, width)
		align += (2 - 2*dot(two[0], two[1])) / n
	}
	same("alignment", m.Alignment, align)
	native, err := tr.Evaluate(bankSize, measured)
	if err != nil {
		b.t.Fatal(err)
	}
	same("alignment of the command", &native.Alignment, align)
	same("uniformity of the command", &native.Uniformity, *m.Uniformity)

	known := train.Sample(uint64(tr.Config.Int("seed")), d.Known().Len(), bankSize)
	bank, _ := tr.Embed(d.Known(), known)
	same("kNN", m.KNN, b.knn(unitRows(h, tr.Dim()), unitRows(bank, tr.Dim()), known, index))
	size := d.Test.H * d.Test.W * d.Test.C
	raw := b.knn(unitRows(tr.Pixels(d.Test, index), size), unitRows(tr.Pixels(d.Known(), known), size), known, index)
	first, err := train.NewNetwork(tr.Config, tr.Input)
	if err != nil {
		b.t.Fatal(err)
	}
	h0, _ := first.Embed(d.Test, index)
	bank0, _ := first.Embed(d.Known(), known)
	untrained := b.knn(unitRows(h0, tr.Dim()), unitRows(bank0, tr.Dim()), known, index)
	same("raw pixels", &b.known.raw, raw)
	same("untrained", &b.known.untrained, untrained)
	if r := last[*protocol.References](b); r != nil && r.Voters != min(tr.Config.Int("knn-k"), 9) {
		b.t.Errorf("%s: %d of the bank are said to vote", state, r.Voters)
	}
	if r := references; r != nil && (r.RawPixels != raw || r.Untrained != untrained) {
		b.t.Errorf("%s: the references were %+v, are %v and %v", state, r, raw, untrained)
	}
}

// knn returns the accuracy of a weighted vote.
func (b *bench) knn(query, bank [][]float64, known, index []int32) float64 {
	c, d := b.trainer.Config, b.trainer.Data
	k, right := min(c.Int("knn-k"), max(1, len(bank)/10)), 0
	for i, q := range query {
		order, cosine := make([]int, len(bank)), make([]float64, len(bank))
		for j := range order {
			order[j], cosine[j] = j, dot(q, bank[j])
		}
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(cosine[j], cosine[i]) })
		votes := make([]float64, len(d.Test.Classes))
		for _, j := range order[:k] {
			votes[d.Known().Labels[known[j]]] += math.Exp(cosine[j] / float64(c.Float("knn-temperature")))
		}
		if slices.Index(votes, slices.Max(votes)) == int(d.Test.Labels[index[i]]) {
			right++
		}
	}
	return float64(right) / float64(len(query))
}

func dot(a, b []float64) (s float64) {
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func unitRows(x []float32, d int) [][]float64 {
	rows := make([][]float64, len(x)/d)
	for i := range rows {
		r := make([]float64, d)
		for j := range r {
			r[j] = float64(x[i*d+j])
		}
		length := math.Sqrt(dot(r, r))
		for j := range r {
			r[j] /= length
		}
		rows[i] = r
	}
	return rows
}

// Images without labels are judged by how far apart their views were before training, with the same views, also where a saved
// run goes on.
func TestUnlabelledIsJudgedByTheUntrainedEncoder(t *testing.T) {
	b := newBench(t)
	b.do(files("cats"))
	b.start("simclr", train.Yours, nil)
	first := b.known.before
	if m := b.evaluation(); math.Abs(first-math.Sqrt(*m.Alignment/distance(m.Spectrum))) > 1e-9 {
		t.Errorf("before training views are %v apart, an evaluation says %v and %v", first, *m.Alignment, distance(m.Spectrum))
	}
	b.do(&protocol.Step{N: 3})
	var file bytes.Buffer
	if err := b.trainer.Write(&file); err != nil {
		t.Fatal(err)
	}
	b.do(&protocol.Reset{}, &protocol.Checkpoint{Name: "a", File: file.Bytes()})
	if math.Abs(b.known.before-first) > 1e-6 {
		t.Errorf("of a run that was opened, views were %v apart before training, not %v", b.known.before, first)
	}
	b.set("crop-min", "1")
	changed := b.known.before
	b.do(&protocol.Reset{})
	if changed == first || math.Abs(b.known.before-changed) > 1e-6 {
		t.Errorf("with other views %v, after Reset %v, with the first views %v", changed, b.known.before, first)
	}
}

// Where few images are held out their embeddings span few dimensions, which is no collapse.
func TestFewImagesAreNotJudgedForTheirRank(t *testing.T) {
	for _, test := range []int{1, 2, 3, 4, 6} {
		b := newBench(t)
		b.Load = func(string, func(done, total int)) (*data.Dataset, error) { return data.Shapes(0, 48, test), nil }
		b.start("simclr", "shapes", map[string]string{"epochs": "20"})
		b.do(&protocol.Step{N: 110})
		switch v := last[*protocol.Verdict](b); v.State {
		case "not yet", "learning", "shortcut":
		default:
			t.Errorf("%d held-out images: %+v", test, v)
		}
	}
}

// Guessing is as good as the most common class.
func TestGuessOfClassesOfDifferentSizes(t *testing.T) {
	b := newBench(t)
	b.Load = func(string, func(done, total int)) (*data.Dataset, error) {
		d := data.Shapes(0, 48, 20)
		for i := range d.Train.Labels {
			d.Train.Labels[i] = int32(i % 4 / 3)
		}
		for i := range d.Test.Labels {
			d.Test.Labels[i] = int32(i % 5 / 4)
		}
		return d, nil
	}
	b.start("simclr", "shapes", nil)
	if b.known.guess != 0.8 {
		t.Errorf("%v", b.known.guess)
	}
}

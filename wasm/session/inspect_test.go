package session

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/wasm/protocol"
)

// Where an image has one view it is said why nothing is shown.
func TestInspectOfSingleViews(t *testing.T) {
	p := open(t)
	p.inbox <- &protocol.Start{Algo: "clip", Data: "shapes", Encoder: "convnet", Values: tiny}
	until[*protocol.References](p)
	p.losses(1)
	p.inbox <- &protocol.Inspect{On: true}
	if b := until[*protocol.Batch](p); b.Rows != 0 || b.Step != 1 || b.Why != "CLIP learns from one view of each image, so there are no pairs of views to show." {
		t.Errorf("%d rows of step %d: %q", b.Rows, b.Step, b.Why)
	}
}

func TestInspectTellsTheBatchOfTheLastStep(t *testing.T) {
	p := open(t)
	p.start(map[string]string{"batch": "12", "head-dim": "8"})
	p.inbox <- &protocol.Inspect{On: true} // nothing to tell before the first step
	p.losses(1)
	p.inbox <- &protocol.Inspect{On: true}
	b := until[*protocol.Batch](p)
	if b.Step != 1 || b.Rows != 24 || b.Images != 12 || !b.Weighted || b.Temperature != 0.5 || len(b.Pixels) != 24*32*32*3 {
		t.Errorf("step %d, %d rows of %d images, weighted %v with temperature %v, %d pixels", b.Step, b.Rows, b.Images, b.Weighted, b.Temperature, len(b.Pixels))
	}
	if b.Labels[0] == b.Labels[b.Rows-1] {
		t.Errorf("12 images of 8 classes are told to be of one: %v", b.Labels)
	}
	n, pairs := b.Rows/2, 0
	for i := range bins {
		pairs += b.Positives[i] + b.Negatives[i] + b.False[i]
	}
	if pairs != 24*23/2 {
		t.Errorf("%d pairs in the histograms", pairs)
	}
	for i := range b.Rows {
		sum := 0.0
		for j := range b.Rows {
			at := i*b.Rows + j
			sum += float64(b.Softmax[at])
			if b.Similarity[at] != b.Similarity[j*b.Rows+i] || b.Gradient[at] != b.Gradient[j*b.Rows+i] {
				t.Fatalf("pair %d, %d differs from %d, %d", i, j, j, i)
			}
			if pulled := j == i+n || i == j+n; i != j && pulled != (b.Gradient[at] < 0) {
				t.Errorf("pair %d, %d has gradient %v", i, j, b.Gradient[at])
			}
		}
		if d := float64(b.Similarity[i*b.Rows+i]) - 1; math.Abs(sum-1) > 1e-5 || math.Abs(d) > 1e-5 {
			t.Errorf("row %d: weights sum to %v, similarity to itself is off by %v", i, sum, d)
		}
		if i > 0 && i != n && b.Labels[i] < b.Labels[i-1] || b.Labels[i] != b.Labels[(i+n)%b.Rows] {
			t.Errorf("classes %v are not in order, the same for both views", b.Labels)
		}
	}

	p.inbox <- &protocol.Inspect{}
	p.inbox <- &protocol.Step{N: 1, ID: 70}
	p.phase("playing")
	for {
		m := <-p.reports
		if _, ok := m.(*protocol.Batch); ok {
			t.Error("a batch that nobody asked for")
		}
		if s, ok := m.(*protocol.State); ok && s.Did == 70 {
			break
		}
	}
}

// The batch that is shown where training stands still is that of the last step, though none was due since another.
func TestInspectFollowsToTheLastStep(t *testing.T) {
	b := newBench(t)
	b.start("supcon", "shapes", nil)
	b.do(&protocol.Inspect{On: true}, &protocol.Play{}) // to the end, within a second
	if m := last[*protocol.Batch](b); m.Step != b.trainer.TotalSteps() || !m.ByClass {
		t.Errorf("the batch of step %d of %d, positives by class: %v", m.Step, b.trainer.TotalSteps(), m.ByClass)
	}
	b.do(&protocol.Save{})
	b.do(last[*protocol.Checkpoint](b)) // has no batch to show
	if m := last[*protocol.Batch](b); m != nil {
		t.Errorf("a batch of step %d of a run that has just been opened", m.Step)
	}
}

// Of a large batch a part is shown, but what its pairs are compared with is the whole one.
func TestInspectOfALargeBatch(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", map[string]string{"batch": "40"})
	b.do(&protocol.Inspect{On: true}, &protocol.Step{N: 1})
	m := last[*protocol.Batch](b)
	seen, _ := b.trainer.Seen()
	n, d := 40, b.trainer.Width()
	u := unitRows(seen.Z, d)
	force, pairs := 0.0, [3]int{}
	weight := func(i, j int) float64 { // of column j in the softmax of row i
		sum := 0.0
		for k := range u {
			if k != i {
				sum += math.Exp(dot(u[i], u[k]) / 0.5)
			}
		}
		return math.Exp(dot(u[i], u[j])/0.5) / sum
	}
	for i := range u {
		for j := range i {
			g := (weight(i, j) + weight(j, i)) / 0.5 / float64(2*n)
			switch {
			case i == j+n:
				g -= 2 / 0.5 / float64(2*n)
				pairs[0]++
			case seen.Labels[i%n] == seen.Labels[j%n]:
				pairs[1]++
			default:
				pairs[2]++
			}
			force += 2 * math.Abs(g)
		}
	}
	if m.Rows != 2*shownImages || m.Images != n || math.Abs(m.Force/force-1) > 1e-4 {
		t.Errorf("%d rows of %d images, with a force of %v in all, want %v", m.Rows, m.Images, m.Force, force)
	}
	for i, counts := range [][]int{m.Positives, m.False, m.Negatives} {
		sum := 0
		for _, c := range counts {
			sum += c
		}
		if sum != pairs[i] {
			t.Errorf("%d pairs of kind %d, want %d", sum, i, pairs[i])
		}
	}
}

// Methods without a softmax over the batch have similarities to show, and say why there are no weights.
func TestInspectWithoutWeights(t *testing.T) {
	for _, algo := range []string{"simsiam", "moco", "barlow_twins", "vicreg"} {
		p := open(t)
		p.inbox <- &protocol.Start{Algo: algo, Data: "shapes", Encoder: "convnet", Values: tiny}
		p.inbox <- &protocol.Inspect{On: true}
		until[*protocol.References](p)
		p.inbox <- &protocol.Step{N: 1, ID: 1}
		b := until[*protocol.Batch](p)
		if b.Weighted || !strings.Contains(b.Why, "no plain softmax") || len(b.Similarity) != b.Rows*b.Rows || b.Rows != 16 {
			t.Errorf("%s: %d rows, %q", algo, b.Rows, b.Why)
		}
	}
}

// A batch is told as it was: its pictures, a class after the other, and how many pairs have which cosine.
func TestBatchIsThatOfTheStep(t *testing.T) {
	b := newBench(t)
	b.start("simclr", "shapes", nil)
	b.do(&protocol.Inspect{On: true}, &protocol.Step{N: 1})
	m, tr := last[*protocol.Batch](b), b.trainer
	seen, _ := tr.Seen()
	const n, size = 8, 32 * 32 * 3
	rows := []int{0, 1, 2, 3, 4, 5, 6, 7}
	slices.SortStableFunc(rows, func(i, j int) int { return int(seen.Labels[i] - seen.Labels[j]) })
	for _, i := range rows[:n] {
		rows = append(rows, n+i)
	}
	for row, at := range rows {
		if m.Labels[row] != seen.Labels[at%n] {
			t.Errorf("row %d has class %d", row, m.Labels[row])
		}
		for i, v := range seen.Images[at*size:][:size] {
			if want := 255 * (v*tr.Input.Std[i%3] + tr.Input.Mean[i%3]); math.Abs(float64(m.Pixels[row*size+i])-float64(want)) > 0.51 {
				t.Fatalf("row %d: number %d is %d, want %v", row, i, m.Pixels[row*size+i], want)
			}
		}
	}
	views := unitRows(seen.Z, tr.Width())
	var positives, negatives, alike [bins]int
	for i := range views {
		for j := range i {
			bin := int((dot(views[i], views[j]) + 1) / 2 * bins)
			switch {
			case i == j+n:
				positives[bin]++
			case seen.Labels[i%n] == seen.Labels[j%n]:
				alike[bin]++
			default:
				negatives[bin]++
			}
		}
	}
	if !slices.Equal(m.Positives, positives[:]) || !slices.Equal(m.Negatives, negatives[:]) || !slices.Equal(m.False, alike[:]) {
		t.Errorf("pairs by their cosines:\n%v, want\n%v;\n%v, want\n%v;\n%v, want\n%v", m.Positives, positives, m.Negatives, negatives, m.False, alike)
	}
}

package algos

import (
	"math"
	"testing"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
)

func init() {
	swav := func(name string, coded, views, n, k int, tau float64) example {
		codes := adtest.Random(31, coded*n, k).Data
		for i := 0; i < len(codes); i += k {
			for j, p := range softmax64(wide(codes[i : i+k])) {
				codes[i+j] = float32(p)
			}
		}
		return example{
			name: name, inputs: []adtest.Input{adtest.Random(32, views, n, k)}, ordered: true,
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				return SwAVLoss(t, z[0], t.Input(codes, coded, n, k), float32(tau))
			},
			want: func(z [][]float64) float64 {
				return distilled64(rows64(wide(codes), k), rows64(z[0], k), coded, views, n, tau)
			},
			collapsed: nil,
		}
	}
	checked["swav"] = checks{
		golden:   map[string]func(*testing.T, golden.Case){"swav": goldenSwAV},
		examples: []example{swav("two views", 2, 2, 3, 4, 0.1), swav("local views", 2, 4, 2, 3, 0.5), swav("one code", 1, 3, 4, 5, 1)},
	}
}

// distilled64 is the mean over code views i, views v ≠ i and rows of the cross-entropy of scores of v with codes of i.
func distilled64(codes, scores [][]float64, coded, views, n int, tau float64) float64 {
	total := 0.0
	for i := range coded {
		for v := range views {
			for r := 0; r < n && v != i; r++ {
				var s []float64
				for _, x := range scores[v*n+r] {
					s = append(s, x/tau)
				}
				for j, p := range codes[i*n+r] {
					total -= p * (s[j] - logSumExp64(s)) / float64(n*coded*(views-1))
				}
			}
		}
	}
	return total
}

func goldenSwAV(t *testing.T, c golden.Case) {
	b := newBench(t, c)
	var scores *ad.Value
	if _, ok := c.Inputs["scores"]; ok {
		scores = b.in("scores")
	} else {
		z, rows := b.in("z"), b.in("prototypes")
		p := prototypes{rows}
		v, n := z.Dim(0), z.Dim(1)
		scores = b.Reshape(p.scores(b.Tape, b.Reshape(z, v*n, z.Cols())), v, n, rows.Rows())
	}
	n, k, coded := scores.Dim(1), scores.Cols(), c.Int(t, "global_crops")
	var codes []float32
	for v := range coded {
		all := b.At(scores, v)
		if _, ok := c.Inputs["queue"]; ok {
			all = b.ConcatRows(all, b.At(b.in("queue"), v))
		}
		codes = append(codes, Sinkhorn(b.Tape, all, b.float("epsilon"), c.Int(t, "iterations")).Data[:n*k]...)
	}
	c.Output(t, "codes", codes)
	b.check(SwAVLoss(b.Tape, scores, b.Input(codes, coded, n, k), b.float("temperature")))
}

// Without Sinkhorn codes do not come from the queue, and the diagram has none.
func TestQueueOfCodesIsForSinkhornAlone(t *testing.T) {
	a, given := registry["swav"], with("sinkhorn", "false")
	plain := losses(t, begin(t, a, smallSet(), given), 10)
	given["code-queue"] = "12"
	tr := begin(t, a, smallSet(), given)
	sameBits(t, "with a queue", losses(t, tr, 10), plain)
	parts, _, _ := shown(a.Flow, tr.Config)
	for _, p := range parts {
		if p.Kind == flow.Kept {
			t.Errorf("the diagram has %q", p.Name)
		}
	}
}

// With enough rounds each row sums to 1 and each prototype gets the same share, whatever the scores.
func TestSinkhornBalances(t *testing.T) {
	const n, k = 12, 4
	scores := adtest.Random(33, n, k).Data
	for i := range scores {
		scores[i] = scores[i]/3 + float32(i%k) // one prototype is far more popular
	}
	tape := &ad.Tape{}
	codes := Sinkhorn(tape, tape.Input(scores, n, k), 0.2, 500).Data
	for j, column := range columns64(wide(codes), k) {
		mean, _ := moments64(column)
		if math.Abs(mean-1.0/k) > 1e-3 {
			t.Errorf("prototype %d has a share of %v, want %v", j, mean, 1.0/k)
		}
	}
	for i, row := range rows64(wide(codes), k) {
		if mean, _ := moments64(row); math.Abs(mean-1.0/k) > 1e-6 {
			t.Errorf("row %d sums to %v", i, mean*k)
		}
	}
}

// Scores so far apart that exp underflows still give finite codes.
func TestSinkhornOfExtremeScores(t *testing.T) {
	tape := &ad.Tape{}
	codes := Sinkhorn(tape, tape.Input([]float32{1, -1, -1, 1, -1, -1}, 2, 3), 0.02, 3).Data
	for i := 0; i < 6; i += 3 {
		if sum := codes[i] + codes[i+1] + codes[i+2]; !(math.Abs(float64(sum)-1) < 1e-5) {
			t.Errorf("codes %v", codes)
		}
	}
}

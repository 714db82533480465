package journal

import (
	"bytes"
	"encoding/json"
	"testing"

	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// The journal of a long run keeps its first and its latest steps and evaluations, and no more than it may.
func TestJournalOfALongRun(t *testing.T) {
	var j Journal
	const n = 50_000
	for i := 1; i <= n; i++ {
		j.Stepped(&protocol.Metrics{Step: i, Loss: number(1 / float64(i))})
		j.Evaluated(&protocol.Metrics{Step: i, Std: number(1), Spectrum: []float64{1. / 3}})
		j.Marked(&protocol.Mark{Step: i})
	}
	for name, steps := range map[string][]int{"steps": stepsOf(j.Steps.Kept), "evaluations": evaluated(j.Evaluations.Kept)} {
		k, even := len(steps), steps[1]-steps[0]
		if k > mostSteps || k < mostEvaluations/2 || steps[0] != 1 || steps[k-1] != n {
			t.Errorf("%d %s from %d to %d", k, name, steps[0], steps[k-1])
		}
		for i := 2; i < k-1; i++ {
			if steps[i]-steps[i-1] != even {
				t.Fatalf("%s are not evenly far apart: %d, %d after %d", name, steps[i-1], steps[i], even)
			}
		}
	}
	if len(j.Marks) != mostMarks {
		t.Errorf("%d marks", len(j.Marks))
	}
	if got := j.Evaluations.Kept[0].Spectrum[0]; got != 0.333333 {
		t.Errorf("a third is kept as %v", got)
	}
}

func stepsOf(kept []Step) (steps []int) {
	for _, s := range kept {
		steps = append(steps, int(s[0]))
	}
	return steps
}

func evaluated(kept []*protocol.Metrics) (steps []int) {
	for _, m := range kept {
		steps = append(steps, m.Step)
	}
	return steps
}

func FuzzJournal(f *testing.F) {
	var j Journal
	j.Stepped(&protocol.Metrics{Step: 1, Loss: number(2)})
	j.Evaluated(&protocol.Metrics{Step: 1, Std: number(1), Spectrum: []float64{1, 0.5}})
	j.Marked(&protocol.Mark{Step: 1, Text: "stop-gradient off"})
	f.Add(j.Text())
	f.Add(`{"steps": {"kept": [[1]], "every": -2, "came": 1}, "evaluations": {"kept": [{"step": 9e99}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		j, err := Read(&train.Checkpoint{Step: 3, Journal: text})
		if err != nil {
			return
		}
		again, err := Read(&train.Checkpoint{Step: 3, Journal: j.Text()})
		if err != nil {
			t.Fatalf("%q is read, but what is written of it is not: %v", text, err)
		}
		a, _ := json.Marshal(j)
		for range 5 { // what is read can go on
			j.Steps.add(Step{3}, mostSteps)
			j.Evaluations.add(&protocol.Metrics{}, mostEvaluations)
		}
		if b, _ := json.Marshal(again); !bytes.Equal(a, b) {
			t.Errorf("%s became %s", a, b)
		}
	})
}

func number(x float64) *float64 { return &x }

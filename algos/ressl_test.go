package algos

import (
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
	"pushpull/core/random"
)

func init() {
	const n, d, size = 4, 5, 7
	r := random.New(21)
	queue := randomUnit(size, d, &r)
	ressl := func(name string, student, teacher float64) example {
		key := adtest.Random(22, n, d)
		return example{
			name: name, inputs: []adtest.Input{adtest.Random(23, n, d)}, ordered: true, cosine: []int{0},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				return ReSSLLoss(t, z[0], t.Input(key.Data, n, d), t.Input(queue, size, d), float32(student), float32(teacher))
			},
			want: func(z [][]float64) float64 {
				q, k, entries := unit64(z[0], d), unit64(wide(key.Data), d), rows64(wide(queue), d)
				total := 0.0
				for i := range q {
					var s, t []float64
					for _, e := range entries {
						s, t = append(s, dot64(q[i], e)/student), append(t, dot64(k[i], e)/teacher)
					}
					for j, p := range softmax64(t) {
						total -= p * (s[j] - logSumExp64(s)) / n
					}
				}
				return total
			},
		}
	}
	checked["ressl"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"ressl": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			k, queue := b.StopGradient(b.in("k")), b.StopGradient(b.in("queue"))
			b.check(ReSSLLoss(b.Tape, b.in("q"), k, queue, b.float("student_temperature"), b.float("teacher_temperature")))
		}},
		examples: []example{ressl("sharper teacher", 0.1, 0.04), ressl("equal temperatures", 1, 1), ressl("cold", 0.02, 0.01)},
	}
}

func TestReSSLRefusesAQueueOfOne(t *testing.T) {
	checkRefused(t, "ressl", smallSet(), with("queue-size", "1"), "set queue-size to 2 or more")
}

package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
	"pushpull/core/random"
)

func init() {
	moco := func(name string, n, d, size int, tau float64) example {
		r := random.New(9)
		rows := randomUnit(size, d, &r)
		return example{
			name: name, inputs: adtest.Normal(6, 2, n, d),
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				return MoCoLoss(t, z[0], z[1], t.Input(rows, size, d), float32(tau))
			},
			want: func(z [][]float64) float64 {
				q, k, queue := unit64(z[0], d), unit64(z[1], d), rows64(wide(rows), d)
				total := 0.0
				for i := range q {
					logits := []float64{dot64(q[i], k[i]) / tau}
					for _, negative := range queue {
						logits = append(logits, dot64(q[i], negative)/tau)
					}
					total += logSumExp64(logits) - logits[0]
				}
				return total / float64(len(q))
			},
			cosine: []int{0, 1},
		}
	}
	checked["moco"] = checks{
		golden:   map[string]func(*testing.T, golden.Case){"moco": goldenMoCo},
		examples: []example{moco("one image", 1, 3, 4, 0.2), moco("off the vector width", 5, 7, 9, 0.5), moco("cold", 4, 8, 6, 0.01)},
	}
}

func goldenMoCo(t *testing.T, c golden.Case) {
	b := newBench(t, c)
	rows := c.Input(t, "queue")
	q := &queue{rows: rows.F32(), d: rows.Shape[1], next: []float32{b.float("pointer")}}
	keys := b.NormalizeRows(b.StopGradient(b.in("k")))
	b.check(MoCoLoss(b.Tape, b.in("q"), keys, q.value(b.Tape), b.float("temperature")))
	q.push(keys.Data)
	c.Output(t, "queue_after", q.rows)
	c.Output(t, "pointer_after", q.next)
}

// However rows come in, the queue holds the latest ones.
func TestQueueWrapsAtAnySize(t *testing.T) {
	for _, size := range []int{1, 3, 4, 7} {
		for _, batch := range []int{1, 2, 3, 5, 9} {
			q := &queue{rows: make([]float32, size), d: 1, next: make([]float32, 1)}
			count := 0
			for range 6 {
				rows := make([]float32, batch)
				for i := range rows {
					count++
					rows[i] = float32(count)
				}
				q.push(rows)
			}
			left := map[float32]bool{}
			for _, v := range q.rows {
				left[v] = true
			}
			for v := max(1, count-size+1); v <= count; v++ {
				if !left[float32(v)] {
					t.Errorf("a queue of %d fed by %d: row %d of %d is missing from %v", size, batch, v, count, q.rows)
				}
			}
			if size <= count && q.rows[(int(q.next[0])+size-1)%size] != float32(count) {
				t.Errorf("a queue of %d fed by %d: next is %v after %v", size, batch, q.next[0], q.rows)
			}
		}
	}
}

func TestCollapsedMoCoScoresTheLogarithmOfTheQueue(t *testing.T) {
	tape := &ad.Tape{Training: true}
	one := func(n int) *ad.Value {
		x := make([]float32, 2*n)
		for i := range n {
			x[2*i] = 1
		}
		return tape.Input(x, n, 2)
	}
	got := float64(MoCoLoss(tape, one(3), one(3), one(7), 0.07).Scalar())
	if want := math.Log(8); math.Abs(got-want) > 1e-5 {
		t.Errorf("%v, want log 8 = %v", got, want)
	}
}

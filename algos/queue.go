package algos

import (
	"math"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/nn"
	"pushpull/core/random"
	"pushpull/core/train"
)

// queue holds the latest projections of past batches, rows of length 1. New rows take the place of the oldest and wrap
// round at the end, whatever the size of the queue.
type queue struct {
	rows []float32 // [size, d]
	d    int
	next []float32 // one number: the row that is overwritten next
}

// noMoreThanImages returns a hyperparameter that is a number of rows or of clusters: at most one for each training image.
func noMoreThanImages(b *train.Build, key string) int {
	n, images := b.Int(key), b.Images.Len()
	if n > images {
		b.Note("%s is %s, not %s: one for each training image", key, data.Count(images), data.Count(n))
	}
	return min(n, images)
}

// buildQueue makes a queue of so many rows in random directions, and keeps it in the checkpoint. With no more than there are
// training images, none is in it twice.
func buildQueue(b *train.Build, name string, size int) *queue {
	q := &queue{rows: randomUnit(size, b.Width, &b.Random), d: b.Width, next: make([]float32, 1)}
	b.Keep(name, q)
	return q
}

// push writes rows of length 1. Where there are more than the queue holds, the last ones stay.
func (q *queue) push(rows []float32) {
	at, size := int(q.next[0]), len(q.rows)/q.d
	for ; len(rows) > 0; rows = rows[q.d:] {
		copy(q.rows[at*q.d:(at+1)*q.d], rows)
		at = (at + 1) % size
	}
	q.next[0] = float32(at)
}

// value returns the rows [size, d] as constants.
func (q *queue) value(t *ad.Tape) *ad.Value { return t.Input(q.rows, len(q.rows)/q.d, q.d) }

// Visit visits the rows and the place of the next.
func (q *queue) Visit(v nn.Visitor) {
	v.State("rows", q.rows, len(q.rows)/q.d, q.d)
	v.Whole("next", q.next, 0, len(q.rows)/q.d-1)
}

// randomUnit returns n rows of length 1 in random directions.
func randomUnit(n, d int, r *random.Stream) []float32 {
	x := make([]float32, n*d)
	for i := range x {
		x[i] = r.Normal()
	}
	unitRows(x, d)
	return x
}

// unitRows scales the rows of x, d long, to length 1.
func unitRows(x []float32, d int) {
	for i := 0; i < len(x); i += d {
		row := x[i : i+d]
		kernel.Scale(1/max(float32(math.Sqrt(float64(kernel.SumSquares(row)))), 1e-12), row)
	}
}

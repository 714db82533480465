package kernel

import (
	"runtime"
	"sync/atomic"
)

// Idle is a loop that can wait: the pool's workers run its ranges while no Split needs them. It must not be copied. Its
// ranges must not call Split, and are best short, since a worker within one does not help a Split.
type Idle struct {
	task     Task
	run      func(t *Task, worker, lo, hi int)
	n, grain int
	ranges   int
	threads  atomic.Int32  // workers from this one on keep off
	left     atomic.Int64  // ranges nobody has taken
	undone   atomic.Int64  // ranges not finished
	done     chan struct{} // a worker has finished the last range
}

// NewIdle returns a loop that has nothing to do yet.
func NewIdle() *Idle { return &Idle{done: make(chan struct{}, 1)} }

// HasIdle says whether Idle loops get on while the caller does something else.
func HasIdle() bool { return use.threads == nil && threads.Load() > 1 }

// Start makes run be called for ranges of [0, n) as Split does, by and by; see there. A loop that was started before must
// be finished. If several loops are started, the last one gets on.
func (w *Idle) Start(n, grain int, t Task, run func(t *Task, worker, lo, hi int)) {
	must(grain > 0 && n >= 0, "Idle.Start", "the grain is not positive")
	must(w.undone.Load() == 0, "Idle.Start", "the loop is not finished")
	w.task, w.run, w.n, w.grain, w.ranges = t, run, n, grain, (n+grain-1)/grain
	w.undone.Store(int64(w.ranges))
	w.threads.Store(threads.Load())
	w.left.Store(int64(w.ranges))
	if !HasIdle() || n == 0 {
		return
	}
	pool.idle.Store(w)
	for _, wake := range pool.wake[:Threads()-1] {
		select {
		case wake <- struct{}{}:
		default: // still has a call to answer
		}
	}
}

// Finish runs what is left, as worker 0 beside the others, and returns when all is done.
func (w *Idle) Finish() {
	if w.run == nil {
		return
	}
	last := w.ranges == 0
	for w.take(0) {
		last = w.undone.Add(-1) == 0
	}
	if !last {
		for i := 0; i < patience && w.undone.Load() > 0; i++ {
			runtime.Gosched()
		}
		<-w.done
	}
	pool.idle.CompareAndSwap(w, nil)
	w.task, w.run = Task{}, nil // keep nobody's memory alive
}

// take runs a range, if there is one that nobody has taken.
func (w *Idle) take(worker int) bool {
	if w.left.Load() <= 0 {
		return false
	}
	left := int(w.left.Add(-1))
	if left < 0 {
		return false
	}
	lo := (w.ranges - 1 - left) * w.grain
	w.run(&w.task, worker, lo, min(lo+w.grain, w.n))
	return true
}

// help runs a range of the loop that waits, if there is one.
func (p *team) help(worker int) bool {
	w := p.idle.Load()
	if w == nil || worker >= int(w.threads.Load()) || worker >= Threads() || !w.take(worker) {
		return false
	}
	if w.undone.Add(-1) == 0 {
		w.done <- struct{}{}
	}
	return true
}

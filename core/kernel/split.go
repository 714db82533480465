package kernel

import (
	"runtime"
	"sync/atomic"
)

// Task carries the arguments of a parallel loop. Split copies it, so that calling it allocates nothing. Obj is meant for
// a pointer: putting one into an interface allocates nothing either.
type Task struct {
	X, Y, Z, W []float32
	I          [12]int
	F          [6]float32
	Obj        any
}

// Split calls run for consecutive ranges [lo, hi) that cover [0, n), each grain long except the last one, on the threads
// of the pool. The ranges depend on n and grain only, never on the number of threads. run must not capture variables:
// its arguments come through the copy of t, which all ranges share and may not change. worker, in [0, Threads()), tells
// the ranges that may run at the same time apart, to pick scratch memory.
//
// A Split within a Split, or one that finds the pool busy with another goroutine's, runs on the caller alone, as worker
// 0. So memory picked by worker must not be shared between Splits that may overlap.
func Split(n, grain int, t Task, run func(t *Task, worker, lo, hi int)) {
	if n <= 0 {
		return
	}
	must(grain > 0, "Split", "the grain is not positive")
	if n > grain && threads.Load() > 1 && use.threads == nil && pool.busy.CompareAndSwap(false, true) {
		pool.split(n, grain, &t, run)
		pool.busy.Store(false)
		return
	}
	s := borrow()
	s.task = t
	for lo := 0; lo < n; lo += grain {
		run(&s.task, 0, lo, min(lo+grain, n))
	}
	s.task = Task{} // keep nobody's memory alive
	s.giveBack()
}

// each is Split for a loop whose results do not depend on where its ranges begin. Routines with threads of their own get
// the whole of it.
func each(n, grain int, t Task, run func(t *Task, worker, lo, hi int)) {
	if use.threads != nil {
		grain = max(n, 1)
	}
	Split(n, grain, t, run)
}

// threads is the number of threads that share the work, the caller included.
var threads atomic.Int32

// wanted is the number of threads that was asked for, 0 for all.
var wanted int

func init() { SetThreads(0) }

// Threads returns the number of threads that share the work.
func Threads() int { return int(threads.Load()) }

// SetThreads sets the number of threads that share the work; 0 or less means one for each processor Go may use. It must
// not be called while a function of this package runs.
func SetThreads(n int) {
	wanted = max(n, 0)
	if use.threads != nil {
		threads.Store(int32(use.threads(wanted)))
		return
	}
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	for id := len(pool.wake) + 1; id < n; id++ {
		wake := make(chan struct{}, 1)
		pool.wake = append(pool.wake, wake)
		go pool.work(id, wake)
	}
	threads.Store(int32(n))
}

// pool is the one team of workers. The goroutine that calls Split is worker 0; the others wait for jobs.
var pool = team{done: make(chan struct{}, 1)}

type team struct {
	busy atomic.Bool     // a Split owns the fields below
	wake []chan struct{} // of workers 1, 2, …; each holds at most one call
	done chan struct{}   // the last worker has left a closed job
	idle atomic.Pointer[Idle]

	// The job. Written while closed, read by workers between joining and leaving.
	task     Task
	run      func(t *Task, worker, lo, hi int)
	n, grain int
	threads  int
	ranges   int
	left     atomic.Int64 // ranges nobody has taken

	// joined counts the workers in the job, plus open while more may join. A worker that wakes too late finds the
	// job closed and sleeps on, so a short job never waits for a slow wake-up.
	joined atomic.Int64
}

const open = 1 << 32

// patience is how many times a goroutine looks again before it sleeps, some 20 µs in all: a step of training consists of
// many short jobs, a moment apart, and waking up takes as long as one of them.
const patience = 64

func (p *team) split(n, grain int, t *Task, run func(t *Task, worker, lo, hi int)) {
	p.task, p.run, p.n, p.grain, p.threads, p.ranges = *t, run, n, grain, Threads(), (n+grain-1)/grain
	p.left.Store(int64(p.ranges))
	p.joined.Store(open)
	for _, wake := range p.wake[:min(p.threads, p.ranges)-1] {
		select {
		case wake <- struct{}{}:
		default: // still has a call to answer
		}
	}
	p.loop(0)
	if p.joined.Add(-open) > 0 {
		for i := 0; i < patience && p.joined.Load() > 0; i++ {
			runtime.Gosched()
		}
		<-p.done
	}
	p.task, p.run = Task{}, nil
}

// loop takes ranges until none is left.
func (p *team) loop(worker int) {
	for {
		left := int(p.left.Add(-1))
		if left < 0 {
			return
		}
		lo := (p.ranges - 1 - left) * p.grain
		p.run(&p.task, worker, lo, min(lo+p.grain, p.n))
	}
}

func (p *team) work(id int, wake chan struct{}) {
	for looked := 0; ; looked++ {
		if p.join() {
			if id < p.threads {
				p.loop(id)
			}
			if p.joined.Add(-1) == 0 {
				p.done <- struct{}{}
			}
			looked = 0
		}
		if p.help(id) {
			looked = 0
		} else if looked < patience {
			runtime.Gosched()
		} else {
			<-wake
			looked = 0
		}
	}
}

// join enters the job, if there is one with work left.
func (p *team) join() bool {
	for p.left.Load() > 0 {
		j := p.joined.Load()
		if j < open {
			return false
		}
		if p.joined.CompareAndSwap(j, j+1) {
			return true
		}
	}
	return false
}

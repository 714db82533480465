package kernel

import (
	"testing"
	"time"
)

// count adds 1 to each number of its range, and marks its worker.
func count(t *Task, worker, lo, hi int) {
	for i := lo; i < hi; i++ {
		t.X[i]++
		t.Y[i] = float32(worker)
	}
}

// TestIdleRunsEachRangeOnce, whoever runs it, with Splits in between.
func TestIdleRunsEachRangeOnce(t *testing.T) {
	defer SetThreads(wanted)
	const n = 1000
	x, by := make([]float32, n), make([]float32, n)
	busy := make([]float32, n)
	split := func() {
		Split(n, 10, Task{X: busy, Y: make([]float32, n)}, count)
	}
	w := NewIdle()
	for _, threads := range []int{1, 2, 5, 3} {
		SetThreads(threads)
		for round := range 50 {
			grain := 1 + round%7
			clear(x)
			w.Start(n, grain, Task{X: x, Y: by}, count)
			for range round % 4 {
				split()
			}
			w.Finish()
			w.Finish() // does no harm
			for i := range x {
				if x[i] != 1 || by[i] >= float32(threads) {
					t.Fatalf("%d threads, round %d: number %d was counted %v times, last by worker %v", threads, round, i, x[i], by[i])
				}
			}
		}
	}
	w.Start(0, 1, Task{}, count)
	w.Finish()
}

// TestIdleGetsOnByItself: workers run the loop while the caller waits, and only they.
func TestIdleGetsOnByItself(t *testing.T) {
	if use.threads != nil { // whose threads know nothing of such loops
		SetThreads(0)
		if HasIdle() {
			t.Error("a loop cannot get on by itself here")
		}
		return
	}
	defer SetThreads(wanted)
	SetThreads(3)
	if !HasIdle() {
		t.Fatal("three threads, and none to spare")
	}
	x, by := make([]float32, 100), make([]float32, 100)
	w, other := NewIdle(), NewIdle()
	other.Start(100, 1, Task{X: make([]float32, 100), Y: make([]float32, 100)}, count)
	w.Start(100, 1, Task{X: x, Y: by}, count)
	for range 10_000 { // as long as it takes
		if w.undone.Load() == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	w.Finish()
	other.Finish()
	for i := range x {
		if x[i] != 1 || by[i] == 0 {
			t.Fatalf("number %d was counted %v times, last by worker %v", i, x[i], by[i])
		}
	}
	SetThreads(1)
	if HasIdle() {
		t.Error("one thread, and it is idle")
	}
}

func TestIdleAllocatesNothing(t *testing.T) {
	task := Task{X: make([]float32, 64), Y: make([]float32, 64)}
	w := NewIdle()
	if n := testing.AllocsPerRun(100, func() {
		w.Start(64, 4, task, count)
		w.Finish()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

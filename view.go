package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/cupwriter"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"pushpull/core/train"
)

// view shows a training in progress.
type view interface {
	step(m train.Metrics, measured bool, imagesPerS float64) // after each step and, where the encoder was measured, its evaluation
	end()
}

// newView returns a bar on a terminal and plain lines elsewhere.
func newView(w io.Writer, done, total int) view {
	p := pace{start: time.Now(), first: done, done: done, total: total}
	if f, ok := w.(*os.File); ok && isTerminal(f) {
		return newBar(f, p)
	}
	return &lines{w: w, pace: p, shown: time.Now()}
}

// isTerminal says whether f is a terminal on which a bar can be drawn again and again: one that has a size and a cursor.
func isTerminal(f *os.File) bool {
	t := cupwriter.New(f, false)
	if !t.IsTerminal() || !hasCursor(os.Getenv("TERM")) {
		return false
	}
	width, height, err := t.GetTermSize()
	return err == nil && width > 0 && height > 0
}

// hasCursor says whether a terminal of a kind can move its cursor; one that cannot shows what would move it as text.
func hasCursor(term string) bool { return term != "dumb" }

// pace is how fast a training goes and how far it is.
type pace struct {
	start              time.Time
	first, done, total int
	loss               float32
	knn                float64
	imagesPerS         float64 // over the last steps
}

// step takes in one step.
func (p *pace) step(m train.Metrics, imagesPerS float64) {
	p.done, p.loss = m.Step, m.Loss
	if m.KNN > 0 {
		p.knn = m.KNN
	}
	if p.imagesPerS == 0 {
		p.imagesPerS = imagesPerS
	}
	p.imagesPerS += 0.1 * (imagesPerS - p.imagesPerS)
}

// left returns the time that the remaining steps will take, as soon as one is done.
func (p *pace) left() time.Duration {
	each := time.Since(p.start) / time.Duration(p.done-p.first)
	return (each * time.Duration(p.total-p.done)).Round(time.Second)
}

// String returns the figures of a line, of which there are none before the first step.
func (p *pace) String() string {
	if p.done == p.first {
		return ""
	}
	s := fmt.Sprintf("loss %.4f", p.loss)
	if p.knn > 0 {
		s += fmt.Sprintf("  kNN %.1f%%", 100*p.knn)
	}
	return s + fmt.Sprintf("  %.0f images/s  %v left", p.imagesPerS, p.left())
}

// lineEvery is the time between lines that no evaluation brings about.
const lineEvery = 10 * time.Second

// lines shows a training as lines of text.
type lines struct {
	w     io.Writer
	pace  pace
	shown time.Time
}

func (l *lines) step(m train.Metrics, measured bool, imagesPerS float64) {
	l.pace.step(m, imagesPerS)
	if measured || time.Since(l.shown) >= lineEvery {
		l.show()
	}
}

func (l *lines) show() {
	l.shown = time.Now()
	fmt.Fprintf(l.w, "step %d/%d  %s\n", l.pace.done, l.pace.total, &l.pace)
}

func (l *lines) end() {}

// bar shows a training as a bar.
type bar struct {
	container *mpb.Progress
	bar       *mpb.Bar
	lock      sync.Mutex // the container draws in a goroutine of its own
	pace      pace
}

func newBar(f *os.File, p pace) *bar {
	b := &bar{pace: p}
	b.container = mpb.New(mpb.WithOutput(f), mpb.WithWidth(40), mpb.WithRefreshRate(100*time.Millisecond))
	b.bar = b.container.AddBar(int64(p.total),
		mpb.PrependDecorators(decor.CountersNoUnit("step %d/%d ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			b.lock.Lock()
			defer b.lock.Unlock()
			return " " + b.pace.String()
		})))
	b.bar.SetCurrent(int64(p.done))
	return b
}

func (b *bar) step(m train.Metrics, _ bool, imagesPerS float64) {
	b.lock.Lock()
	b.pace.step(m, imagesPerS)
	b.lock.Unlock()
	b.bar.SetCurrent(int64(m.Step))
}

func (b *bar) end() {
	if !b.bar.Completed() {
		b.bar.Abort(false)
	}
	b.container.Wait()
}

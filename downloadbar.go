package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// downloadBar shows a download in progress: a bar on a terminal, plain lines elsewhere.
type downloadBar struct {
	w         io.Writer
	name      string
	total     int64
	container *mpb.Progress // nil for lines
	bar       *mpb.Bar
	lock      sync.Mutex // of what follows, as files may come side by side
	shown     time.Time
	complete  bool // the last line was shown
}

func newDownloadBar(w io.Writer, name string, total int64) *downloadBar {
	t := &downloadBar{w: w, name: name, total: total, shown: time.Now()}
	if f, ok := w.(*os.File); ok && isTerminal(f) {
		t.container = mpb.New(mpb.WithOutput(f), mpb.WithWidth(40), mpb.WithRefreshRate(100*time.Millisecond))
		t.bar = t.container.AddBar(total,
			mpb.PrependDecorators(decor.Name(name+" "), decor.CountersKibiByte("% .1f of % .1f ")),
			mpb.AppendDecorators(decor.AverageSpeed(decor.SizeB1024(0), " % .1f "), decor.AverageETA(decor.ET_STYLE_GO)))
	}
	return t
}

// at tells how many bytes are there. Any goroutine may.
func (t *downloadBar) at(done int64) {
	if t.bar != nil {
		t.bar.SetCurrent(done)
		return
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	if !t.complete && (done == t.total || time.Since(t.shown) >= lineEvery) {
		t.shown, t.complete = time.Now(), done == t.total
		fmt.Fprintf(t.w, "%s: %d of %d MB\n", t.name, done>>20, t.total>>20)
	}
}

func (t *downloadBar) end() {
	if t.bar == nil {
		return
	}
	if !t.bar.Completed() {
		t.bar.Abort(false)
	}
	t.container.Wait()
}

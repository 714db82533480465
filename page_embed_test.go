package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A course page of another origin frames the playground: with threads where it is isolated itself and hands that on, with
// one thread where it is not. Without ?embed=1 no other page may frame it.
func TestPageEmbedded(t *testing.T) {
	t.Parallel()
	var lock sync.Mutex
	fetched := map[string]bool{}
	s := realSite(t)
	play := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		fetched[r.URL.RequestURI()] = true
		lock.Unlock()
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(play.Close)
	course := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("isolated") {
			w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
			w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		}
		fmt.Fprintf(w, `<!doctype html><title>A course</title><link rel="icon" href="data:,"><iframe src="%s/?embed=%s" width="760" height="500" allow="cross-origin-isolated; fullscreen"></iframe>`,
			play.URL, r.URL.Query().Get("embed"))
	}))
	t.Cleanup(course.Close)
	has := func(path string) bool {
		lock.Lock()
		defer lock.Unlock()
		return fetched[path]
	}

	p := startBrowser(t)
	for query, program := range map[string]string{"?embed=1&isolated": "/build/trainer.shared.wasm", "?embed=1": "/build/trainer.wasm"} {
		clear(fetched)
		p.do(chromedp.Navigate(course.URL + "/" + query))
		// The view is opened once the run is ready.
		for end := time.Now().Add(patience); !has("/view.html?embed=1") || !has("/build/playground.wasm"); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: the framed page is not ready; it has fetched %v", query, fetched)
			}
		}
		if !has(program) {
			t.Errorf("%s: the framed page does not run %s", query, program)
		}
		p.do(chromedp.Navigate("about:blank"))
	}

	p.open(play.URL + "/?embed=1#v=1&algo=simsiam&batch=16&projection=pca&colour=size")
	p.awaitStart()
	p.losses(1)
	if shown := eval[[]string](p, `['#play', '#view', '#verdict', '.open', '.setup', '#keep', 'footer', '#pane-over-time'].filter(s => document.querySelector(s).checkVisibility())`); strings.Join(shown, " ") != "#play #view #verdict .open" {
		t.Errorf("the framed page shows %v", shown)
	}
	if link := eval[string](p, "document.querySelector('.open').href"); link != play.URL+"/#v=1&algo=simsiam&batch=16&projection=pca&colour=size" {
		t.Errorf("the way to all of the page is %s", link)
	}
	p.awaitText("#legend", "large") // as the address has it
	if fits := eval[bool](p, "document.documentElement.scrollHeight <= innerHeight"); !fits {
		t.Error("the framed page scrolls")
	}
}

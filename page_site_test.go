package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// bareHost serves the written site below a path as a plain host of files does: without a header of ours. It counts how
// often the page is loaded.
func bareHost(t *testing.T) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "site")
	if _, err := realSite(t).write(context.Background(), dir, io.Discard); err != nil {
		t.Fatal(err)
	}
	var loads atomic.Int32
	files := http.StripPrefix("/course/play/", http.FileServer(http.Dir(dir)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/course/play/" && r.Header.Get("Sec-Fetch-Mode") == "navigate" {
			loads.Add(1)
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server, &loads
}

// The site that `pushpull site` writes trains on a plain host of files, below a path of it: on all threads, after one
// more load of the page; with MNIST; and without the host, once the page was there.
func TestPageOnPlainHost(t *testing.T) {
	p := startBrowser(t)
	host, loads := bareHost(t)
	p.do(chromedp.Navigate(host.URL + "/course/play/"))
	p.awaitPage("crossOriginIsolated && globalThis.pushpull?.state.phase === 'paused'")
	p.set(`{data: 'mnist', 'conv-channels': '8-16', 'conv-strides': '4-2'}`)
	p.losses(1)
	if said := p.text("#about"); !strings.Contains(said, "60,000 images") {
		t.Errorf("the page says %q", said)
	}
	p.awaitKept()
	if n := loads.Load(); n != 2 {
		t.Errorf("the page was loaded %d times, not twice", n)
	}

	// Where the disk is full nothing more is kept, and all is there that the host has.
	full := storage.OverrideQuotaForOriginParams{Origin: host.URL, QuotaSize: new(1.0)}
	if _, err := chromedp.Call(p.tab, storage.OverrideQuotaForOrigin, full); err != nil {
		t.Fatal(err)
	}
	p.set(`{data: 'shapes'}`)
	p.set(`{data: 'mnist'}`)
	p.losses(1)

	host.Close()
	p.run("globalThis.old = true; setTimeout(() => location.reload())")
	p.awaitRun()
	if !eval[bool](p, "crossOriginIsolated") {
		t.Error("without its server the page is not isolated")
	}
	for _, data := range []string{"shapes", "mnist"} {
		p.set(`{data: '` + data + `', seed: 5}`)
		p.losses(1)
	}
}

// awaitRun waits until the page has been loaded again and its run is ready. Before, globalThis.old was set.
func (p *page) awaitRun() {
	p.Helper()
	p.awaitPage("globalThis.old === undefined && globalThis.pushpull?.state.phase === 'paused'")
	p.awaitStart()
}

// awaitKept waits until the browser keeps all of the page.
func (p *page) awaitKept() {
	p.Helper()
	p.await(`(caches.match(new URL('build/edition.json', location).href).then(kept => { globalThis.isKept = kept !== undefined; }), globalThis.isKept === true)`)
}

// The page that `pushpull serve` serves is isolated by the server's headers, so it is loaded once. The browser keeps it, and
// it trains when the server is gone. While it is there, a new edition is told, and what runs is left alone.
func TestPageOfflineAndNewEdition(t *testing.T) {
	p := startBrowser(t)
	var now atomic.Pointer[site]
	now.Store(realSite(t))
	var loads atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			loads.Add(1)
		}
		now.Load().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.open(server.URL + "/?ahead=0" + small) // no second worker that could still be loading when something else is served
	p.awaitStart()
	p.awaitKept()
	if n := loads.Load(); n != 1 {
		t.Errorf("the page was loaded %d times", n)
	}
	if csp := eval[string](p, "caches.match(new URL('index.html', location).href).then(kept => kept.headers.get('Content-Security-Policy'))"); csp != policy("index.html", false) {
		t.Errorf("the kept page has the policy %q", csp)
	}

	p.run("document.getElementById('play').focus()")
	p.do(chromedp.KeyEvent("f"))
	p.await("document.fullscreenElement?.classList.contains('space') && document.activeElement.id === 'full'") // not one that is out of sight
	p.do(chromedp.KeyEvent("f"))
	p.await("document.fullscreenElement === null && document.activeElement.id === 'play'")
	p.click("#about-open")
	p.awaitText(".about", "edition "+now.Load().version[:8])
	licences := eval[string](p, "fetch(document.querySelector('.about a').href).then(answer => answer.text())")
	for _, part := range []string{"Pushpull", "Go 1.", "hajimehoshi/ebiten", "GoMNIST", "gonum"} {
		if !strings.Contains(licences, part) {
			t.Errorf("the licences lack that of %s", part)
		}
	}
	p.run("document.querySelector('.about').close()")

	newer := realSite(t)
	newer.files["icon.svg"].hash = "another"
	if err := newer.describe(); err != nil {
		t.Fatal(err)
	}
	now.Store(newer)
	want := p.losses(4)
	p.click("#reset")
	p.awaitStart()
	time.Sleep(1100 * time.Millisecond) // a copy of the run is made no more often than each second
	p.run("pushpull.step(3)")
	p.await("caches.match(new URL('run/' + sessionStorage.getItem('pushpull: tab'), location.href)).then(kept => kept?.headers.get('X-Step') === '3')")
	p.run(`const { fetch } = globalThis;
		globalThis.fetch = async () => { globalThis.fetch = fetch; return new Response('<p>Sign in to this network.'); };
		dispatchEvent(new Event('online'))`)
	p.await("(dispatchEvent(new Event('online')), document.getElementById('new-edition') !== null)") // a slow server is not asked for a while
	if said := p.text("#new-edition"); !strings.HasPrefix(said, "A new version of this page is here.") {
		t.Errorf("of a new edition the page says %q", said)
	}
	if step := eval[float64](p, "pushpull.metrics.step"); step != 3 {
		t.Errorf("the run stands at step %v", step)
	}

	server.Close()
	p.run("globalThis.old = true; setTimeout(() => document.querySelector('#new-edition button').click())")
	p.awaitRun()
	p.await("document.querySelector('#kept-run button') != null")
	p.click("#kept-run button")
	p.await("pushpull.state.phase === 'paused' && pushpull.state.step === 3")
	if got := p.losses(1); got[0] != want[3] {
		t.Errorf("after step 3 the loss is %v, not %v", got, want[3])
	}

	// Where something else is served at the address later, it is what is shown, as it is, and nothing of the page stays.
	listener, err := net.Listen("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	other := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><title>Something else</title><link rel="icon" href="data:,">`)
	})}
	go other.Serve(listener)
	t.Cleanup(func() { other.Close() })
	p.run("setTimeout(() => location.reload())")
	p.awaitPage("document.title === 'Something else' && !crossOriginIsolated")
	p.await("(Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()]).then(left => { globalThis.left = left.flat().length; }), globalThis.left === 0)")
}

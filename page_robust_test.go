package main

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// startPage opens the real page in a browser with flags.
func startPage(t *testing.T, flags ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	server := httptest.NewServer(realSite(t))
	t.Cleanup(server.Close)
	p := startBrowser(t, flags...)
	p.open(server.URL + "/#v=1&batch=16")
	return p
}

// awaitColours waits until the picture of the embedding shows several hues, as points glide to their places.
func (p *page) awaitColours() {
	p.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		several := 0
		for _, n := range hues(p.screenshot("#view")) {
			if n >= 20 {
				several++
			}
		}
		if several >= 4 {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("the embedding shows %d colours", several)
		}
	}
}

// Without WebGL the processor draws, the page says so, and a point can be chosen by keyboard all the same.
func TestPageWithoutWebGL(t *testing.T) {
	p := startPage(t, chromedp.Flag("disable-3d-apis", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-software-rasterizer", true))
	p.await("document.querySelector('#view iframe.ready') != null", 30*time.Second)
	p.awaitStart()
	p.losses(1)
	if said := eval[string](p, "document.querySelector('.view-plain:not([hidden])')?.textContent ?? ''"); said != "The browser gives this page no WebGL, so the picture is drawn by the processor." {
		t.Errorf("the page says %q", said)
	}
	if !eval[bool](p, "document.querySelector('#view iframe').contentDocument.documentElement.dataset.plain !== undefined") {
		t.Error("it is not the processor that draws")
	}
	p.do(chromedp.Click(chromedp.CSS("[data-projection=pca]")))
	p.awaitColours()
	p.do(chromedp.Evaluate[chromedp.Void](`{ const frame = document.querySelector('#view iframe').contentWindow;
		for (const key of ['.', '.', 'Enter']) frame.dispatchEvent(new frame.KeyboardEvent('keydown', {key, bubbles: true})); } 0`))
	p.await("document.querySelectorAll('#neighbours .thumbnail').length > 10", 20*time.Second)
}

// When the driver takes WebGL away, the picture comes back; the second time it is drawn without. Training goes on.
func TestPageLosesWebGL(t *testing.T) {
	p := startPage(t)
	p.awaitStart()
	p.do(chromedp.Click(chromedp.CSS("[data-projection=pca]")), chromedp.Click(chromedp.CSS("#play")))
	for loss := range 2 {
		p.await("document.querySelector('#view iframe.ready')?.contentDocument.querySelector('canvas') != null", 30*time.Second)
		time.Sleep(time.Second)
		p.do(chromedp.Evaluate[chromedp.Void](`{ const lost = document.querySelector('#view iframe').contentWindow;
			lost.document.old = true;
			lost.document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext(); } 0`))
		p.await("document.querySelector('#view iframe').contentDocument.old === undefined && document.querySelector('#view iframe').contentDocument.querySelector('canvas') != null", 30*time.Second)
		p.await("!document.querySelector('.view-plain').hidden === "+[]string{"false", "true"}[loss], 20*time.Second)
		p.awaitColours()
	}
	if phase := eval[string](p, "pushpull.state.phase"); phase != "playing" {
		t.Errorf("the run is %s", phase)
	}
}

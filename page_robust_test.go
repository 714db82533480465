package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Without WebGL the processor draws, the page says so, and a point can be chosen by keyboard all the same.
func TestPageWithoutWebGL(t *testing.T) {
	p := openPage(t, small, chromedp.Flag("disable-3d-apis", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-software-rasterizer", true))
	p.awaitView()
	p.awaitStart()
	p.losses(1)
	if said := eval[string](p, "document.querySelector('.view-without:not([hidden])')?.textContent ?? ''"); said != "The browser gives this page no WebGL, so the picture is drawn by the processor." {
		t.Errorf("the page says %q", said)
	}
	if !eval[bool](p, "document.querySelector('#view iframe').contentDocument.documentElement.dataset.plain !== undefined") {
		t.Error("it is not the processor that draws")
	}
	p.click("[data-projection=pca]")
	p.awaitColours(4)
	p.run(`const frame = document.querySelector('#view iframe').contentWindow;
		for (const key of ['.', '.', 'Enter']) frame.dispatchEvent(new frame.KeyboardEvent('keydown', {key, bubbles: true}))`)
	p.await("document.querySelectorAll('#neighbours .thumbnail').length > 10")

	// Beside the picture, which takes what is dragged on it for itself, a phone on its side shows some of the page to scroll it by.
	p.do(chromedp.EmulateViewport(844, 390))
	p.await("document.getElementById('view').clientHeight < 280 && document.getElementById('view').clientHeight > 200")
	p.do(chromedp.EmulateViewport(1440, 900))

	p.run("document.querySelector('#view iframe').contentWindow.host.fail('The view has stopped')")
	p.awaitText("#view-note", "The view has stopped. Training goes on without the picture.")
	if eval[bool](p, "document.querySelector('#view iframe').classList.contains('ready')") {
		t.Error("the last picture hides what the page says instead of the next")
	}
}

// When the driver takes WebGL away, the picture comes back as it was, with its colours and what is hidden, marked and chosen;
// the second time it is drawn without. Training goes on.
func TestPageLosesWebGL(t *testing.T) {
	p := openPage(t, "?webgl=1"+small)
	p.awaitStart()
	p.click("[data-projection=pca]")
	p.run("const colour = document.querySelectorAll('#space-tools select')[1]; colour.value = 'size'; colour.dispatchEvent(new Event('change'))")
	p.await("document.querySelector('#legend button')?.textContent.trim() === 'small' && document.querySelector('#view iframe.ready')?.contentWindow.host != null")
	p.await("document.querySelector('#view iframe').contentWindow.drawing?.('').split('<use').length > 900") // there are points to walk through
	p.run(`document.querySelector('#legend button').click();
		const find = document.querySelector('input[type=search]'); find.value = 'heart'; find.dispatchEvent(new Event('input'));
		document.querySelector('#view iframe').contentWindow.host.key('.')`)
	const drawn = `(() => {
		const view = document.querySelector('#view iframe').contentWindow;
		const drawing = new DOMParser().parseFromString(view.drawing?.('') ?? '<svg/>', 'text/xml');
		const number = of => drawing.querySelectorAll(of).length, points = number('#points use'), faint = number('#points use[opacity]');
		return points > 500 && points < 800 && faint > 400 && faint < points && number('#focus image') === 1 && drawing.querySelector('#legend title').textContent === 'size';
	})()`
	p.await(drawn)
	p.click("#play")
	for loss := range 2 {
		p.await("document.querySelector('#view iframe.ready')?.contentDocument.querySelector('canvas') != null")
		p.run(`const lost = document.querySelector('#view iframe').contentWindow;
			lost.document.old = true;
			lost.document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()`)
		p.await("document.querySelector('#view iframe').contentDocument.old === undefined && document.querySelector('#view iframe').contentDocument.querySelector('canvas') != null")
		p.await("!document.querySelector('.view-without').hidden === " + []string{"false", "true"}[loss])
		p.awaitColours(2) // of three sizes one is hidden
		p.await(drawn)
		if got := eval[string](p, "document.querySelector('#view iframe').contentDocument.querySelector('canvas').ariaLabel"); !strings.HasSuffix(got, "coloured by size.") {
			t.Errorf("who cannot see the picture hears %q", got)
		}
	}
	if phase := eval[string](p, "pushpull.state.phase"); phase != "playing" {
		t.Errorf("the run is %s", phase)
	}
}

// A trainer that crashes, and one that runs out of memory, are told in a sentence, and the run goes on bit for bit from
// its last copy.
func TestPageGoesOnAfterCrash(t *testing.T) {
	s := realSite(t)
	added := map[string]string{
		"js/early.js": `const Real = Worker; globalThis.Worker = class extends Real { constructor(...all) {
			super(...all);
			globalThis.trainer = this;
			if (location.search === '?crash') this.postMessage('crash');
		} };`,
		"build/wasm_exec.js": `globalThis.Go = class extends globalThis.Go { constructor() { super(); addEventListener('message', e => {
			if (e.data !== 'crash' && e.data !== 'memory') return;
			e.stopImmediatePropagation();
			if (e.data === 'crash') throw new Error('unreachable executed');
			console.log('fatal error: runtime: out of memory'); // as Go ends when the browser gives it no more
			this.exited = true;
			this._resolveExitPromise();
		}); } };`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if script, ok := added[name]; ok {
			content, _ := s.files[name].read()
			w.Header().Set("Content-Type", "text/javascript")
			w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
			fmt.Fprintf(w, "%s\n%s", content, script)
			return
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p := startBrowser(t)
	p.do(chromedp.Navigate(server.URL + "/?crash" + small)) // before there was a run
	p.awaitPage("document.getElementById('verdict')?.textContent === 'There is no verdict: the trainer has stopped.'")
	p.awaitText(".advice", "Reset starts it again.")
	if said := p.text("#view-note"); said != "There is nothing to show yet." {
		t.Errorf("the picture says %q", said)
	}
	p.run("history.replaceState(null, '', location.pathname + location.hash)")
	p.click("#reset")
	p.awaitStart()
	want := p.losses(8)
	p.click("#reset")
	p.awaitStart()
	p.run(`import('/js/protocol.js').then(({ encode, VERSION }) => {
		const data = encode('state', { phase: 'crashed' });
		new Uint8Array(data)[2] = VERSION + 1;
		trainer.dispatchEvent(new MessageEvent('message', { data }));
	})`)
	p.awaitText("#alert", "A part of the page is of another version. Reload the page without its cache.")
	p.click("#alert-close")
	p.run("pushpull.on('kept', ({ step }) => { globalThis.copy = step; })")
	done := 0
	for _, end := range []struct{ message, says string }{
		{"crash", "The trainer stopped: Uncaught Error: unreachable executed."},
		{"memory", "The trainer cannot run: the browser gives it no more memory."},
	} {
		p.losses(1)
		time.Sleep(1100 * time.Millisecond) // copies are made no more often than each second
		p.losses(1)
		p.await(fmt.Sprintf("globalThis.copy > %d", done)) // of the first of the two, if the second came within the second after it
		p.run("trainer.postMessage('" + end.message + "')")
		p.await("document.getElementById('alert-restore').checkVisibility()")
		if said := p.text("#alert-message"); said != end.says {
			t.Errorf("the page says %q, not %q", said, end.says)
		}
		p.run(`const part = new Blob([new Uint8Array(64 << 20)]), transfer = new DataTransfer();
			transfer.items.add(new File(Array(17).fill(part), 'huge.safetensors'));
			document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}))`)
		p.awaitText("#alert-message", "Huge.safetensors has 1,088 MB, more than a run of this page")
		step := eval[int](p, "Number(document.getElementById('alert-restore').textContent.match(/^Go on from step (\\d+)$/)[1])")
		if step <= done || step > done+2 {
			t.Errorf("the copy is of step %d, after %d", step, done+2)
		}
		p.click("#alert-restore")
		p.await(fmt.Sprintf("pushpull.state.phase === 'paused' && pushpull.state.step === %d && document.getElementById('alert').hidden", step))
		if got := p.losses(1); got[0] != want[step] {
			t.Errorf("after step %d the loss is %v, not %v", step, got[0], want[step])
		}
		done = step + 1
	}
}

// A run that Reset or another choice has put an end to is not lost: it goes on where it was, and the one after it may come
// back, too.
func TestPageGoesBackToTheRunBefore(t *testing.T) {
	p := openPage(t, small)
	p.awaitStart()
	want := p.losses(4)
	p.click("#reset")
	p.awaitText("#run-before", "SimCLR on Shapes is kept as it was at step 4.")
	p.await("pushpull.state.phase === 'paused' && pushpull.state.step === 0")
	p.losses(1)
	p.set("{algo: 'vicreg'}")
	p.awaitText("#run-before", "SimCLR on Shapes is kept as it was at step 1.")
	p.losses(2)
	p.click("#run-before button")
	p.await("pushpull.state.phase === 'paused' && pushpull.state.algo === 'simclr' && pushpull.state.step === 1")
	if !eval[bool](p, "document.activeElement.id === 'reset'") {
		t.Error("the offer that is taken takes the focus with it")
	}
	p.awaitText("#run-before", "VICReg on Shapes is kept as it was at step 2.")
	if got := p.losses(3); !slices.Equal(got, want[1:]) {
		t.Errorf("after step 1 the losses are %v, not %v", got, want[1:])
	}
	p.click("#run-before [aria-label]")
	p.await("document.getElementById('run-before') === null")
	p.run(`const offered = new MutationObserver(() => {
			const back = document.querySelector('#run-before button');
			if (!back) return;
			offered.disconnect();
			globalThis.back = true;
			back.click(); // while the run that takes its place is loaded
			pushpull.set({ lr: 0.5 }); // too late for the one and too early for the other
		});
		offered.observe(document.querySelector('.status'), { childList: true });
		pushpull.set({ algo: 'byol', lr: 0.02 })`)
	p.await("globalThis.back && pushpull.state.phase === 'paused' && pushpull.state.step === 4")
	p.losses(1)
	if got := eval[string](p, "pushpull.state.algo + ' ' + pushpull.state.values.lr + ' ' + /algo|lr/.test(location.hash)"); got != "simclr 0.002 false" {
		t.Errorf("after going back while the next run is loaded the page says %s", got)
	}
	p.await("document.getElementById('run-before') === null")

	// Of many weights there is a copy only then, of very many none, which the page says before.
	p.set("{encoder: 'mlp', 'mlp-widths': '2048', 'head-hidden': 8}")
	p.awaitText("#about", "save the run before you leave the page.")
	p.losses(1)
	p.click("#reset")
	p.awaitText("#run-before", "SimCLR on Shapes is kept as it was at step 1.")
	p.set("{'mlp-widths': '6600'}")
	p.awaitText("#about", "save the run before you leave the page, or start another.")
}

// A tab that the browser stops, as it may one in the background, goes on where it was.
func TestPageStoppedInBackground(t *testing.T) {
	p := openPage(t, small)
	p.awaitStart()
	p.click("#play")
	p.await("pushpull.metrics.step > 2")
	for _, state := range []cdppage.SetWebLifecycleStateState{cdppage.SetWebLifecycleStateStateFrozen, cdppage.SetWebLifecycleStateStateActive} {
		if _, err := chromedp.Call(p.tab, cdppage.SetWebLifecycleState, cdppage.SetWebLifecycleStateParams{State: state}); err != nil {
			t.Fatal(err)
		}
	}
	p.awaitText("#status", "The browser had stopped this tab for a while; training goes on.")
	step := eval[int](p, "pushpull.metrics.step")
	p.await(fmt.Sprintf("pushpull.metrics.step > %d", step+2))

	// A double of the tab is offered the copy, and leaves it alone: the copies of its own run have another place.
	if kept := eval[string](p, `(async () => {
		const { outlast } = await import('/js/lasting.js'), place = document.createElement('div'), before = sessionStorage.getItem('pushpull: tab');
		const store = await caches.open('pushpull-runs /'), at = new URL('run/' + before, location.href).href;
		const kept = async () => { for (const r of await store.keys()) if ((await store.match(r)).headers.get('X-Step') === '-2') return r.url; };
		await store.put(at, new Response('', { headers: { 'X-Step': '5', 'X-Time': Date.now() } }));
		const run = new EventTarget();
		await outlast(run, place);
		const offers = place.children.length;
		run.dispatchEvent(new CustomEvent('kept', { detail: { name: 'x', step: -2, bytes: new Uint8Array(1) } }));
		while (!await kept()) await new Promise(done => setTimeout(done, 20));
		const own = await kept() !== at;
		sessionStorage.setItem('pushpull: tab', before);
		return offers + ' offer, a place of its own: ' + own;
	})()`); kept != "1 offer, a place of its own: true" {
		t.Errorf("a double of the tab has %s", kept)
	}

	// A copy that the browser has lost is told where it is asked for; that its store fails otherwise is no matter.
	said := eval[string](p, `(async () => {
		const { outlast } = await import('/js/lasting.js'), gone = async () => { throw new Error('the disk is gone'); }, said = [];
		const store = { match: async () => ({ headers: new Headers({ 'X-Step': '7' }), arrayBuffer: gone }), keys: gone, put: gone };
		caches.open = async () => store;
		const run = Object.assign(new EventTarget(), { open: () => said.push('opened') }), place = document.createElement('div');
		const keep = () => run.dispatchEvent(new CustomEvent('kept', { detail: { name: 'x', step: 8, bytes: new Uint8Array(1) } }));
		await outlast(run, place, (...why) => said.push(...why));
		place.querySelector('button').click();
		keep();
		store.match = gone;
		await outlast(run, place, (...why) => said.push(...why));
		await new Promise(done => setTimeout(done, 100));
		return said.join(', ');
	})()`)
	if said != "the browser no longer has the run that this tab had, press Play to start a new one" {
		t.Errorf("of a copy that is lost the page says %q", said)
	}
}

// Whoever presses everything, twice and at once, has a run that answers in the end.
func TestPageBearsHastyHands(t *testing.T) {
	p := openPage(t, small)
	p.awaitView()
	p.run(`
		const twice = id => { for (let i = 0; i < 2; i++) document.getElementById(id).click(); };
		for (const algo of ['simsiam', 'moco', 'vicreg', 'simclr']) {
			for (const id of ['play', 'step', 'reset']) twice(id);
			pushpull.set({ algo, batch: 32, temperature: 0.3, seed: 4 });
			pushpull.play(), pushpull.pause(), pushpull.step(2), pushpull.play(), pushpull.reset();
			for (const b of document.querySelectorAll('[data-projection], [data-speed], [role=tab]')) b.click(), b.click();
			for (const select of document.querySelectorAll('#space-tools select')) select.selectedIndex = select.options.length - 1, select.dispatchEvent(new Event('change'));
		}
		for (const id of ['keep', 'keys', 'about-open']) twice(id);
		for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
		document.querySelector('[data-speed=full]').click();
	`)
	p.await("['paused', 'playing'].includes(pushpull.state.phase) && pushpull.state.algo === 'simclr' && pushpull.state.references != null")
	p.run("pushpull.pause()")
	p.await("pushpull.state.phase === 'paused'")
	p.losses(1)
	if alert := eval[bool](p, "document.getElementById('alert').checkVisibility()"); alert {
		t.Errorf("the page says %q", p.text("#alert"))
	}
}

// Hostile files are told in a sentence each, and the run goes on.
func TestPageBearsHostileFiles(t *testing.T) {
	p := openPage(t, small)
	p.awaitStart()
	p.losses(1)

	// 360 MB in a zip of 0.4 MB: images that begin as such.
	zeros := make([]byte, 60<<20)
	var black bytes.Buffer
	if err := png.Encode(&black, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	copy(zeros, black.Bytes()[:50]) // the header and the beginning of the pixels
	var squeezed bytes.Buffer
	w, err := flate.NewWriter(&squeezed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(zeros) // writing to memory does not fail
	w.Close()
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for i := range 6 {
		header := &zip.FileHeader{Name: fmt.Sprintf("a/%d.png", i), Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(zeros),
			CompressedSize64: uint64(squeezed.Len()), UncompressedSize64: uint64(len(zeros))}
		f, err := z.CreateRaw(header)
		if err == nil {
			_, err = f.Write(squeezed.Bytes())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	p.run("document.getElementById('step').focus()")
	p.drop("bomb.zip", bomb.Bytes())
	p.awaitAlert("Bomb.zip")
	if !eval[bool](p, "document.activeElement.id === 'step'") {
		t.Error("the message that is closed takes the focus with it")
	}

	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewPaletted(image.Rect(0, 0, 20_000, 20_000), color.Palette{color.Black, color.White})); err != nil {
		t.Fatal(err)
	}
	p.drop("wide.png", wide.Bytes())
	p.awaitAlert("wide.png, is 20000x20000, more than 64 megapixels")

	p.drop(strings.Repeat("long", 60)+".csv", []byte("a\n"))
	p.awaitAlert("longlong")
	if wide := eval[bool](p, "document.documentElement.scrollWidth > innerWidth"); wide {
		t.Error("a long word in a message makes the page wider than the window")
	}

	p.run(`const part = new Blob([new Uint8Array(64 << 20)]), transfer = new DataTransfer();
		transfer.items.add(new File(Array(32).fill(part), 'huge.tar'));
		document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}))`)
	p.awaitAlert("These files have 2,048 MB, more than the 512 MB that a page takes")
	p.run(`const part = new Blob([new Uint8Array(64 << 20)]), transfer = new DataTransfer();
		transfer.items.add(new File(Array(32).fill(part), 'huge.safetensors'));
		document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}))`)
	p.awaitAlert("Huge.safetensors has 2,048 MB, more than a run of this page")

	if state := eval[string](p, "pushpull.state.data + ' ' + pushpull.state.step"); state != "shapes 1" {
		t.Errorf("the run is %s", state)
	}
	p.losses(1)

	// A server that falls silent, and one that lacks a part of the program, are told, too.
	if said := eval[string](p, `(async () => {
		const { asset } = await import('/js/asset.js'), { fetch, setTimeout } = globalThis;
		globalThis.setTimeout = f => setTimeout(f, 0);
		globalThis.fetch = (_, { signal }) => new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
		const said = await asset('x.wasm').catch(e => e.message);
		Object.assign(globalThis, { fetch, setTimeout });
		return said;
	})()`); said != "x.wasm: the server has sent nothing for 30 seconds" {
		t.Errorf("of a silent server the page says %q", said)
	}
	p.run("document.querySelector('script[src=\"js/app.js\"]').dispatchEvent(new Event('error'))")
	p.awaitText("#alert", "The page cannot start: a part of it is missing or damaged. Reload it")
}

package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Whoever uses the page by keyboard skips to the embedding without losing the run, presses keys wherever the focus is, and
// keeps it among the neighbours of a point while training goes on.
func TestPageByKeyboard(t *testing.T) {
	t.Parallel()
	p := openPage(t, small)
	p.awaitView()
	p.awaitStart()
	p.losses(1)
	address := eval[string](p, "location.href")
	p.run("document.querySelector('.skip').focus()")
	p.do(chromedp.KeyEvent("\r"))
	p.await("document.activeElement.id === 'view'")
	if got := eval[string](p, "location.href"); got != address {
		t.Errorf("the skip link leads to %s, away from %s", got, address)
	}

	p.run(`document.getElementById('step').focus();
		globalThis.said = [];
		new MutationObserver(() => said.push(document.getElementById('status').textContent)).observe(document.getElementById('status'), { childList: true })`)
	p.do(chromedp.KeyEvent("s"))
	p.await("pushpull.metrics.step === 2 && pushpull.state.phase === 'paused'")
	p.await("said.at(-1) === 'Paused.'") // its verdict is there
	if told := eval[string](p, "said.join(' ')"); !strings.Contains(told, "Step 2 is being measured…") {
		t.Errorf("until there is a verdict on the step, the page says %q", told)
	}
	p.run("document.querySelector('input[type=search]').focus()")
	p.do(chromedp.KeyEvent("s"))
	if typed := eval[string](p, "document.querySelector('input[type=search]').value"); typed != "s" {
		t.Errorf("%q is typed where s is", typed)
	}
	p.run(`document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 's', repeat: true, bubbles: true }))`) // a key that is held

	p.awaitColours(4) // what is not drawn cannot be chosen
	p.run("const frame = document.querySelector('#view iframe').contentWindow; frame.dispatchEvent(new frame.KeyboardEvent('keydown', {key: '.', bubbles: true}))")
	p.await("document.querySelectorAll('.thumbnail').length > 10")
	p.run(`globalThis.third = document.querySelectorAll('.thumbnail')[2];
		third.focus();
		pushpull.step(1)`)
	p.await("document.querySelectorAll('.thumbnail')[2] !== third && pushpull.metrics.step === 3")
	if !eval[bool](p, "document.activeElement === document.querySelectorAll('.thumbnail')[2]") {
		t.Error("the focus is lost where the neighbours are shown anew")
	}

	p.run("document.querySelector('#view iframe').contentDocument.querySelector('canvas').focus()")
	p.do(chromedp.KeyEvent("p"), chromedp.KeyEvent("3"), chromedp.KeyEvent(" ")) // PCA, which the picture knows; t-SNE and Play, which the page does
	p.await("document.querySelector('[data-projection=tsne]').ariaPressed === 'true' && pushpull.metrics.step > 3")
	const chatters = "[...document.querySelectorAll('output, .facts, #neighbours')].filter(e => e.ariaLive !== 'off').length"
	if n := eval[int](p, chatters); n > 0 {
		t.Errorf("while training goes on, %d places are read aloud with each step", n)
	}
	p.run("pushpull.pause()")
	p.await("pushpull.state.phase === 'paused' && " + chatters + " === 2")
}

// Shortcuts of one letter can be switched off (WCAG 2.1.4), for good where the browser lets the page remember it.
func TestPageWithoutShortcuts(t *testing.T) {
	t.Parallel()
	p := openPage(t, small)
	taken := func() string {
		return eval[string](p, `(keys => keys.filter(key => !document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))).join(''))([...' srfk?3'])`)
	}
	p.click("#keys")
	if !eval[bool](p, "document.activeElement.textContent === 'Close'") {
		t.Error("a key that is hit twice switches shortcuts off: the focus should be on Close")
	}
	p.click("#letters")
	p.do(chromedp.KeyEvent("\x1b"))
	p.await("!document.getElementById('shortcuts').open")
	if got := taken(); got != "" {
		t.Errorf("shortcuts are off, and %q still do something", got)
	}
	p.do(chromedp.Reload())
	p.await("globalThis.pushpull?.state.phase === 'paused'")
	if got := taken(); got != "" || eval[bool](p, "document.getElementById('letters').checked") {
		t.Errorf("after the page was loaded again shortcuts are back, %q", got)
	}
	p.click("#keys")
	p.click("#letters")
	p.run("document.getElementById('shortcuts').close()")
	if got := eval[bool](p, "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '3', bubbles: true, cancelable: true }))"); got {
		t.Error("shortcuts are on again, and 3 does nothing")
	}
	p.run(`Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });
		import('/js/keys.js').then(({ keys }) => {
			const list = document.getElementById('shortcuts').cloneNode(true), letters = list.querySelector('input');
			keys(document.createElement('button'), list);
			letters.click();
			globalThis.forbidden = letters.checked;
		})`)
	p.await("globalThis.forbidden === false")
}

// A run that was playing plays on after settings were changed, even twice while it is built, unless the user pauses.
func TestPagePlaysOnAfterChanges(t *testing.T) {
	t.Parallel()
	p := openPage(t, small)
	p.awaitStart()
	p.run(`pushpull.play();
		globalThis.built = 0;
		pushpull.on('state', ({ phase }) => { if (phase === 'loading' && ++built === 1) pushpull.set({ seed: 9 }); });`)
	p.await("pushpull.metrics.step > 0")
	p.run("pushpull.set({ seed: 8 })")
	p.awaitText("#run-before", "SimCLR on Shapes is kept as it was at step")
	p.await("built === 2 && pushpull.state.values.seed === 9 && pushpull.state.phase === 'playing' && pushpull.metrics.step > 0")
	p.run("pushpull.set({ seed: 10 }); pushpull.pause()")
	p.await("built === 3 && pushpull.state.references != null")
	if got := eval[string](p, "pushpull.state.phase + ' ' + pushpull.state.step"); got != "paused 0" {
		t.Errorf("a run that was paused while it was to be built is %s", got)
	}
	p.run("pushpull.play(); pushpull.set({ seed: 11 })")
	p.await("built === 4")
	p.run("pushpull.pause()") // while it is built
	p.await("pushpull.state.references != null && pushpull.state.phase !== 'loading'")
	if got := eval[string](p, "pushpull.state.phase + ' ' + pushpull.state.step"); got != "paused 0" {
		t.Errorf("a run that was paused while it was built is %s", got)
	}
}

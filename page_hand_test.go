package main

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// A visitor finds points by their class, catches points with the lasso, lets them go, walks through them by keyboard, looks
// at the representations by UMAP, and takes figures and points along as tables.
func TestPageHandlesPoints(t *testing.T) {
	t.Parallel()
	p := openPage(t, small+"&crop-min=0.3")
	p.losses(3)
	p.await("document.querySelector('#view iframe.ready') != null && pushpull.embedding()?.step === 3")
	said := func() string { return p.text("#hover") }
	saying := func(what string) {
		t.Helper()
		p.awaitText("#hover", what)
	}

	p.run("const pairs = [...document.querySelectorAll('#space-tools select')].at(-1); pairs.value = 'forces'; pairs.dispatchEvent(new Event('change'))")
	p.awaitText("#legend", "Forces are those of a step: take one to see them.")
	p.losses(1)
	p.awaitText("#legend", "pull of the positivespush of the rest")

	hearts := eval[int](p, "(({labels, classes}) => labels.filter(l => classes[l] === 'heart').length)(pushpull.embedding())")
	const height = "document.getElementById('view').clientHeight"
	high := eval[int](p, height)
	p.click("input[type=search]")
	p.do(chromedp.KeyEvent("heart"))
	saying(`are called "heart": all heart`)
	if after := eval[int](p, height); after != high {
		t.Errorf("the picture is %d pixels high, and %d once less is said below it: points move from under the pointer", high, after)
	}
	if got := said(); !strings.HasPrefix(got, fmt.Sprintf("%d points", hearts)) {
		t.Errorf("the page says %q, there are %d hearts", got, hearts)
	}

	box := eval[[]float64](p, "(r => [r.left, r.top, r.width, r.height])(document.getElementById('view').getBoundingClientRect())")
	shift := chromedp.ButtonModifiers(chromedp.ModifierShift)
	mouse := func(x, y float64) (float64, float64) { return box[0] + 4 + x*(box[2]-8), box[1] + 4 + y*(box[3]-8) }
	x, y := mouse(0, 0)
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1), shift))
	for _, to := range [][2]float64{{0.5, 0}, {1, 0}, {1, 0.5}, {1, 1}, {0.5, 1}, {0, 1}} {
		x, y = mouse(to[0], to[1])
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y, chromedp.ButtonLeft, shift))
	}
	p.do(chromedp.MouseEvent(chromedp.MouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1), shift))
	saying("1,000 points are caught")
	if left := eval[string](p, "document.querySelector('input[type=search]').value"); left != "" {
		t.Errorf("the search still says %q once other points are caught", left)
	}
	p.do(chromedp.MouseClickXY(mouse(0, 0)))
	saying("Drag to turn")

	// A finger does so once Select is pressed, which a keyboard reaches, too.
	p.run("document.getElementById('select').focus()")
	p.do(chromedp.KeyEvent(" "))
	p.await("document.getElementById('select').ariaPressed === 'true'")
	settled := func() { // what the page has told the view is there; input overtakes it on a busy machine
		eval[bool](p, `new Promise(done => {
			const w = document.querySelector('#view iframe').contentWindow;
			w.addEventListener('message', e => { if (e.data === 'settled') done(true); });
			w.postMessage('settled', '*');
		})`)
	}
	settled()
	finger := func(kind input.DispatchTouchEventType, at ...*input.TouchPoint) {
		if _, err := chromedp.Call(p.tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: at}); err != nil {
			t.Fatal(err)
		}
	}
	touch := func(x, y float64) *input.TouchPoint {
		x, y = mouse(x, y)
		return &input.TouchPoint{X: x, Y: y}
	}
	stroke := func() {
		finger(input.DispatchTouchEventTypeTouchStart, touch(0, 0))
		for _, to := range [][2]float64{{1, 0}, {1, 1}, {0, 1}} {
			finger(input.DispatchTouchEventTypeTouchMove, touch(to[0], to[1]))
		}
		finger(input.DispatchTouchEventTypeTouchEnd)
	}
	stroke()
	saying("1,000 points are caught")
	p.do(chromedp.MouseClickXY(mouse(0, 0)))
	saying("Drag to turn")
	p.click("#select")
	settled()
	stroke() // which turns the sphere
	saying("Drag to turn")

	p.do(chromedp.KeyEvent("."))
	p.await("document.querySelectorAll('.thumbnail').length === 20") // ten neighbours before, and now
	if after := eval[int](p, height); after != high {
		t.Errorf("the picture is %d pixels high, and %d once a point is chosen: what was pressed moves away", high, after)
	}
	// On a small screen what stands below the picture is reached by the wheel, beside it.
	p.do(chromedp.EmulateViewport(1280, 720))
	p.run("document.querySelector('#space-tools').scrollIntoView()")
	at := eval[[]float64](p, "(r => [r.left + 5, r.top + 5])(document.getElementById('space-tools').getBoundingClientRect())")
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseWheel, at[0], at[1], func(m *input.DispatchMouseEventParams) { m.DeltaX, m.DeltaY = 1, 2000 }))
	p.await("document.getElementById('hover').getBoundingClientRect().bottom <= document.querySelector('.space').getBoundingClientRect().bottom")
	p.do(chromedp.EmulateViewport(1440, 900))

	p.do(chromedp.KeyEvent("x"))
	saying("1 point is caught")
	p.do(chromedp.KeyEvent("\x1b"))
	saying("Drag to turn")

	p.click("[data-projection=umap]")
	p.await("pushpull.embedding().umap != null")
	before := eval[[]float64](p, "[...pushpull.embedding().sphere.slice(0, 3)]")
	p.run("const of = document.querySelector('#space-tools select'); of.value = 'h'; of.dispatchEvent(new Event('change'))")
	p.await(fmt.Sprintf("pushpull.embedding().umap != null && Math.abs(pushpull.embedding().sphere[0] - %v) > 1e-6", before[0]))
	p.awaitText("#legend", "the whole forcePull and push are told apart among the projections z only.")

	const described = "document.querySelector('#view iframe').contentDocument.querySelector('canvas').ariaLabel"
	if got := eval[string](p, described); got != "1,000 held-out images as markers: their representations h, by UMAP, coloured by class." {
		t.Errorf("who cannot see the picture hears %q", got)
	}

	// What is kept is as it is now, also where the picture is out of sight and stands still.
	p.run("document.querySelector('#view iframe').style.translate = '0 5000px'")
	const drawing = "document.querySelector('#view iframe').contentWindow.drawing('').match(/<g id=.points[^]*?<.g>/)[0]"
	p.await("new Promise(told => { const of = document.querySelector('#view iframe').contentWindow.host, n = of.frames(); setTimeout(() => told(of.frames() === n), 500); })")
	p.run("globalThis.kept = " + drawing)
	p.losses(1)
	p.await(drawing + " !== kept")
	p.run("document.querySelector('#view iframe').style.translate = ''")

	tables := eval[[]string](p, `(async () => {
		const files = [], url = URL.createObjectURL;
		URL.createObjectURL = blob => { files.push(blob); return url.call(URL, blob); };
		HTMLAnchorElement.prototype.click = () => {};
		for (const what of ['figures', 'points']) document.querySelector('[aria-label="Save the ' + what + '"]').click();
		return Promise.all(files.map(f => f.text()));
	})()`)
	for i, want := range []struct{ columns, rows int }{{10, 4}, {11, 1000}} {
		rows, err := csv.NewReader(strings.NewReader(tables[i])).ReadAll()
		if err != nil || len(rows) < 1+want.rows || len(rows[0]) != want.columns {
			t.Fatalf("table %d has %d rows of %v: %v", i, len(rows), rows[0], err)
		}
		if i == 1 && (!slices.Contains([]string{"circle", "square", "triangle", "star", "cross", "ring", "heart", "moon"}, rows[1][1]) || rows[0][8] != "umap_x") {
			t.Errorf("the table of points begins with %v, %v", rows[0], rows[1])
		}
	}
}

// On a phone the picture may be kept before it was ever in sight.
func TestPageKeepsThePictureUnseen(t *testing.T) {
	t.Parallel()
	p := openPage(t, small)
	p.do(chromedp.EmulateViewport(360, 300), chromedp.Reload())
	p.await("document.querySelector('#view iframe.ready') != null && globalThis.pushpull?.embedding() != null")
	if wide := eval[int](p, "(async () => { const view = document.querySelector('#view iframe').contentWindow; return (await createImageBitmap(await view.picture())).width; })()"); wide < 200 {
		t.Errorf("the picture is %d pixels wide", wide)
	}
}

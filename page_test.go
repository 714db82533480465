package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png"
	"maps"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pushpull/algos"
)

// page is the playground as a browser has it open.
type page struct {
	*testing.T
	tab      context.Context
	complain func() []string // what the console has said that is no mere note
}

// patience is how long a test waits for what does not come. On a busy machine what comes may take a minute, too.
const patience = 5 * time.Minute

// small is the address of a run with a small network, which is quick to start, and so long that no test sees its end.
const small = "#v=1&epochs=1000&batch=16&conv-channels=4-8&conv-strides=4-2"

// openPage serves the real page and opens it, in a browser with flags. At the end of the test, the console must be free of
// errors.
func openPage(t *testing.T, query string, flags ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	server := httptest.NewServer(realSite(t))
	t.Cleanup(server.Close)
	p := startBrowser(t, flags...)
	p.open(server.URL + "/" + query)
	return p
}

// realSite is what `pushpull serve` serves.
func realSite(t *testing.T) *site {
	t.Helper()
	s, err := playground()
	if err != nil {
		t.Fatalf("%v: run make test, which makes them first", err)
	}
	return s
}

// startBrowser starts Chromium with an empty page and with flags besides the usual ones.
func startBrowser(t *testing.T, flags ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("use-gl", "angle"), chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(options, flags...)...)
	t.Cleanup(stop)
	tab, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("Chromium does not start (on Debian, apt-get install chromium): %v", err)
	}
	p := &page{T: t, tab: tab, complain: watchConsole(tab)}
	t.Cleanup(func() {
		for _, text := range p.complain() {
			t.Errorf("console: %s", text)
		}
		if t.Failed() {
			p.keepScreenshot()
		}
	})
	return p
}

// open goes to a page of the playground and waits until its run is ready.
func (p *page) open(address string) {
	p.Helper()
	p.do(chromedp.Navigate(address))
	p.awaitPage("globalThis.pushpull?.state.phase === 'paused'")
}

// awaitPage waits until an expression is true while a page is loaded: between two pages there is none to answer.
func (p *page) awaitPage(expression string) {
	p.Helper()
	asked := chromedp.Evaluate[bool](expression)
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		ask, stop := context.WithTimeout(p.tab, 10*time.Second)
		is, err := chromedp.Run(ask, asked)
		stop()
		if err == nil && is {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("%s: %v, %v", expression, is, err)
		}
	}
}

// watchConsole collects warnings, errors and exceptions.
func watchConsole(tab context.Context) func() []string {
	var lock sync.Mutex
	var bad []string
	messages := chromedp.Console(tab)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == "error" || m.Type == "warning" || m.IsException() {
				lock.Lock()
				bad = append(bad, m.String())
				lock.Unlock()
			}
		}
	}()
	return func() []string {
		lock.Lock()
		defer lock.Unlock()
		return bad
	}
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.tab, steps...); err != nil {
		p.Fatal(err)
	}
}

// await waits until a JavaScript expression is true.
func (p *page) await(expression string) {
	p.Helper()
	_, err := chromedp.Run(p.tab, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(patience)))
	if err != nil {
		p.Fatalf("%s: %v; the page says %q", expression, err, eval[string](p, `document.getElementById('status').textContent + ' ' + document.getElementById('alert').textContent`))
	}
}

// awaitText waits until an element's text has a part.
func (p *page) awaitText(selector, part string) {
	p.Helper()
	p.await(fmt.Sprintf("document.querySelector(%q)?.textContent.includes(%q)", selector, part))
}

// awaitAlert waits until the page tells of something wrong with a part, and closes it.
func (p *page) awaitAlert(part string) {
	p.Helper()
	p.awaitText("#alert-message", part)
	p.click("#alert-close")
}

// awaitView waits until the embedding is drawn.
func (p *page) awaitView() {
	p.Helper()
	p.await("document.querySelector('#view iframe.ready') != null")
}

// run runs a script.
func (p *page) run(script string) {
	p.Helper()
	p.do(chromedp.Evaluate[chromedp.Void]("{ " + script + "; } 0"))
}

func (p *page) click(selector string) {
	p.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// text returns an element's text.
func (p *page) text(selector string) string {
	p.Helper()
	return eval[string](p, fmt.Sprintf("document.querySelector(%q).textContent", selector))
}

// eval returns the value of a JavaScript expression, awaited if it is a promise.
func eval[T any](p *page, expression string) T {
	p.Helper()
	v, err := chromedp.Run(p.tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// screenshot returns a picture of an element.
func (p *page) screenshot(selector string) image.Image {
	p.Helper()
	b, err := chromedp.Run(p.tab, chromedp.Screenshot(chromedp.CSS(selector)))
	if err != nil {
		p.Fatal(err)
	}
	picture, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		p.Fatal(err)
	}
	return picture
}

// keepScreenshot leaves a picture of the whole page for whoever looks into the failure.
func (p *page) keepScreenshot() {
	b, err := chromedp.Run(p.tab, chromedp.CaptureScreenshot())
	if err != nil {
		p.Logf("no screenshot: %v", err)
		return
	}
	path := filepath.Join(os.TempDir(), strings.ReplaceAll(p.Name(), "/", "-")+".png")
	if err := os.WriteFile(path, b, 0o644); err == nil {
		p.Logf("the page is shown in %s", path)
	}
}

// awaitColours waits until the picture of the embedding shows so many hues, as points glide to their places.
func (p *page) awaitColours(least int) {
	p.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		several := 0
		for _, n := range hues(p.screenshot("#view")) {
			if n >= 20 {
				several++
			}
		}
		if several >= least {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("the embedding shows %d colours", several)
		}
	}
}

// hues returns how many of the picture's pixels have each of twelve hues, pixels that are nearly gray left out.
func hues(picture image.Image) (counts [12]int) {
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			ri, gi, bi, _ := picture.At(x, y).RGBA()
			r, g, b := float64(ri)/65535, float64(gi)/65535, float64(bi)/65535
			most, least := max(r, g, b), min(r, g, b)
			if most-least < 0.25 {
				continue
			}
			angle := math.Atan2(math.Sqrt(3)*(g-b), 2*r-g-b) // of the colour wheel
			counts[(int(math.Floor(angle/(2*math.Pi)*12+0.5))+12)%12]++
		}
	}
	return counts
}

// A visitor chooses MNIST, presses Play, and sees an encoder learn. The encoder is a small one, to be quick.
func TestPageLearns(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	if shown := p.text("#about"); !strings.Contains(shown, "thread") {
		t.Errorf("the page does not say what computes: %q", shown)
	}
	p.set(`{data: 'mnist', batch: 128, 'conv-channels': '16-32-64', 'conv-strides': '2-2-1'}`)
	untrained := eval[float64](p, "pushpull.state.references.untrained")
	if protocol := eval[string](p, "document.getElementById('knn-protocol').title"); !strings.HasPrefix(protocol, "The 20 nearest of 2,000 training images vote") {
		t.Errorf("accuracy is measured so: %q", protocol)
	}

	p.run(`globalThis.losses = []; pushpull.on('metrics', m => m.loss != null && losses.push(m.loss))`)
	p.click("#play")
	p.await("losses.length >= 5")
	if label := p.text("#play"); !strings.Contains(label, "Pause") {
		t.Errorf("the button says %q while training", label)
	}
	p.await("pushpull.metrics.step >= 60")
	p.click("#play")
	p.await("pushpull.state.phase === 'paused'")

	losses := eval[[]float64](p, "losses")
	if first, last := mean(losses[:5]), mean(losses[len(losses)-5:]); !(last < 0.97*first) {
		t.Errorf("the loss went from %v to %v", first, last)
	}
	p.await(fmt.Sprintf("pushpull.metrics.knn_top1 > %g", untrained+0.05)) // measured once more after Pause
	for _, id := range []string{"#loss", "#knn", "#speed", "#steps"} {
		if text := p.text(id); !strings.ContainsAny(text, "123456789") {
			t.Errorf("%s shows %q", id, text)
		}
	}

	p.awaitView()
	if said := eval[string](p, "document.querySelector('.view-without:not([hidden])')?.textContent ?? ''"); said != "Drawn by the processor, which here is faster than WebGL." {
		t.Errorf("with WebGL in software the page says %q of its picture", said)
	}
	p.awaitColours(4)
	exported := eval[[]int](p, `(async () => {
		const picture = await createImageBitmap(await document.querySelector('#view iframe').contentWindow.picture());
		const canvas = new OffscreenCanvas(picture.width, picture.height), context = canvas.getContext('2d');
		context.drawImage(picture, 0, 0);
		const { data } = context.getImageData(0, 0, canvas.width, canvas.height), colours = new Set();
		for (let i = 0; i < data.length; i += 4) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
		return [picture.width, colours.size];
	})()`)
	if exported[0] < 100 || exported[1] < 100 {
		t.Errorf("the exported picture is %d pixels wide and has %d colours", exported[0], exported[1])
	}
}

// The page trains with the code of the command: the same run has the same losses, but for rounding. Large networks
// and high rates magnify rounding fast, so these are small and slow.
func TestPageAgreesWithNative(t *testing.T) {
	t.Parallel()
	const steps = 20
	p := openPage(t, "")
	shapes, err := load("shapes", 0, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range []struct {
		algo, encoder string
		given         map[string]string
	}{
		{"simclr", "convnet", map[string]string{"batch": "32", "seed": "3", "lr": "3e-4", "conv-channels": "16-32", "conv-strides": "2-2"}},
		{"simsiam", "mlp", map[string]string{"batch": "32", "seed": "4", "optimiser": "sgd", "lr": "1e-3"}},
	} {
		settings := map[string]string{"algo": run.algo, "encoder": run.encoder}
		maps.Copy(settings, run.given)
		text, err := json.Marshal(settings)
		if err != nil {
			t.Fatal(err)
		}
		p.set(string(text))
		got := p.losses(steps)
		p.click("#reset")
		p.awaitStart()
		if again := p.losses(steps); !slices.Equal(again, got) {
			t.Errorf("%v: after Reset the losses are\n%v, not\n%v", run, again, got)
		}

		config, err := algos.Resolve(run.algo, "shapes", run.encoder, run.given)
		if err != nil {
			t.Fatal(err)
		}
		native, err := algos.Start(config, shapes)
		if err != nil {
			t.Fatal(err)
		}
		for i, loss := range got {
			m, err := native.Step()
			if err != nil {
				t.Fatal(err)
			}
			// SimSiam's loss lies between -1 and 1, so that near 0 its range is the scale.
			if want := float64(m.Loss); !(math.Abs(loss-want) <= 1e-3*max(math.Abs(want), 1)) {
				t.Errorf("%v, step %d: loss %v in the page, %v natively", run, i+1, loss, want)
			}
		}
	}
}

// set changes settings, given as JavaScript, and waits until the run that follows stands at its start.
func (p *page) set(settings string) {
	p.Helper()
	p.run(`globalThis.begun = false;
		globalThis.forget?.();
		globalThis.forget = pushpull.on('state', s => { if (s.phase === 'loading') begun = true; });
		pushpull.set(` + settings + `)`)
	p.await("begun")
	p.awaitStart()
}

// awaitStart waits until a run is ready for its first step.
func (p *page) awaitStart() {
	p.Helper()
	p.await("pushpull.state.phase === 'paused' && pushpull.state.step === 0 && pushpull.state.references != null")
}

// losses takes steps and returns their losses, which all have to be there.
func (p *page) losses(steps int) []float64 {
	p.Helper()
	all := eval[[]float64](p, fmt.Sprintf(`(async () => {
		const losses = [];
		while (losses.length < %d) losses.push((await pushpull.step(1)).loss);
		return losses;
	})()`, steps))
	if slices.Contains(all, 0) {
		p.Errorf("a step has no loss: %v", all)
	}
	return all
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The left side shows what the run is made of: the images, the layers as they were built, and the algorithm's diagram, which
// follows its switches at once and lights up in slow motion.
func TestPageShowsTheWayOfTheData(t *testing.T) {
	t.Parallel()
	p := openPage(t, small+"&algo=simsiam&head-hidden=16&head-dim=8&predictor-hidden=8")
	p.await("document.querySelectorAll('.classes li').length === 8")
	if text := p.text("[data-stage=data] .place"); !strings.Contains(text, "10,000 to learn from, 2,000 held out; 32×32, colour; 8 classes") || !strings.Contains(text, "heart") {
		t.Errorf("the data are described by %q", text)
	}

	type shown struct {
		Layers []string
		Sum    string
		All    int
	}
	network := func() shown {
		return eval[shown](p, `(() => ({
			layers: [...document.querySelectorAll('.layers li')].map(li => ['name', 'shape', 'weights'].map(c => li.querySelector('.' + c).firstChild?.textContent ?? '').join(' ')),
			sum: document.querySelector('.layers + p').textContent, all: pushpull.state.parameters,
		}))()`)
	}
	got := network()
	if want := []string{"image 32×32×3 ", "3×3 conv 8×8×4 116", "3×3 conv 4×4×8 304", "mean of the pixels 8 ", "linear 16 160", "linear 8 128"}; !slices.Equal(got.Layers, want) {
		t.Errorf("the layers are %q, want %q", got.Layers, want)
	}
	if want := fmt.Sprintf("encoder 420 + head 288 + predictor 152 = %d weights", got.All); got.Sum != want {
		t.Errorf("the weights add up to %q, want %q", got.Sum, want)
	}

	type picture struct {
		Stops, Gradients int
		Off, Says        string
		Equation         string
	}
	diagram := func(set string) picture {
		return eval[picture](p, `(() => {
			pushpull.set(`+set+`);
			const d = document.querySelector('.method svg.diagram');
			return { stops: d.querySelectorAll('.stop').length, gradients: d.querySelectorAll('.gradient').length,
				off: [...d.querySelectorAll('.part.off text')].map(e => e.textContent).join(), says: d.getAttribute('aria-label'),
				equation: [...document.querySelectorAll('.equation math')].at(-1).textContent };
		})()`)
	}
	if d := diagram("{}"); d.Stops != 1 || d.Gradients != 3 || d.Off != "" || !strings.Contains(d.Says, "is stopped in the branch of view 2") || d.Equation != "p=predictor(z),t=sgz" {
		t.Errorf("SimSiam's diagram is %+v", d)
	}
	if d := diagram("{'stop-gradient': false}"); d.Stops != 0 || d.Gradients != 5 || strings.Contains(d.Says, "stopped") || d.Equation != "p=predictor(z),t=z" {
		t.Errorf("without stop-gradient the diagram is %+v", d)
	}
	if d := diagram("{predictor: false}"); d.Off != "predictor" || !strings.Contains(d.Says, "Switched off: predictor") || !strings.HasPrefix(d.Equation, "p=z,") {
		t.Errorf("without predictor the diagram is %+v", d)
	}

	p.run(`globalThis.lit = new Set();
		pushpull.on('stage', s => document.querySelectorAll('.stage.lit, .diagram .lit').forEach(e => lit.add(s.name + ' ' + (e.dataset.stage ?? e.classList[1]))));
		document.querySelector('[data-speed=slow]').click(); pushpull.play()`)
	p.await("lit.has('after-step algorithm') || lit.has('optimiser optimiser') && pushpull.metrics.step > 0")
	p.run("pushpull.pause(); document.querySelector('[data-speed=full]').click()")
	for _, want := range []string{"views views", "views from", "encoder encoder", "encoder learned", "loss algorithm", "loss loss", "backward gradient", "optimiser optimiser"} {
		if !eval[bool](p, fmt.Sprintf("lit.has(%q)", want)) {
			t.Errorf("in slow motion nothing shows %q; seen: %s", want, eval[string](p, "[...lit].join('; ')"))
		}
	}

	p.run("pushpull.set({ 'head-layers': 0 })")
	p.await("document.querySelectorAll('.layers li').length === 4")
	if got := network(); !strings.HasPrefix(got.Sum, "encoder 420 + predictor ") {
		t.Errorf("without a head the weights add up to %q", got.Sum)
	}
	p.run("pushpull.set({ 'head-layers': 3, 'head-hidden': 8, 'head-norm': false, 'head-final-norm': false })") // the last layer has no ReLU
	p.await("document.querySelectorAll('.layers li').length === 6")
	if got := network().Layers[4:]; !slices.Equal(got, []string{"2 × linear 8 144", "linear 8 72"}) {
		t.Errorf("a head of three equal layers, one without ReLU, is shown as %q", got)
	}
	if at := eval[string](p, `(() => {
		const field = document.getElementById('set-momentum'), slider = document.querySelector('.row input[type=range][aria-label=Momentum]');
		slider.value = 1;
		for (const type of ['input', 'change']) slider.dispatchEvent(new Event(type));
		return field.value + document.getElementById('set-momentum-error').textContent;
	})()`); at != "0.9999" {
		t.Errorf("the end of the slider of momentum gives %q", at)
	}
	d := diagram("{ algo: 'can', encoder: 'vit', 'mask-ratio': 0, 'head-layers': 2 }")
	if !strings.Contains(d.Says, "Gradient reaches encoder, head. Switched off: hide patches, decoder.") {
		t.Errorf("without hidden patches the diagram of CAN is %+v", d)
	}

	// The views are shown as the network gets them: hidden patches, small crops with their boxes, captions.
	shows := func(settings, title, of string, least int) {
		t.Helper()
		p.run("pushpull.set(" + settings + ")")
		p.await(fmt.Sprintf("document.querySelector('[data-stage=views] h3').textContent === '%s' && document.querySelectorAll('.sample %s').length >= %d", title, of, least))
	}
	shows("{ 'mask-ratio': 0.5 }", "Two views", "rect.unseen", 4*2*32)
	shows("{ algo: 'dino', encoder: 'convnet', 'local-views': 3 }", "Two views, three small", ".box.local", 3)
	if small := eval[string](p, "(c => c.width + '×' + c.height)(document.querySelector('.picture.local canvas'))"); small != "16×16" {
		t.Errorf("a small view has %s pixels", small)
	}
	shows("{ algo: 'clip', 'conv-channels': '4-8' }", "One view", "q", 4)
	if said := p.text(".sample q"); len(strings.Fields(said)) < 3 {
		t.Errorf("the caption is %q", said)
	}
	p.awaitText("[data-stage=data]", "CLIP learns from captions")

	// What has no effect says so at its field.
	p.run("for (const stage of ['views', 'optimiser']) document.querySelector(`[data-stage=${stage}] details`).open = true")
	idle := func(key, settings, why string) {
		t.Helper()
		p.run("pushpull.set(" + settings + ")")
		p.await(fmt.Sprintf("(row => { const note = row.querySelector('.idle'); return (note.checkVisibility() ? note.textContent : '') === '%s' && row.querySelector('input').ariaDescription.startsWith('%[1]s'); })(document.getElementById('set-%s').closest('.row'))", why, key))
	}
	idle("blur-sigma", "{ algo: 'simclr', 'blur-prob': 0 }", "No effect: blur-prob is 0.")
	idle("blur-sigma", "{ 'blur-prob': 0.5 }", "")
	idle("crop-min", "{ augment: 'none' }", "No effect: augment is none.")
	idle("momentum", "{}", "No effect: optimiser is adam.")
	idle("momentum", "{ optimiser: 'sgd' }", "")
}

// What only the trainer finds wrong is told at the field that it names, until that is put right, and no verdict waits for a
// run that does not come.
func TestPageBlamesTheField(t *testing.T) {
	t.Parallel()
	p := openPage(t, small)
	if got := eval[string](p, "document.getElementById('set-conv-channels').getAttribute('aria-describedby') ?? ''"); got != "" {
		t.Errorf("a field is described by %s, which is empty, not by what it does", got)
	}
	change := func(key, text string) {
		p.run(fmt.Sprintf(`{ const f = document.getElementById('set-%s'); f.value = '%s'; f.dispatchEvent(new Event('change')); }`, key, text))
	}
	save := `document.querySelector('[aria-label="Save the run"]').click()`
	p.run("const end = pushpull.on('state', ({phase}) => { if (phase === 'loading') { end(); " + save + "; } })") // it will not start
	change("conv-channels", "4-8-8")
	p.awaitText("#set-conv-channels-error", "Conv-channels names 3 convolutions and conv-strides 2: give both the same number.")
	p.awaitText("#verdict", "it could not start")
	if n := eval[int](p, "document.querySelectorAll('.sample, .idle:not([hidden])').length"); n != 0 {
		t.Errorf("%d views and settings without effect are shown of a run that is not there", n)
	}
	if got := eval[string](p, "document.getElementById('set-conv-channels').getAttribute('aria-describedby') ?? ''"); got != "set-conv-channels-error" {
		t.Errorf("a field that is wrong is described by %q", got)
	}
	if !eval[bool](p, "document.getElementById('set-conv-channels').checkVisibility()") {
		t.Error("the field is folded away")
	}
	p.run("document.getElementById('keep').click(); " + save)
	p.awaitText("#alert-message", "There is no run to save")
	p.run("pushpull.on('checkpoint', () => { throw new Error('a file is saved that nobody asked for'); })")
	for _, act := range []func(){func() { change("lr", "0.01") }, func() { p.run("pushpull.play()") }} { // say what is wrong once more
		p.click("#alert-close")
		act()
		p.await("!document.getElementById('alert').hidden")
		if said := p.text("#alert-message"); !strings.HasPrefix(said, "Conv-channels names 3") {
			t.Errorf("where there is no run, changing and playing it gives %q", said)
		}
	}
	change("conv-strides", "4-2-1")
	p.await("pushpull.state.phase === 'paused' && document.getElementById('set-conv-channels-error').hidden")
	if text := p.text("#set-conv-channels-error"); text != "" {
		t.Errorf("the field still says %q", text)
	}
	p.losses(1)
	p.run("pushpull.reset()") // copies the run before
	p.await("pushpull.state.phase === 'paused' && pushpull.state.step === 0")
}

// Each algorithm's equation fits the panel, and its diagram holds each name within its box.
func TestPageDrawsEveryAlgorithm(t *testing.T) {
	t.Parallel()
	p := openPage(t, small)
	wrong := eval[[]string](p, `(async () => {
		const [{ Diagram }, { equation, formula }, { Settings }] = await Promise.all(['diagram', 'equation', 'settings'].map(m => import('/js/' + m + '.js')));
		const registry = await (await fetch('/build/registry.json')).json(), place = document.querySelector('.equation'), wrong = [];
		const box = document.createElement('div');
		place.after(box);
		for (const a of registry.algorithms) {
			const settings = new Settings(registry);
			settings.algo = a.name;
			for (const flipped of ['', ...[...a.equation.matchAll(/\[([a-z-]+): /g)].map(m => m[1])]) {
				place.replaceChildren(...equation(formula(a.equation, key => settings.off(key) !== (key === flipped))));
				if (place.scrollWidth > place.clientWidth) wrong.push(a.name + ': its equation is ' + place.scrollWidth + ' pixels wide, the panel has ' + place.clientWidth + ': ' + place.textContent);
				if (/[{}_^"\[;\]]/.test(place.textContent)) wrong.push(a.name + ': its equation is shown as ' + place.textContent);
			}
			new Diagram(box, { settings, addEventListener() {} }).refresh();
			for (const part of box.querySelectorAll('.part')) {
				const room = part.firstChild.getBBox();
				for (const text of part.querySelectorAll('text')) if (text.getBBox().width > room.width - 3) wrong.push(a.name + ': ' + text.textContent + ' does not fit its box');
			}
			if (!box.querySelector('.gradient')) wrong.push(a.name + ': no gradient is drawn');
		}
		const settings = new Settings(registry);
		settings.give('negatives', 'false');
		new Diagram(box, { settings, addEventListener() {} }).refresh();
		const loss = box.querySelector('.part.loss').textContent, off = box.querySelector('.part.off text').textContent;
		if (loss !== 'pull the views together' || off !== 'other images') wrong.push('without negatives SimCLR is drawn with "' + loss + '" and without ' + off);
		box.remove();
		return wrong;
	})()`)
	for _, w := range wrong {
		t.Error(w)
	}
}

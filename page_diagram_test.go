package main

import (
	"testing"
)

// In slow motion the diagram shows what computes: each encoder when it does, the gradient where it flows, and after the
// step what follows. The strip of stages has those that the algorithm has.
func TestPageLightsWhatComputes(t *testing.T) {
	t.Parallel()
	p := openPage(t, small+"&algo=moco&head-hidden=16&head-dim=8&queue-size=32")
	p.await("pushpull.embedding() != null")
	got := eval[map[string]string](p, `(async () => {
		const lit = {}, strip = () => [...document.querySelectorAll('#stages li')].filter(e => !e.hidden);
		pushpull.on('stage', ({ name }) => {
			const parts = [...document.querySelectorAll('.diagram .part.lit')].map(e => [...e.querySelectorAll('text')].map(t => t.textContent).join(' '));
			const arrows = kind => document.querySelectorAll('.method svg.diagram[role] .arrow.' + kind + '.lit').length;
			lit[name] = parts.join(', ') + '; ' + ['data', 'gradient', 'after'].map(arrows).join(' ') + '; ' + strip().filter(e => e.className === 'lit').map(e => e.textContent)
				+ '; ' + (document.querySelector('.stage.lit')?.dataset.stage ?? '');
		});
		document.querySelector('[data-speed=slow]').click();
		lit.strip = strip().map(e => e.textContent).join(', ');
		await pushpull.step(1);
		while (!('' in lit)) await new Promise(then => setTimeout(then, 20));
		document.querySelector('[data-speed=full]').click();
		pushpull.set({ algo: 'swav', batch: 16 });
		lit.swav = strip().map(e => e.textContent).join(', ');
		return lit;
	})()`)
	for name, want := range map[string]string{
		"strip":      "Views, Encoder, Head, Momentum encoder, Loss, Gradients, Optimiser, After the step",
		"views":      "view 1, view 2; 2 0 0; Views; views",
		"encoder":    "encoder; 1 0 0; Encoder; encoder",
		"head":       "head; 1 0 0; Head; encoder",
		"momentum":   "momentum encoder, its head; 2 0 0; Momentum encoder; algorithm",
		"loss":       "queue of keys, find the key among the queue's; 1 0 0; Loss; algorithm",
		"backward":   "; 0 2 0; Gradients; algorithm",
		"optimiser":  "encoder, head; 0 0 0; Optimiser; optimiser",
		"after-step": "momentum encoder, its head, queue of keys; 0 0 3; After the step; algorithm",
		"":           "; 0 0 0; ; ",
		"swav":       "Views, Encoder, Head, Loss, Gradients, Optimiser",
	} {
		if got[name] != want {
			t.Errorf("%q shows %q, want %q", name, got[name], want)
		}
	}
}

// What the loss learns itself is drawn under it, and follows its switch.
func TestPageDrawsWhatTheLossLearns(t *testing.T) {
	t.Parallel()
	p := openPage(t, small)
	type picture struct {
		Under, Off string // parts under the loss
		Flows      bool   // gradient reaches them all
		Says       bool
	}
	for _, c := range []struct {
		algo, set string
		want      picture
	}{
		{"simclr", "", picture{Flows: true}},
		{"simclr", "learn-temperature", picture{Under: "learned τ", Flows: true, Says: true}},
		{"clip", "", picture{Under: "learned τ", Flows: true, Says: true}},
		{"clip", "learn-temperature=false", picture{Off: "learned τ", Flows: true, Says: true}},
		{"siglip", "", picture{Under: "learned τ,learned bias b", Flows: true, Says: true}},
	} {
		got := eval[picture](p, `(async () => {
			const [{ Diagram }, { Settings }] = await Promise.all(['diagram', 'settings'].map(m => import('/js/' + m + '.js')));
			const settings = new Settings(await (await fetch('/build/registry.json')).json()), box = document.createElement('div'), set = '`+c.set+`';
			settings.algo = '`+c.algo+`';
			if (set) settings.give(set.split('=')[0], set.split('=')[1] ?? 'true');
			document.querySelector('.method').append(box);
			new Diagram(box, { settings, addEventListener() {} }).refresh();
			const loss = box.querySelector('.part.loss').getBBox(), below = e => e.getBBox().y > loss.y, names = all => all.map(e => e.textContent).join();
			const parts = [...box.querySelectorAll('.part')].filter(below), on = parts.filter(e => !e.classList.contains('off'));
			return { under: names(on), off: names(parts.filter(e => e.classList.contains('off'))), says: box.querySelector('[role=img]').getAttribute('aria-label').includes('learned τ'),
				flows: [...box.querySelectorAll('.arrow.gradient')].filter(e => e.getBBox().y >= loss.y + loss.height - 6 && e.closest('[role=img]')).length === on.length };
		})()`)
		if got != c.want {
			t.Errorf("%s %s: %+v, want %+v", c.algo, c.set, got, c.want)
		}
	}
}

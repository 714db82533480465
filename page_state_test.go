package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/algos"
	"pushpull/core/train"
)

// The address holds the settings, and follows them.
func TestPageStateInAddress(t *testing.T) {
	t.Parallel()
	p := openPage(t, "#v=1&algo=moco&batch=32&queue-size=256")
	if got := eval[string](p, "JSON.stringify([pushpull.state.algo, pushpull.state.values.batch, pushpull.state.values['queue-size']])"); got != `["moco",32,256]` {
		t.Errorf("the address gives %s", got)
	}
	p.set(`{algo: 'simclr', 'batch': 16}`)
	if got := eval[string](p, "location.hash"); !strings.Contains(got, "batch=16") || strings.Contains(got, "algo") {
		t.Errorf("the address is %s", got)
	}
	choose := func(label, value string) {
		p.run(fmt.Sprintf(`const s = document.querySelector('#space-tools [aria-label=%s]'); s.value = %q; s.dispatchEvent(new Event('change'))`, label, value))
	}
	choose("Of", "h")
	choose("Pairs", "springs")
	p.click("[data-projection=pca]")
	if got := eval[string](p, "location.hash"); !strings.HasSuffix(got, "projection=pca&of=h&pairs=springs") {
		t.Errorf("the embedding is shown in another way, and the address is %s", got)
	}
	p.run("location.hash = '#v=1&batch=16&as=pictures&colour=weight'")
	p.awaitText("#alert-message", `asks for colour "weight", which these images do not have`)
	if got := eval[string](p, "[...document.querySelectorAll('#space-tools select')].map(s => s.value).join() + document.querySelector('[data-projection][aria-pressed=true]').textContent"); got != "z,class,pictures,1000,noneSphere" {
		t.Errorf("an address that is edited shows the embedding as %s", got)
	}
	choose("As", "markers")
	if got := eval[string](p, "pushpull.set({batch: '1.6e1'}), location.hash"); !strings.Contains(got, "batch=16") {
		t.Errorf("a number that is written otherwise changes the address to %s", got)
	}
	if !eval[bool](p, `(() => {
		globalThis.usual = pushpull.state.values.hue;
		pushpull.set({ hue: usual, augment: 'digits' }); // whose usual one is another
		return pushpull.state.values.hue === usual && location.hash.includes('hue=');
	})()`) {
		t.Error("a setting that is given with the kind of views is lost")
	}
	if got := eval[string](p, "pushpull.set({ augment: 'simclr' }), document.querySelector('#set-hue').closest('.row').querySelector('.default').click(), location.hash"); strings.Contains(got, "hue") {
		t.Errorf("after a setting was given back, which is the usual one again, the address is %s", got)
	}
	if got := eval[string](p, `(() => {
		const field = document.getElementById('set-temperature'), slider = field.closest('.row').querySelector('[type=range]'), before = slider.value;
		slider.dispatchEvent(new PointerEvent('pointerdown'));
		slider.value = 0.1;
		for (const type of ['input', 'pointercancel', 'change']) slider.dispatchEvent(new PointerEvent(type));
		return [pushpull.state.values.temperature, field.value, slider.value === before].join(' ');
	})()`); got != "0.5 0.5 true" {
		t.Errorf("a finger that scrolls the page and comes down on a slider leaves its setting at %s", got)
	}
	if got := eval[string](p, "document.querySelector('.keeps code').textContent; document.getElementById('keep').click(), document.querySelector('.keeps code').textContent"); got != "pushpull train -algo simclr -data shapes -encoder convnet -batch 16" {
		t.Errorf("the command is %q", got)
	}
}

// What is wrong in an address is told, and defaults are used.
func TestPageStateIsChecked(t *testing.T) {
	t.Parallel()
	p := openPage(t, "#v=1&algo=simlcr&temperature=-3&nonsense=1&batch=16&conv-channels=8-1e1&data=yours&projection=mds")
	p.await("!document.getElementById('alert').hidden")
	said := p.text("#alert-message")
	for _, want := range []string{`asks for algo "simlcr", which there is not; simclr is used`, "on somebody's own images, which it cannot hold; shapes is used", `sets temperature to "-3"; the default 0.5 is used`, `asks for projection "mds", which there is not; sphere is used`, `the setting "nonsense", which there is not`, `sets conv-channels to "8-1e1"`} {
		if !strings.Contains(said, want) {
			t.Errorf("the page says %q, not %q", said, want)
		}
	}
	if got := eval[float64](p, "pushpull.state.values.batch"); got != 16 {
		t.Errorf("batch is %v", got)
	}
}

// A saved run that is loaded goes on bit for bit, with its own settings.
func TestPageSavesAndLoads(t *testing.T) {
	t.Parallel()
	p := openPage(t, small+"&algo=byol&seed=5")
	p.awaitStart()
	p.losses(3)
	eval[bool](p, `(async () => {
		const kept = new Promise(done => pushpull.on('checkpoint', done));
		document.getElementById('keep').click();
		document.querySelector('[aria-label="Save the run"]').click();
		const { buffer, head, body } = await kept;
		globalThis.file = new File([new Uint8Array(buffer, body)], head.name);
		document.querySelector('dialog.keep').close();
		return true;
	})()`)
	want := p.losses(3)
	p.set(`{algo: 'simclr', batch: 32}`)
	p.losses(1)
	load := func(file string) {
		p.run(`const input = document.querySelector('dialog.keep input[type=file]'), list = new DataTransfer();
			list.items.add(` + file + `);
			input.files = list.files;
			input.dispatchEvent(new Event('change'))`)
	}
	load("globalThis.file")
	p.await("pushpull.state.algo === 'byol' && pushpull.state.phase === 'paused' && pushpull.state.step === 3")
	p.await("document.querySelector('.chart svg').getAttribute('aria-label').endsWith('at step 1')") // the loss from the first step on
	if got := p.losses(3); !slices.Equal(got, want) {
		t.Errorf("the losses go on with %v, not %v", got, want)
	}
	if got := eval[string](p, "location.hash"); !strings.Contains(got, "seed=5") {
		t.Errorf("the address is %s", got)
	}
	p.run(`document.getElementById('keep').click()`)
	load("new File(['no run at all'], 'x.safetensors')")
	p.awaitText("#alert-message", ".safetensors is not a checkpoint of this program")
	p.run(`const input = document.querySelector('.drop input[type=file]:not([webkitdirectory])'), list = new DataTransfer(); // among images, too
		list.items.add(new File(['no run either'], 'y.safetensors'));
		input.files = list.files;
		input.dispatchEvent(new Event('change'))`)
	p.awaitText("#alert-message", "Y.safetensors is not a checkpoint of this program")
	if got := eval[float64](p, "pushpull.state.step"); got != 6 {
		t.Errorf("a file that is no run leaves the run at step %v", got)
	}
	if eval[bool](p, "document.querySelector('dialog.keep').open") {
		t.Error("the dialog covers what the page says")
	}
	p.run(`const dropped = new DataTransfer();
		dropped.items.add(file);
		document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}))`)
	p.await("pushpull.state.phase === 'paused' && pushpull.state.step === 3")

	// It ends where it is told to, and goes on when it is told to go further.
	p.run("pushpull.set({'max-steps': 4}); document.getElementById('play').focus()")
	p.losses(1)
	p.await("pushpull.state.phase === 'finished' && document.getElementById('play').ariaDisabled === 'true'")
	if at := eval[string](p, "document.activeElement.id"); at != "play" {
		t.Errorf("at the last step the focus goes from Play to %q", at)
	}
	p.click("#play") // does nothing, also to the runs to come
	p.run("pushpull.set({'max-steps': 5})")
	p.await("pushpull.state.phase === 'paused' && document.getElementById('play').ariaDisabled === 'false'")
	p.losses(1)
	p.await("pushpull.state.phase === 'finished' && pushpull.state.step === 5")
}

// Every algorithm starts from the page by its name alone, and takes a step.
func TestPageStartsEveryAlgorithm(t *testing.T) {
	t.Parallel()
	p := openPage(t, small)
	for _, a := range algos.All() {
		settings := map[string]string{"algo": a.Name, "encoder": "convnet"}
		if a.Name == "can" {
			settings["encoder"] = "vit"
		}
		if a.Name == "wmse" { // whitens by more images than dimensions
			settings["head-dim"] = "8"
		}
		text, err := json.Marshal(settings)
		if err != nil {
			t.Fatal(err)
		}
		loss := eval[*float64](p, fmt.Sprintf(`(async () => {
			const ready = new Promise((done, fail) => { pushpull.on('ready', done); pushpull.on('error', e => fail(new Error(e.message))); });
			if (pushpull.state.algo !== %q) { pushpull.set(%s); await ready; }
			return (await pushpull.step(1)).loss;
		})()`, a.Name, text))
		if loss == nil || math.IsNaN(*loss) || math.IsInf(*loss, 0) {
			t.Errorf("%s: loss %v", a.Name, loss)
		}
	}
}

// The page works out the defaults of every run as train.Resolve does, for each algorithm, data set, encoder and kind of views.
func TestPageDefaultsAreTheTrainers(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	resolved := eval[map[string]map[string]string](p, `(async () => {
		const { Settings } = await import('./js/settings.js');
		const registry = await (await fetch('build/registry.json')).json();
		const all = {};
		for (const a of registry.algorithms) for (const d of registry.datasets) for (const e of registry.encoders)
			for (const views of registry.params.find(p => p.key === 'augment').choices) {
				const s = new Settings(registry);
				Object.assign(s, { algo: a.name, data: d.name, encoder: e.name });
				s.give('augment', views);
				const values = {};
				for (const param of registry.params) if (s.uses(param)) values[param.key] = s.value(param.key);
				all[[a.name, d.name, e.name, views].join(' ')] = values;
			}
		return all;
	})()`)
	if len(resolved) < len(algos.All())*len(train.Encoders) {
		t.Fatalf("only %d runs to compare", len(resolved))
	}
	for run, values := range resolved {
		part := strings.Fields(run)
		c, err := algos.Resolve(part[0], part[1], part[2], map[string]string{"augment": part[3]})
		if err != nil {
			t.Fatal(err)
		}
		for key, text := range values {
			param, _ := train.Find(key)
			if v, err := param.Parse(text); err != nil || v != c.Values[key] {
				t.Fatalf("%s: %s is %q on the page and %v natively (%v)", run, key, text, c.Values[key], err)
			}
		}
		encoder := train.Encoders[slices.IndexFunc(train.Encoders, func(e train.EncoderInfo) bool { return e.Name == part[2] })]
		for key := range c.Values {
			if param, _ := train.Find(key); (param.Group != "encoder" || slices.Contains(encoder.Keys, key)) && values[key] == "" {
				t.Fatalf("%s: the page does not show %s", run, key)
			}
		}
	}
}

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// The embedding can be taken away as a drawing, which holds each point, and as a film, which tells its length.
func TestPageExportsDrawingAndClip(t *testing.T) {
	t.Parallel()
	p := openPage(t, "?webgl=1"+small)
	p.await("document.querySelector('#view iframe.ready') != null && pushpull.embedding() != null")
	p.run(`globalThis.files = [];
		const url = URL.createObjectURL;
		URL.createObjectURL = blob => { files.push(blob); return url.call(URL, blob); };
		HTMLAnchorElement.prototype.click = function () { files.at(-1).called = this.download; };
		document.getElementById('keep').click();
		document.querySelector('[aria-label="Save the picture as SVG"]').click()`)
	type drawing struct {
		Called, Wrong, Title, Legend string
		Points, Markers              int
	}
	got := eval[drawing](p, `files[0].text().then(text => {
		const d = new DOMParser().parseFromString(text, 'image/svg+xml'), uses = [...d.querySelectorAll('#points use')];
		return { called: files[0].called, wrong: d.querySelector('parsererror')?.textContent ?? '', title: d.querySelector('title').textContent,
			legend: [...d.querySelectorAll('#legend text')].map(e => e.textContent).join(' '),
			points: uses.length, markers: new Set(uses.map(u => u.getAttribute('href')).filter(h => d.querySelector(h))).size };
	})`)
	if want := (drawing{"simclr-shapes-0.svg", "", "SimCLR on shapes, step 0", "circle square triangle star cross ring heart moon", 1000, 8}); got != want {
		t.Errorf("the drawing is %+v, want %+v", got, want)
	}

	// What is kept of a long run is as dense at its begin as at its end, and has the latest: figures, table, spectra and charts.
	gaps := eval[[]string](p, `(async () => {
		const { Sparse } = await import('/js/sparse.js'), { Table } = await import('/js/table.js'), { Chart } = await import('/js/chart.js');
		const time = { charts: [], pointed: null, reach() {}, draw() {} }, n = 50_000;
		const list = new Sparse(1000), table = new Table(1, 1000), chart = new Chart(document.createElement('div'), time, { title: 'x', format: String });
		for (let step = 1; step <= n; step++) list.add(step), table.add([step]), chart.add(step, step);
		return [list.list, table.rows().map(r => r[0]), chart.steps()].map(steps => {
			const gaps = new Set(steps.slice(1, -1).map((s, i) => s - steps[i]));
			return steps.length > 2000 || steps.length < 400 ? 'holds ' + steps.length : gaps.size > 1 ? 'has gaps of ' + [...gaps].slice(0, 9) : steps.at(-1) < n - 100 ? 'ends at ' + steps.at(-1) : '';
		});
	})()`)
	for i, wrong := range gaps {
		if wrong != "" {
			t.Errorf("the %s %s", []string{"list", "table", "chart"}[i], wrong)
		}
	}

	p.run(`document.querySelector('[aria-label="Record a clip of the embedding"]').click(); pushpull.step(20)`)
	if eval[bool](p, "document.querySelector('dialog.keep').open || document.querySelector('.recording').hidden") {
		t.Error("while a clip is recorded the dialog hides the embedding, or no button stops it")
	}
	p.await("pushpull.metrics.step === 20")
	p.run("document.querySelector('.recording').click()")
	p.await("files.length === 2 && document.querySelector('.recording').hidden")
	clip, err := base64.StdEncoding.DecodeString(eval[string](p, `files[1].arrayBuffer().then(b => btoa(String.fromCharCode(...new Uint8Array(b, 0, Math.min(b.byteLength, 2000)))))`))
	if err != nil || !bytes.HasPrefix(clip, []byte{0x1a, 0x45, 0xdf, 0xa3}) || !bytes.Contains(clip, []byte("webm")) {
		t.Fatalf("the clip begins with % x: no WebM", clip[:min(len(clip), 16)])
	}
	_, after, found := bytes.Cut(clip, []byte{0x44, 0x89, 0x88}) // a duration of eight bytes
	if !found || len(after) < 8 {
		t.Fatal("the clip does not tell its length")
	}
	if ms := math.Float64frombits(binary.BigEndian.Uint64(after)); !(ms > 100 && ms < 1e6) {
		t.Errorf("the clip says that it is %v ms long", ms)
	}
	if why := eval[string](p, "import('/js/clip.js').then(({ Clip }) => { const kept = MediaRecorder; delete globalThis.MediaRecorder; const why = Clip.refused(); globalThis.MediaRecorder = kept; return why; })"); why != "This browser cannot record a canvas." {
		t.Errorf("a browser without a recorder is told %q", why)
	}

	p.run(`document.querySelector('[aria-label="Save the figures"]').click(); document.querySelector('[aria-label="Save the points"]').click()`)
	figures := strings.Split(strings.TrimSpace(eval[string](p, "files[2].text()")), "\n")
	if figures[0] != "step,epoch,loss,lr,knn_top1,std,effective_rank,alignment,uniformity,images_per_second" || len(figures) < 22 {
		t.Errorf("the figures have %d lines, the first %q", len(figures), figures[0])
	}
	points := strings.Split(strings.TrimSpace(eval[string](p, "files[3].text()")), "\n")
	if points[0] != "image,class,sphere_x,sphere_y,sphere_z,pca_x,pca_y,pca_z" || len(points) != 1001 || strings.Contains(points[1], ",,") {
		t.Errorf("the points have %d lines, the first %q, %q", len(points), points[0], points[1])
	}
	if kept := eval[string](p, "import('/js/table.js').then(({ Table }) => { const t = new Table(2, 4); for (let i = 0; i <= 9; i++) t.add([i, i === 8 ? NaN : 10 * i]); return JSON.stringify(t.rows()); })"); kept != "[[0,0],[4,40],[8,null],[9,90]]" {
		t.Errorf("of ten rows a table of four keeps %s", kept)
	}
}

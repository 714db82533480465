package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

// What drawings of figures show is what they were given: read back by their own axes, and said to those who do not see them.
func TestPageChartsShowTheirNumbers(t *testing.T) {
	t.Parallel()
	site := http.NewServeMux()
	site.Handle("/", realSite(t))
	site.HandleFunc("/blank", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<!doctype html><link rel=icon href=data:,><body>")
	})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	p := startBrowser(t)
	p.do(chromedp.Navigate(server.URL + "/blank"))
	for _, wrong := range eval[[]string](p, `(async () => {
		const [{ Chart }, { Histogram }, { Spectrum }, { Time }] = await Promise.all(
			['chart', 'histogram', 'spectrum', 'time'].map(m => import('/js/' + m + '.js')));
		const wrong = [], soon = () => new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 400));
		const is = (what, got, want) => { if (!(typeof want === 'number' ? Math.abs(got - want) < 0.02 * (1 + Math.abs(want)) : got === want)) wrong.push(what + ' is ' + got + ', not ' + want); };
		const place = (w, h) => {
			const e = document.createElement('div');
			e.style = 'position: absolute; font-size: 15px; width: ' + w + 'px; height: ' + h + 'px';
			document.body.append(e);
			return e;
		};
		const number = text => Number(text.replace('−', '-').replace('step ', ''));
		// reading returns what a point of a drawing means by the numbers at its axes.
		const reading = e => {
			const texts = [...e.querySelectorAll('text:not(.halo)')].map(t => ({ x: +t.getAttribute('x'), y: +t.getAttribute('y'), v: number(t.textContent), anchor: t.getAttribute('text-anchor') }));
			const low = Math.max(...texts.map(t => t.y)), steps = texts.filter(t => t.y === low), values = texts.filter(t => t.y < low);
			const line = (a, b) => at => a.v + (at - a.at) * (b.v - a.v) / (b.at - a.at);
			const ends = (list, key) => [list[0], list.at(-1)].map(t => ({ v: t.v, at: t[key] }));
			return { step: line(...ends(steps, 'x')), value: line(...ends(values.map(t => ({ ...t, y: t.y - 4 })), 'y')) };
		};
		const points = d => d.match(/[-\d.]+ [-\d.]+/g).map(s => s.split(' ').map(Number));

		const time = new Time(), box = place(600, 300), shown = [];
		const chart = new Chart(box, time, { kind: 'x', title: 'Rank', format: v => String(v), zero: true, labels: true, show: text => shown.push(text) });
		chart.references([{ label: 'untrained', value: 2 }, { label: 'raw', value: 6 }]);
		const given = [[0, 1], [10, 4], [40, 3], [200, 8]];
		for (const [step, value] of given) chart.add(step, value);
		chart.add(200, 7); // measured again
		time.mark(40, 'lr is 0.1');
		await soon();
		let at = reading(box);
		points(box.querySelector('path.line').getAttribute('d')).forEach(([x, y], i) => {
			is('step of point ' + i, at.step(x), given[i][0]);
			is('value of point ' + i, at.value(y), i === 3 ? 7 : given[i][1]);
		});
		is('points outside', points(box.querySelector('path.line').getAttribute('d')).filter(([x, y]) => !(x >= 34 && x <= 592 && y >= 8 && y <= 282)).length, 0);
		is('points', points(box.querySelector('path.line').getAttribute('d')).length, 4);
		const dot = box.querySelector('circle.dot');
		is('step of the dot', at.step(+dot.getAttribute('cx')), 200);
		is('value of the dot', at.value(+dot.getAttribute('cy')), 7);
		is('more above less', +dot.getAttribute('cy') < points(box.querySelector('path.line').getAttribute('d'))[0][1], true);
		is('value of the first reference', at.value(+box.querySelectorAll('line.reference')[0].getAttribute('y1')), 6);
		is('value of the second reference', at.value(+box.querySelectorAll('line.reference')[1].getAttribute('y1')), 2);
		for (const list of [[{ label: 'a', value: 5 }, { label: 'b', value: 5.05 }], [{ label: 'a', value: 5.05 }, { label: 'b', value: 5 }]]) {
			chart.references(list);
			await soon();
			const height = label => [...box.querySelectorAll('text.halo')].find(t => t.textContent.startsWith(label + ' ')).getAttribute('y');
			is('the higher of two near references named above the other', height('a') - height('b') < 0, list[0].value > list[1].value);
		}
		chart.references([{ label: 'untrained', value: 2 }, { label: 'raw', value: 6 }]);
		await soon();
		is('step of the mark', at.step(+box.querySelector('line.mark').getAttribute('x1')), 40);
		is('chart', box.querySelector('svg').getAttribute('aria-label'), 'Rank: 7 at step 200, from 1 at step 0; untrained 2; raw 6');
		is('value', shown.at(-1), '7');
		box.dispatchEvent(new PointerEvent('pointermove', { clientX: box.getBoundingClientRect().left + 34 + 0.35 * (592 - 34) }));
		is('step that is pointed at', time.pointed, 70);
		await soon();
		is('value that is pointed at', shown.at(-1), '3');
		is('step of the cursor', at.step(+box.querySelector('line.cursor').getAttribute('x1')), 40);
		const moved = (by, want) => { time.move(by); is('step after ' + by, time.pointed, want); };
		moved(1, 200), moved(-2, 10), moved(-10, 0), moved(Infinity, 200);
		time.point(null);

		const smooth = place(600, 300);
		const noisy = new Chart(smooth, time, { kind: 'x', title: 'Loss', format: String, smooth: true });
		for (let step = 0; step <= 100; step += 10) noisy.add(step, step ? 1 : 0);
		await soon();
		at = reading(smooth);
		is('last value that was measured', at.value(points(smooth.querySelector('.raw').getAttribute('d'))[10][1]), 1);
		is('second value of the smooth line', at.value(points(smooth.querySelector('.line').getAttribute('d'))[1][1]), 0.3);

		const { ticks } = await import('/js/axes.js');
		is('numbers of an axis that ends at 0', ticks(-0.17, 0, 5).join(' '), '-0.15 -0.1 -0.05 0');

		// A chart that is full has means of neighbours.
		const long = new Chart(document.createElement('div'), { charts: [], pointed: null, reach() {}, draw() {} }, { title: 'x', format: String });
		for (let step = 0; step < 10_000; step++) long.add(step, step % 2);
		for (const step of [100, 5000]) is('mean of neighbours', long.at(step)[1], 0.5), is('step of it', long.at(step)[0], step);

		const bars = place(408, 126); // from 8 to 400, from 8 to 108
		const histogram = new Histogram(bars);
		histogram.show({ positives: [0, 0, 1, 3], negatives: [6, 2, 0, 0], false: [0, 0, 0, 0], weighted: true, temperature: 0.5, classes: ['a', 'b'] });
		await soon();
		const tops = kind => points(bars.querySelector('.bars.' + kind).getAttribute('d')).slice(1, -1).map(([x, y]) => [Math.round(x), Math.round(108 - y)].join());
		is('bars of positives', tops('positives').join(' '), '8,0 106,0 106,0 204,0 204,33 302,33 302,100 400,100');
		is('bars of negatives', tops('negatives').join(' '), '8,100 106,100 106,33 204,33 204,0 302,0 302,0 400,0');
		is('bars of none', bars.querySelector('.bars.false'), null);
		const weight = points(bars.querySelector('.weight').getAttribute('d'));
		is('weight of a cosine of 1', 108 - weight[100][1], 100);
		is('weight of a cosine of 0', 108 - weight[50][1], 100 * Math.exp(-2));
		is('histogram', bars.querySelector('svg').getAttribute('aria-label'),
			'Histogram of cosines. 8 pairs of images of other classes, mean -0.63; 4 pairs of views of one image, mean 0.63. At temperature 0.50 a cosine of 0 weighs 0.1 of a cosine of 1.');

		const rays = place(600, 300), says = [], spectrum = new Spectrum(rays, time, text => says.push(text));
		spectrum.add(0, [0.5, 0.5, 0.1, 0.1]), spectrum.add(20, [1, 0, 0, 0]), spectrum.add(20, [0.6, 0.3, 0.1, 1e-9]); // measured again
		time.point(20);
		await soon();
		is('first axis', says.at(-1), 'first axis 60%');
		is('spectrum', rays.querySelector('svg').getAttribute('aria-label'), 'Spectrum at step 20: the 4 eigenvalues sum to 1.0, the first holds 60%, 3 are above a hundredth of it');
		const bottom = 300 - 18, heights = c => points(rays.querySelector(c).getAttribute('d')).map(([, y]) => y);
		[0.6, 0.3, 0.1, 1e-6].forEach((v, i) => is('height of axis ' + i, heights('.line.spectrum')[i], 8 - (bottom - 8) * Math.log10(v) / 6));
		is('height before training', heights('.line.ghost')[0], 8 - (bottom - 8) * Math.log10(0.5) / 6);
		return wrong;
	})()`) {
		t.Error(wrong)
	}
}

// The measures of learning as small charts over one time axis.
import { Chart } from './chart.js';
import { html } from './elements.js';
import { count, minus } from './names.js';
import { Sparse } from './sparse.js';
import { Spectrum } from './spectrum.js';
import { Time } from './time.js';

const EVALUATIONS = 1000;  // that are kept for the table

const short = v => minus(Number(v.toPrecision(Math.abs(v) < 0.1 ? 2 : 3)));  // 0.00152 is too long
const percent = v => `${Number((100 * v).toFixed(1))}%`;

// Each measure: its key in the trainer's report, and what its chart says about it.
const MEASURES = [
  { key: 'loss', title: 'Loss', help: 'What training makes smaller. Its scale depends on the algorithm: low is not yet good.', format: short, smooth: true, labels: true },
  { key: 'knn_top1', id: 'knn', title: 'kNN accuracy', help: 'Share of held-out images whose nearest training images, by representation h, have their class. Labels serve only to measure, except where an algorithm learns from them.', format: percent, floor: 0, ceiling: 1 },
  { key: 'alignment', title: 'Alignment', help: 'How far two views of a held-out image are from each other: the mean squared distance of their projections, 0 where they are the same.', format: short, zero: true, small: true },
  { key: 'uniformity', title: 'Uniformity', help: 'How evenly images cover the sphere: the logarithm of the mean of exp(−2 d²) over pairs of images, 0 where all fall together, about −4 where they cover all of it.', format: short, zero: true, small: true },
  { key: 'std', title: 'Std', help: 'How far images are spread: the deviation of the normalised projections, times √d, about 1 where they point everywhere, 0 where all are one.', format: short, zero: true, small: true },
  { key: 'effective_rank', id: 'rank', title: 'Effective rank', help: 'How many dimensions the projections use: the exponential of the entropy of their singular values.', format: short, zero: true, small: true },
];
const SPECTRUM = { title: 'Spectrum', help: 'How much of the spread each axis holds, greatest first: eigenvalues of the covariance of the normalised projections.' };
const SPACES = { title: 'h and z', help: 'The encoder makes the representation h of an image, the head its projection z, which the loss compares. What is kept after training is h.' };

export class Measures {
  #rows = new Sparse(EVALUATIONS);  // for the table
  #loss = null;

  constructor(element, run) {
    const time = this.time = new Time();
    const grid = html('div', { class: 'measures', role: 'group', tabindex: '0', 'aria-label': 'Measures over the steps of training. Arrow keys move along the steps.' });
    this.charts = new Map(MEASURES.map(m => {
      const id = m.id ?? m.key;
      const value = html('output', { id, 'aria-live': 'off' }, '–');
      const chart = html('div', { class: 'chart' });
      const note = m.id === 'knn' ? [' ', html('span', { class: 'quiet', id: 'knn-protocol' })] : [];
      grid.append(html('figure', { class: m.small ? 'small' : '' }, html('figcaption', { title: m.help }, html('span', {}, html('b', {}, m.title), ...note), value), chart));
      return [m.key, new Chart(chart, time, { ...m, kind: id, show: text => { value.textContent = text; } })];
    }));
    const first = html('output', { 'aria-live': 'off' }, '–'), chart = html('div', { class: 'chart' });
    const name = html('span', {}, html('b', {}, SPECTRUM.title), ' ', html('span', { class: 'quiet' }, 'variance of each axis'));
    grid.append(html('figure', {}, html('figcaption', { title: SPECTRUM.help }, name, first), chart));
    this.spectrum = new Spectrum(chart, time, text => { first.textContent = text; });

    this.readout = html('p', { class: 'readout quiet', 'aria-live': 'polite' });
    this.changes = html('ol', { class: 'changes', 'aria-label': 'Settings changed during the run' });
    this.table = html('table', {});
    const scroll = html('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table of values' }, this.table);
    this.details = html('details', { class: 'values' }, html('summary', {}, 'Values as a table'), scroll);
    const meanings = html('dl', {}, ...[SPACES, ...MEASURES, SPECTRUM].flatMap(m => [html('dt', {}, m.title), html('dd', {}, m.help)]));
    element.append(this.readout, grid, this.changes, this.details, html('details', { class: 'values' }, html('summary', {}, 'What they mean'), meanings));

    this.details.addEventListener('toggle', () => this.#tabulate());
    time.onPoint(step => this.#read(step));
    grid.addEventListener('keydown', e => {
      const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[e.key];
      if (by === undefined && e.key !== 'Escape') return;
      e.preventDefault();
      if (e.key === 'Escape') time.point(null);
      else time.move(by);
    });
    grid.addEventListener('blur', () => time.point(null));
    this.#read(null);
    this.#follow(run);
  }

  #follow(run) {
    run.addEventListener('metrics', ({ detail: m }) => this.#add(m));
    run.addEventListener('mark', ({ detail: m }) => {
      this.time.mark(m.step, m.text, m.replaces);
      if (m.replaces) this.changes.lastChild?.remove();
      this.changes.append(html('li', {}, `Step ${count(m.step)}: ${m.text}`));
    });
    run.addEventListener('state', ({ detail: { phase } }) => {
      if (phase !== 'loading') return;
      this.#rows.clear();
      this.#loss = null;
      this.changes.replaceChildren();
      this.spectrum.clear();
      this.time.clear();
      this.#tabulate();
    });
    run.addEventListener('references', ({ detail: r }) => {
      this.charts.get('knn_top1').references([{ label: 'raw pixels', value: r.raw_pixels }, { label: 'untrained', value: r.untrained }]);
    });
    for (const event of ['references', 'settings']) run.addEventListener(event, () => this.#protocol(run));
  }

  // protocol tells how accuracy is measured, beside its name in short.
  #protocol({ references: r, settings }) {
    if (!r) return;
    const note = document.getElementById('knn-protocol');
    note.textContent = `${count(r.queries)} held-out, bank ${count(r.bank)}`;
    note.title = `The ${count(r.voters)} nearest of ${count(r.bank)} training images vote on each of ${count(r.queries)} held-out ones, by cosine, with weight exp(cosine / ${settings.value('knn-temperature')}).`;
  }

  #add(m) {
    if (m.loss != null) this.#loss = m.loss;
    for (const [key, chart] of this.charts) if (m[key] != null) chart.add(m.step, m[key]);
    if (m.std == null) return;  // no evaluation
    if (m.spectrum) this.spectrum.add(m.step, m.spectrum);
    const again = this.#rows.list.at(-1)?.step === m.step;  // after a setting has changed
    this.#rows.add({ ...m, loss: this.#loss, spectrum: null }, again);
    if (this.details.open) this.#tabulate();
  }

  #read(step) {
    if (step == null) {
      this.readout.textContent = 'Latest values. Point at a chart, or use the arrow keys on it, to look back.';
      return;
    }
    const at = new Map();  // what was measured next to it, by the step at which it was
    for (const m of MEASURES) {
      const point = this.charts.get(m.key).at(step);
      if (!point) continue;
      const measured = count(Math.round(point[0]));
      at.set(measured, [...at.get(measured) ?? [], `${(m.id ?? m.key).replace('knn', 'kNN')} ${m.format(point[1])}`]);
    }
    this.readout.textContent = [...at].map(([measured, values], i) => `${i ? 'step' : 'Step'} ${measured}: ${values.join(', ')}`).join('; ');
  }

  // tabulate writes up to 20 evaluations, spread over the run, latest first.
  #tabulate() {
    if (!this.details.open) return;
    const rows = this.#rows.list, most = 20;
    const chosen = rows.length <= most ? rows : Array.from({ length: most }, (_, i) => rows[Math.round(i * (rows.length - 1) / (most - 1))]);
    const cell = (m, r) => html('td', {}, r[m.key] == null ? '–' : m.format(r[m.key]));
    const row = r => html('tr', {}, html('th', { scope: 'row' }, count(r.step)), ...MEASURES.map(m => cell(m, r)));
    this.table.replaceChildren(
      html('thead', {}, html('tr', {}, ...['Step', ...MEASURES.map(m => m.title)].map(title => html('th', { scope: 'col' }, title)))),
      html('tbody', {}, ...chosen.toReversed().map(row)));
  }
}

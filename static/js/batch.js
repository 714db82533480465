// The batch of the last step: how similar its views are, what the loss makes of each pair, and the pair one points at.
import { html } from './elements.js';
import { floats, pixels } from './protocol.js';
import { Histogram } from './histogram.js';
import { Matrix } from './matrix.js';
import { count, minus } from './names.js';
import { paint } from './pictures.js';

const percent = (v, digits = 1) => `${(100 * v).toFixed(digits)}%`;

const MODES = [
  ['similarity', 'Similarity', 'Cosine of the two projections'],
  ['softmax', 'Weight', 'Share of the pair in the softmax of its row'],
  ['gradient', 'Gradient', 'How the loss pulls the pair together or pushes it apart'],
];
const KEYS = [['positive', 'same image'], ['false', 'same class'], ['negative', 'other class'], ['weight', 'weight exp(s/τ)']];  // of the histogram

const BEFORE = 'Nothing to see before the first step: press Play or Step.';

export class BatchView {
  #batch = null;
  #open = false;

  constructor(element, run) {
    this.run = run;
    this.empty = html('p', { class: 'quiet' }, BEFORE);
    this.what = html('p', { class: 'quiet' });
    this.modes = html('div', { class: 'segments', role: 'group', 'aria-label': 'What the cells show' });
    for (const [mode, name, help] of MODES) {
      const b = html('button', { type: 'button', 'data-mode': mode, 'aria-pressed': String(mode === 'similarity'), title: help }, name);
      b.addEventListener('click', () => this.#mode(mode));
      this.modes.append(b);
    }
    this.matrix = new Matrix((i, j) => this.#pair(i, j));
    this.why = html('p', { class: 'quiet' });
    this.images = [0, 1].map(() => html('canvas', { width: 1, height: 1, role: 'img', 'aria-label': '' }));
    this.captions = [html('span', {}), html('span', {})];
    this.facts = html('dl', { class: 'facts', 'aria-live': 'polite' });
    this.pair = html('div', { class: 'pair' }, ...this.images.map((c, k) => html('figure', {}, c, html('figcaption', { class: 'quiet' }, this.captions[k]))), this.facts);
    const histogram = html('div', { class: 'chart histogram' });
    this.keys = html('span', { class: 'keys' }, ...KEYS.map(([kind, name]) => html('span', { class: `key ${kind}` }, name)));
    this.histogram = new Histogram(histogram);
    this.shown = html('div', { class: 'batch', hidden: true }, html('div', { class: 'batch-head' }, this.what, this.modes), this.matrix.element, this.matrix.key, this.pair, this.why,
      html('figure', {}, html('figcaption', {}, html('b', {}, 'Similarities of all pairs'), this.keys), histogram));
    element.append(this.empty, this.shown);
    run.addEventListener('batch', ({ detail }) => this.#show(detail));
    run.addEventListener('ready', () => this.#ask());
    run.addEventListener('state', ({ detail: { phase } }) => { if (phase === 'loading') this.#clear(); });
  }

  // open tells whether the reader looks: only then does the trainer report batches.
  open(yes) {
    this.#open = yes;
    this.#ask();
  }

  #ask() { this.run.send('inspect', { on: this.#open }); }

  #clear() {
    this.#batch = null;
    this.shown.hidden = true;
    this.empty.hidden = false;
    this.empty.textContent = BEFORE;
  }

  #show({ buffer, head, body }) {
    if (!head.rows) {
      this.#clear();
      this.empty.textContent = head.why;
      return;
    }
    const n = head.rows * head.rows, b = { ...head };
    b.similarity = floats(buffer, body, n);
    if (head.weighted) b.softmax = floats(buffer, body + 4 * n, n), b.gradient = floats(buffer, body + 8 * n, n);
    b.pixels = pixels(buffer, body + (head.weighted ? 12 : 4) * n);
    this.#batch = b;
    this.empty.hidden = true;
    this.shown.hidden = false;
    this.what.textContent = `Step ${count(b.step)}: ${b.rows / 2} of ${b.images} images; first views, then second`;
    this.why.textContent = b.why;
    this.why.hidden = !b.why;
    this.modes.hidden = !b.weighted;
    if (!b.weighted) this.#mode('similarity');
    const labelled = b.classes.length > 1;
    this.keys.querySelector('.false').hidden = !labelled;
    this.keys.querySelector('.negative').textContent = labelled ? 'other class' : 'other image';
    this.keys.querySelector('.weight').hidden = !(b.weighted && b.temperature > 0);
    this.matrix.show(b);
    this.histogram.show(b);
    this.#pair(...this.matrix.at);
  }

  #mode(mode) {
    for (const b of this.modes.children) b.setAttribute('aria-pressed', String(b.dataset.mode === mode));
    this.matrix.mode(mode);
  }

  #pair(i, j) {
    const b = this.#batch;
    if (!b) return;
    const n = b.rows / 2, at = i * b.rows + j;
    [i, j].forEach((row, k) => {
      const name = `${b.classes[b.labels[row]]}, ${row < n ? 'first' : 'second'} view of image ${row % n + 1}`;
      paint(this.images[k], b, row);
      this.images[k].setAttribute('aria-label', name);
      this.captions[k].textContent = name;
    });
    const facts = [['Pair', kind(b, i, j)], ['Cosine', minus(b.similarity[at].toFixed(3))]];
    if (b.weighted && i !== j) {
      const g = b.gradient[at];
      const does = g ? `${g < 0 ? 'pulls together' : 'pushes apart'}, ${percent(2 * Math.abs(g) / b.force, 2)} of all force` : 'none';
      facts.push(['Softmax weight', `${percent(b.softmax[at])} of the row's`], ['Gradient', `${minus(g.toExponential(1))}: ${does}`]);
    }
    this.facts.replaceChildren(...facts.map(([k, v]) => html('div', {}, html('dt', {}, k), html('dd', {}, v))));
  }
}

// kind says what the pair of rows i and j of a batch is.
function kind({ rows, labels, classes, by_class }, i, j) {
  if (i === j) return 'a view with itself, left out';
  if (i % (rows / 2) === j % (rows / 2)) return 'positive: two views of one image';
  if (labels[i] !== labels[j] || classes.length < 2) return 'negative: another image';
  return by_class ? 'positive, too: same class, other image' : 'false negative: same class, other image';
}

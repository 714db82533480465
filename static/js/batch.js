// The batch of the last step: how similar its views are, what the loss makes of each pair, and the pair one points at.
import { floats, pixels } from './protocol.js';
import { Histogram } from './histogram.js';
import { Matrix } from './matrix.js';
import { html } from './svg.js';

const percent = (v, digits = 1) => `${(100 * v).toFixed(digits)}%`;
const minus = text => text.replace('-', '−');

export class BatchView {
  #batch = null;
  #open = false;

  constructor(element, run) {
    this.run = run;
    this.empty = html('p', { class: 'quiet' }, 'Nothing to see before the first step: press Play or Step.');
    this.what = html('p', { class: 'quiet' });
    this.modes = html('div', { class: 'segments', role: 'group', 'aria-label': 'What the cells show' });
    for (const [mode, name, help] of [['similarity', 'Similarity', 'Cosine of the two projections'], ['softmax', 'Weight', 'Share of the pair in the softmax of its row'], ['gradient', 'Gradient', 'How the loss pulls the pair together or pushes it apart']]) {
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
    this.histogram = new Histogram(histogram);
    this.shown = html('div', { class: 'batch', hidden: true }, html('div', { class: 'batch-head' }, this.what, this.modes), this.matrix.element, this.pair, this.why,
      html('figure', {}, html('figcaption', {}, html('b', {}, 'Similarities of all pairs'), html('span', { class: 'keys' }, html('span', { class: 'key positive' }, 'same image'), html('span', { class: 'key false' }, 'same class'), html('span', { class: 'key negative' }, 'other class'), html('span', { class: 'key weight' }, 'weight exp(s/τ)'))), histogram));
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

  #ask() { this.run.trainer.send('inspect', { on: this.#open }); }

  #clear() {
    this.#batch = null;
    this.shown.hidden = true;
    this.empty.hidden = false;
  }

  #show({ buffer, head, body }) {
    const n = head.rows * head.rows, b = { ...head };
    b.similarity = floats(buffer, body, n);
    if (head.weighted) b.softmax = floats(buffer, body + 4 * n, n), b.gradient = floats(buffer, body + 8 * n, n);
    b.pixels = pixels(buffer, body + (head.weighted ? 12 : 4) * n);
    this.#batch = b;
    this.empty.hidden = true;
    this.shown.hidden = false;
    this.what.textContent = `Step ${b.step.toLocaleString('en')}: ${b.rows / 2} of ${b.images} images, both views`;
    this.why.textContent = b.why;
    this.why.hidden = !b.why;
    this.modes.hidden = !b.weighted;
    if (!b.weighted) this.#mode('similarity');
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
    const own = i === j, positive = i % n === j % n && !own, same = b.labels[i] === b.labels[j] && b.classes.length > 1;
    const kind = own ? 'a view with itself, left out' : positive ? 'positive: two views of one image' : same ? 'false negative: same class, other image' : 'negative: another image';
    const facts = [['Pair', kind], ['Cosine', minus(b.similarity[at].toFixed(3))]];
    if (b.weighted && !own) {
      const total = b.gradient.reduce((a, g) => a + Math.abs(g), 0), g = b.gradient[at];
      facts.push(['Softmax weight', `${percent(b.softmax[at])} of the row's`]);
      facts.push(['Gradient', `${minus(g.toExponential(1))}: ${g < 0 ? 'pulls together' : g > 0 ? 'pushes apart' : 'none'}${g ? `, ${percent(2 * Math.abs(g) / total, 2)} of all force` : ''}`]);
    }
    this.facts.replaceChildren(...facts.map(([k, v]) => html('div', {}, html('dt', {}, k), html('dd', {}, v))));
  }
}

// paint draws an image of the batch.
function paint(canvas, { h, w, c, pixels: all }, row) {
  const size = h * w * c, image = new ImageData(w, h);
  for (let p = 0; p < h * w; p++) {
    for (let k = 0; k < 3; k++) image.data[4 * p + k] = all[row * size + p * c + (c === 1 ? 0 : k)];
    image.data[4 * p + 3] = 255;
  }
  canvas.width = w, canvas.height = h;
  canvas.getContext('2d').putImageData(image, 0, 0);
}

// A square matrix as a heat map of which one cell is chosen, by pointer or arrow keys.
import { html } from './elements.js';

export class Matrix {
  at = [0, 0];       // the chosen cell
  #batch = null;
  #mode = 'similarity';

  // choose(i, j) hears which cell is chosen.
  constructor(choose) {
    this.choose = choose;
    this.cells = html('canvas', { class: 'cells', 'aria-hidden': 'true' });
    this.over = html('canvas', { class: 'over', 'aria-hidden': 'true' });
    const label = 'Similarity matrix of the batch. Arrow keys choose a pair of views, which is described below.';
    this.element = html('div', { class: 'matrix', tabindex: '0', role: 'application', 'aria-label': label }, this.cells, this.over);
    this.low = html('span', {}), this.high = html('span', {});
    this.key = html('p', { class: 'matrix-key quiet' }, this.low, html('span', { class: 'bar', 'aria-hidden': 'true' }), this.high);
    this.element.addEventListener('pointerdown', e => { this.#point(e); this.element.setPointerCapture(e.pointerId); });
    this.element.addEventListener('pointermove', e => { if (e.buttons) this.#point(e); });
    this.element.addEventListener('keydown', e => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
      if (!step || !this.#batch) return;
      e.preventDefault();
      const by = e.shiftKey ? 8 : 1, limit = v => Math.min(Math.max(v, 0), this.#batch.rows - 1);
      this.#move(limit(this.at[0] + by * step[0]), limit(this.at[1] + by * step[1]));
    });
    new ResizeObserver(() => this.#outline()).observe(this.element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  show(batch) {
    if (this.#batch?.rows !== batch.rows) this.at = [0, batch.rows / 2];  // a positive pair
    this.#batch = batch;
    this.#draw();
  }

  mode(mode) {
    this.#mode = mode;
    this.#draw();
  }

  #point(e) {
    if (!this.#batch) return;
    const box = this.element.getBoundingClientRect(), n = this.#batch.rows;
    const cell = (v, size) => Math.min(Math.max(Math.floor(v / size * n), 0), n - 1);
    this.#move(cell(e.clientY - box.top, box.height), cell(e.clientX - box.left, box.width));
  }

  #move(i, j) {
    this.at = [i, j];
    this.#outline();
    this.choose(i, j);
  }

  #draw() {
    const b = this.#batch;
    if (!b) return;
    const n = b.rows, image = new ImageData(n, n), values = b[this.#mode] ?? b.similarity;
    const style = getComputedStyle(this.element), colour = name => style.getPropertyValue(name).trim().match(/[\da-f]{2}/gi).map(h => parseInt(h, 16));
    const cold = colour('--cold'), zero = colour('--zero'), hot = colour('--hot');
    let most = 1;
    if (this.#mode !== 'similarity') {
      most = 0;
      for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]));
    }
    for (let at = 0; at < n * n; at++) {
      // Weights and forces of pairs differ by powers of ten: their root shows both ends. Pulled together is hot.
      let v = values[at] / (most || 1);
      if (this.#mode === 'softmax') v = Math.sqrt(v);
      if (this.#mode === 'gradient') v = -Math.sign(v) * Math.sqrt(Math.abs(v));
      const end = v < 0 ? cold : hot, t = Math.abs(v);
      for (let k = 0; k < 3; k++) image.data[4 * at + k] = zero[k] + t * (end[k] - zero[k]);
      image.data[4 * at + 3] = 255;
    }
    const ends = { similarity: ['−1, opposite', '1, the same'], softmax: ['0%', `${(100 * most).toFixed(0)}% of its row`], gradient: ['pushed apart', 'pulled together'] };
    [this.low.textContent, this.high.textContent] = ends[this.#mode];
    this.key.dataset.mode = this.#mode;
    this.cells.width = this.cells.height = n;
    this.cells.getContext('2d').putImageData(image, 0, 0);
    this.#outline();
  }

  // outline draws the bounds of classes and views, and the chosen cell with its row and column.
  #outline() {
    const b = this.#batch, size = Math.round(this.element.clientWidth * devicePixelRatio);
    if (!b || !size) return;
    this.over.width = this.over.height = size;
    const g = this.over.getContext('2d'), cell = size / b.rows, style = getComputedStyle(this.element), n = b.rows / 2;
    g.strokeStyle = style.getPropertyValue('--grid-ink');
    for (let r = 1; r < b.rows; r++) {
      if (r !== n && b.labels[r] === b.labels[r - 1]) continue;
      g.lineWidth = (r === n ? 1.6 : 0.6) * devicePixelRatio;
      g.globalAlpha = r === n ? 0.9 : 0.35;
      g.beginPath();
      g.moveTo(0, r * cell), g.lineTo(size, r * cell), g.moveTo(r * cell, 0), g.lineTo(r * cell, size);
      g.stroke();
    }
    g.globalAlpha = 1;
    const [i, j] = this.at;
    g.strokeStyle = style.getPropertyValue('--chosen');
    g.lineWidth = 2 * devicePixelRatio;
    g.strokeRect(j * cell - 1, i * cell - 1, cell + 2, cell + 2);
    g.globalAlpha = 0.35;
    g.lineWidth = devicePixelRatio;
    g.strokeRect(-2, i * cell, size + 4, cell);
    g.strokeRect(j * cell, -2, cell, size + 4);
  }
}

// The eigenvalues of the covariance of the projections, greatest first, on a logarithmic axis: a healthy space holds many,
// a dimensional collapse few, a collapse none. It follows the common time axis.
import { frame, nearest, path } from './axes.js';
import { svg } from './elements.js';
import { Sparse } from './sparse.js';

const KEPT = 240;              // spectra
const LOWEST = 1e-6;           // drawn

export class Spectrum {
  #all = new Sparse(KEPT);  // [step, values]

  constructor(element, time, show) {
    Object.assign(this, { element, time, show });
    this.svg = svg('svg', { role: 'img' });
    element.append(this.svg);
    new ResizeObserver(() => this.draw()).observe(element);
    time.charts.push(this);
  }

  clear() { this.#all.clear(); }
  steps() { return []; }

  add(step, values) {
    this.#all.add([step, values], this.#all.list.at(-1)?.[0] >= step);
    this.time.draw();
  }

  draw({ w, h, left, right, top, bottom } = frame(this.element)) {
    const all = this.#all.list, parts = [];
    if (!w || !h) return;
    const last = nearest(all, this.time.pointed);
    const n = last?.[1].length ?? 64;
    const x = i => left + (right - left) * i / Math.max(n - 1, 1), y = v => top + (bottom - top) * Math.log10(1 / Math.max(v, LOWEST)) / 6;
    for (const [e, text] of [[0, '1'], [-2, '.01'], [-4, '10⁻⁴'], [-6, '10⁻⁶']]) {
      parts.push(svg('line', { class: 'grid', x1: left, x2: right, y1: y(10 ** e), y2: y(10 ** e) }));
      parts.push(svg('text', { x: left - 6, y: y(10 ** e) + 4, 'text-anchor': 'end' }, text));
    }
    for (const i of [0, Math.round(n / 2) - 1, n - 1]) parts.push(svg('text', { x: x(i), y: h - 3, 'text-anchor': i === 0 ? 'start' : i === n - 1 ? 'end' : 'middle' }, i ? String(i + 1) : 'axis 1'));
    const line = values => path(values.map((v, i) => [x(i), y(v)]));
    if (all.length > 1 && all[0][0] === 0) {
      parts.push(svg('path', { class: 'line ghost', d: line(all[0][1]) }));
      const at = Math.min(Math.round(n * 0.5), n - 1);
      parts.push(svg('text', { class: 'halo', x: x(at), y: Math.max(y(all[0][1][at]) - 5, top + 8), 'text-anchor': 'middle' }, 'untrained'));
    }
    if (last) {
      parts.push(svg('path', { class: 'area spectrum', d: `${line(last[1])}L${x(n - 1)} ${bottom}L${x(0)} ${bottom}Z` }));
      parts.push(svg('path', { class: 'line spectrum', d: line(last[1]) }));
    }
    const total = last ? last[1].reduce((a, b) => a + b, 0) : 0;
    const first = total > 0 ? last[1][0] / total : 0;
    this.show(!last ? '–' : total > 1e-9 ? `first axis ${(100 * first).toFixed(0)}%` : 'no spread');
    this.svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
    this.svg.replaceChildren(...parts);
    this.svg.setAttribute('aria-label', last
      ? `Spectrum at step ${last[0]}: the ${n} eigenvalues sum to ${total.toPrecision(2)}, the first holds ${(100 * first).toFixed(0)}%, ${last[1].filter(v => v > 0.01 * last[1][0]).length} are above a hundredth of it`
      : 'Spectrum of the covariance: not measured yet');
  }
}

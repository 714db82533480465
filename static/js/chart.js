// A line over the steps of training, with dashed lines to compare it with. SVG, so that it takes its colours from the
// style sheet and stays sharp.
import { frame, nearest, path, ticks } from './axes.js';
import { svg } from './elements.js';
import { count } from './names.js';

const KEPT = 1600;  // points, before neighbours are merged; an even number

export class Chart {
  #points = [];    // [step, value], means of as many measurements each
  #each = 1;       // so many
  #inLast = 0;     // but the last one
  #latest = null;  // measurement
  #references = [];

  // kind is the style's class; format writes a value; floor and ceiling bound the axis where it has natural ends; zero
  // makes it begin at 0. What a reader points at is told to the time axis; show(text) hears the value there.
  constructor(element, time, { kind, title, format, smooth = false, floor = -Infinity, ceiling = Infinity, zero = false, labels = false, show = () => {} }) {
    Object.assign(this, { element, time, kind, title, format, smooth, floor, ceiling, zero, labels, show });
    this.svg = svg('svg', { role: 'img' });
    element.append(this.svg);
    new ResizeObserver(() => this.draw()).observe(element);
    element.addEventListener('pointermove', e => time.point(this.#near(e.offsetX)));
    element.addEventListener('pointerleave', () => time.point(null));
    time.charts.push(this);
  }

  clear() {
    this.#points = [];
    this.#references = [];
    this.#each = 1;
    this.#latest = null;
  }

  references(list) { this.#references = list; this.time.draw(); }

  steps() { return this.smooth ? [] : this.#points.map(p => p[0]); }

  add(step, value) {
    if (this.#each === 1 && step <= this.#latest?.[0]) this.#points.pop();  // measured again
    this.#latest = [step, value];
    const last = this.#points.at(-1), n = this.#inLast;
    if (last && n < this.#each) {
      this.#points[this.#points.length - 1] = last.map((v, i) => (v * n + this.#latest[i]) / (n + 1));
      this.#inLast++;
    } else {
      this.#points.push(this.#latest);
      this.#inLast = 1;
    }
    if (this.#points.length > KEPT) {  // the last one has no neighbour yet
      const mean = ([s, a], [t, b]) => [(s + t) / 2, (a + b) / 2];
      this.#points = this.#points.flatMap((p, i) => i === KEPT ? [p] : i % 2 ? [mean(this.#points[i - 1], p)] : []);
      this.#each *= 2;
    }
    this.time.reach(step);
  }

  // at returns the measured point next to a step, or the last one.
  at(step) { return nearest(this.#points, step); }

  #near(x) {
    const { left, right } = frame(this.element);
    return Math.round(Math.min(Math.max((x - left) / (right - left), 0), 1) * this.time.last);
  }

  draw(f = frame(this.element)) {
    const shown = this.time.pointed == null ? this.#latest : this.at(this.time.pointed);
    this.show(shown ? this.format(shown[1]) : '–');
    if (!f.w || !f.h) return;
    const points = this.#points, [lo, hi] = this.#range(points), last = this.time.last;
    const x = s => f.left + (f.right - f.left) * s / last, y = v => f.top + (f.bottom - f.top) * (hi - v) / (hi - lo);
    const parts = [];
    for (const v of ticks(lo, hi, Math.max(Math.min((f.bottom - f.top) / (30 * f.em), 6), 2))) {
      parts.push(svg('line', { class: 'grid', x1: f.left, x2: f.right, y1: y(v), y2: y(v) }));
      parts.push(svg('text', { x: f.left - 6, y: y(v) + 4, 'text-anchor': 'end' }, this.format(v)));
    }
    const steps = ticks(0, last, f.w / (80 * f.em));
    for (const s of steps) parts.push(svg('text', { x: x(s), y: f.h - 3, 'text-anchor': !s ? 'start' : x(s) > f.right - 12 ? 'end' : 'middle' }, s ? count(s) : 'step 0'));
    const names = this.#drawReferences(parts, f, y);
    this.#drawMarks(parts, f, x);
    if (points.length) this.#drawLine(parts, points, x, y);
    parts.push(...names);
    if (this.time.pointed != null && shown) {
      const at = x(shown[0]);
      parts.push(svg('line', { class: 'cursor', x1: at, x2: at, y1: f.top, y2: f.bottom }));
      parts.push(svg('circle', { class: `dot ${this.kind}`, cx: at, cy: y(shown[1]), r: 4 }));
    }
    this.svg.setAttribute('viewBox', `0 0 ${f.w} ${f.h}`);
    this.svg.replaceChildren(...parts);
    this.svg.setAttribute('aria-label', this.#describe());
  }

  #range(points) {
    const values = [...points.map(p => p[1]), ...this.#references.map(r => r.value)];
    if (!values.length) return [Math.max(this.floor, 0), Math.min(this.ceiling, 1)];
    let lo = values.reduce((a, b) => Math.min(a, b)), hi = values.reduce((a, b) => Math.max(a, b));
    if (this.zero) lo = Math.min(lo, 0), hi = Math.max(hi, 0);
    const least = Number.isFinite(this.ceiling - this.floor) ? (this.ceiling - this.floor) / 10 : 0;  // that is shown of an axis with ends
    const room = Math.max((hi - lo) * 0.1, (least - (hi - lo)) / 2, 1e-3 * Math.abs(hi), 1e-3 * Math.abs(lo), this.zero ? 1e-2 : 1e-6);
    return [Math.max(lo - (this.zero && lo === 0 ? 0 : room), this.floor), Math.min(hi + (this.zero && hi === 0 && lo < 0 ? 0 : room), this.ceiling)];
  }

  #drawLine(parts, points, x, y) {
    const placed = list => path(list.map(([s, v]) => [x(s), y(v)]));
    let line = points;
    if (this.smooth && points.length > 8) {
      parts.push(svg('path', { class: `raw ${this.kind}`, d: placed(points) }));
      let mean = points[0][1];
      const weight = Math.min(Math.max(20 / points.length, 0.08), 0.3);
      line = points.map(([s, v]) => [s, mean += weight * (v - mean)]);
    }
    parts.push(svg('path', { class: `line ${this.kind}`, d: placed(line) }));
    const [s, v] = line.at(-1);
    parts.push(svg('circle', { class: `dot ${this.kind}`, cx: x(s), cy: y(v), r: 3.5 }));
  }

  // drawReferences draws lines to compare with, and returns their names, which go over what is measured: in the order of the
  // lines, since names of near ones give way.
  #drawReferences(parts, f, y) {
    const placed = [], lines = this.#references.map((r, i) => ({ ...r, kind: i ? 'reference b' : 'reference' })).sort((a, b) => b.value - a.value);
    return lines.map(({ label, value, kind }) => {
      parts.push(svg('line', { class: kind, x1: f.left, x2: f.right, y1: y(value), y2: y(value) }));
      let at = y(value) - 5;
      if (at < f.top + 4) at += 18;
      while (placed.some(p => Math.abs(p - at) < 13)) at += 18;
      placed.push(at);
      return svg('text', { class: 'halo', x: f.right, y: at, 'text-anchor': 'end' }, `${label} ${this.format(value)}`);
    });
  }

  // marks are lines across all charts; one chart names them, on two lines, as far as they do not overlap.
  #drawMarks(parts, f, x) {
    const free = [Infinity, Infinity];  // where the names that stand on each line begin
    for (const { step, text } of this.time.marks.toReversed()) {
      const at = x(step), flip = at > (f.left + f.right) / 2, width = 6.2 * f.em * text.length, from = flip ? at - 5 - width : at + 5;
      parts.push(svg('line', { class: 'mark', x1: at, x2: at, y1: f.top, y2: f.bottom }));
      const line = this.labels ? free.findIndex(end => from + width < end - 4) : -1;
      if (line < 0) continue;
      parts.push(svg('text', { class: 'halo mark', x: at + (flip ? -5 : 5), y: f.top + 9 + 14 * f.em * line, 'text-anchor': flip ? 'end' : 'start' }, text));
      free[line] = from;
    }
  }

  #describe() {
    const points = this.#points;
    if (!points.length) return `${this.title}: not measured yet`;
    const [first, last] = [points[0], points.at(-1)];
    const compared = this.#references.map(r => `; ${r.label} ${this.format(r.value)}`).join('');
    return `${this.title}: ${this.format(last[1])} at step ${Math.round(last[0])}, from ${this.format(first[1])} at step ${Math.round(first[0])}${compared}`;
  }
}

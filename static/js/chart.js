// A line over the steps of training, with dashed lines to compare it with. SVG, so that it takes its colours from the
// style sheet and stays sharp.

const NS = 'http://www.w3.org/2000/svg';
const svg = (tag, attributes = {}, text) => {
  const e = document.createElementNS(NS, tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  if (text != null) e.textContent = text;
  return e;
};

const KEPT = 4000;  // points, before neighbours are merged

export class Chart {
  #points = [];  // [step, value]
  #references = [];
  #drawing = false;
  #cursor = null;

  // kind is the style's class; format writes a value; floor and ceiling bound the axis where it has natural ends.
  constructor(element, { kind, title, format, smooth = false, floor = -Infinity, ceiling = Infinity }) {
    Object.assign(this, { element, kind, title, format, smooth, floor, ceiling });
    this.svg = svg('svg', { role: 'img' });
    element.append(this.svg);
    new ResizeObserver(() => this.#draw()).observe(element);
    element.addEventListener('pointermove', e => { this.#cursor = e.offsetX; this.draw(); });
    element.addEventListener('pointerleave', () => { this.#cursor = null; this.draw(); });
  }

  clear() { this.#points = []; this.draw(); }

  references(list) { this.#references = list; this.draw(); }

  add(step, value) {
    const last = this.#points.at(-1);
    if (last && step <= last[0]) this.#points.pop();
    this.#points.push([step, value]);
    if (this.#points.length > KEPT) {
      const merged = [];
      for (let i = 0; i + 1 < this.#points.length; i += 2) {
        const [[s, a], [t, b]] = [this.#points[i], this.#points[i + 1]];
        merged.push([(s + t) / 2, (a + b) / 2]);
      }
      this.#points = merged;
    }
    this.draw();
  }

  // draw draws before the next frame, once however often it is called.
  draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => { this.#drawing = false; this.#draw(); });
  }

  #draw() {
    const { clientWidth: w, clientHeight: h } = this.element;
    if (!w || !h) return;
    const em = parseFloat(getComputedStyle(this.element).fontSize) / 15;  // the page's size, larger on large screens
    const points = this.#points, left = 40 * em, right = 10, top = 10, bottom = 22 * em;
    this.svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
    const [lo, hi] = this.#range(points), last = Math.max(points.at(-1)?.[0] ?? 0, 10);
    const x = s => left + (w - left - right) * s / last, y = v => top + (h - top - bottom) * (hi - v) / (hi - lo);
    const parts = [];
    for (const v of ticks(lo, hi, Math.min(h / (42 * em), 6))) {
      parts.push(svg('line', { class: 'grid', x1: left, x2: w - right, y1: y(v), y2: y(v) }));
      parts.push(svg('text', { x: left - 7, y: y(v) + 4, 'text-anchor': 'end' }, this.format(v)));
    }
    for (const s of ticks(0, last, w / (80 * em))) parts.push(svg('text', { x: x(s), y: h - 6, 'text-anchor': s ? 'middle' : 'start' }, s.toLocaleString('en')));
    this.#drawReferences(parts, w - right, left, y, points, x);
    if (points.length) this.#drawLine(parts, points, x, y);
    this.#drawCursor(parts, points, x, y, left, top, h - bottom, w);
    this.svg.replaceChildren(...parts);
    this.svg.setAttribute('aria-label', this.#describe(points));
  }

  #range(points) {
    const values = [...points.map(p => p[1]), ...this.#references.map(r => r.value)];
    if (!values.length) return [Math.max(this.floor, 0), Math.min(this.ceiling, 1)];
    let lo = values.reduce((a, b) => Math.min(a, b)), hi = values.reduce((a, b) => Math.max(a, b));
    const room = Math.max((hi - lo) * 0.12, 1e-3 * Math.abs(hi), 1e-6);
    return [Math.max(lo - room, this.floor), Math.min(hi + room, this.ceiling)];
  }

  #drawLine(parts, points, x, y) {
    const path = list => list.map(([s, v], i) => `${i ? 'L' : 'M'}${x(s).toFixed(1)} ${y(v).toFixed(1)}`).join('');
    let line = points;
    if (this.smooth && points.length > 8) {
      parts.push(svg('path', { class: `raw ${this.kind}`, d: path(points) }));
      let mean = points[0][1];
      const weight = Math.min(Math.max(20 / points.length, 0.08), 0.3);
      line = points.map(([s, v]) => [s, mean += weight * (v - mean)]);
    }
    parts.push(svg('path', { class: `line ${this.kind}`, d: path(line) }));
    const [s, v] = line.at(-1);
    parts.push(svg('circle', { class: `dot ${this.kind}`, cx: x(s), cy: y(v), r: 4.5 }));
  }

  #drawReferences(parts, right, left, y) {
    const placed = [];
    this.#references.forEach(({ label, value }, i) => {
      parts.push(svg('line', { class: `reference ${i ? 'b' : ''}`, x1: left, x2: right, y1: y(value), y2: y(value) }));
      let at = y(value) - 5;
      while (placed.some(p => Math.abs(p - at) < 13)) at += 18;
      placed.push(at);
      parts.push(svg('text', { class: 'halo', x: right, y: at, 'text-anchor': 'end' }, `${label} ${this.format(value)}`));
    });
  }

  #drawCursor(parts, points, x, y, left, top, bottom, w) {
    if (this.#cursor == null || !points.length) return;
    const near = points.reduce((a, b) => Math.abs(x(b[0]) - this.#cursor) < Math.abs(x(a[0]) - this.#cursor) ? b : a);
    const at = x(near[0]);
    parts.push(svg('line', { class: 'cursor', x1: at, x2: at, y1: top, y2: bottom }));
    parts.push(svg('circle', { class: `dot ${this.kind}`, cx: at, cy: y(near[1]), r: 4 }));
    const flip = at > w - 120;
    parts.push(svg('text', { class: 'halo', x: at + (flip ? -8 : 8), y: top + 8, 'text-anchor': flip ? 'end' : 'start' }, `${this.format(near[1])} at step ${Math.round(near[0]).toLocaleString('en')}`));
  }

  #describe(points) {
    if (!points.length) return `${this.title}: not measured yet`;
    const [first, last] = [points[0], points.at(-1)];
    const compared = this.#references.map(r => `; ${r.label} ${this.format(r.value)}`).join('');
    return `${this.title}: ${this.format(last[1])} at step ${Math.round(last[0])}, from ${this.format(first[1])} at step ${Math.round(first[0])}${compared}`;
  }
}

// ticks returns about n round numbers from lo to hi.
function ticks(lo, hi, n) {
  const rough = (hi - lo) / Math.max(n, 1), power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(m => m * power >= rough);
  const out = [];
  for (let v = Math.ceil(lo / step) * step; v <= hi + step * 1e-6; v += step) out.push(Number(v.toPrecision(12)));
  return out;
}

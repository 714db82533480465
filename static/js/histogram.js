// How similar the pairs of a batch are: two views of an image, images of a class, images of different classes, each as
// a share of its kind; over them the weight that the temperature gives a similarity.
import { frame, path } from './axes.js';
import { svg } from './elements.js';
import { minus } from './names.js';

export class Histogram {
  #batch = null;

  constructor(element) {
    this.element = element;
    this.svg = svg('svg', { role: 'img' });
    element.append(this.svg);
    new ResizeObserver(() => this.#draw()).observe(element);
  }

  show(batch) {
    this.#batch = batch;
    this.#draw();
  }

  #draw() {
    const { w, h, right, top, bottom } = frame(this.element), left = 8, b = this.#batch, parts = [];
    if (!w || !h || !b) return;
    const x = s => left + (right - left) * (s + 1) / 2;
    for (const s of [-1, -0.5, 0, 0.5, 1]) {
      parts.push(svg('line', { class: 'grid', x1: x(s), x2: x(s), y1: top, y2: bottom }));
      parts.push(svg('text', { x: x(s), y: h - 3, 'text-anchor': s === -1 ? 'start' : s === 1 ? 'end' : 'middle' }, minus(s)));
    }
    const kinds = ['negatives', 'false', 'positives'].map(kind => {
      const counts = b[kind] ?? [], total = counts.reduce((a, c) => a + c, 0);
      const mean = counts.reduce((a, c, i) => a + c * centre(i, counts.length), 0) / total;
      return { kind, total, mean, shares: counts.map(c => total ? c / total : 0) };
    }).filter(k => k.total);
    const most = Math.max(...kinds.map(k => Math.max(...k.shares)), 1e-9), y = v => bottom - (bottom - top) * v;
    for (const { kind, shares } of kinds) {
      const steps = shares.flatMap((v, i) => [[x(2 * i / shares.length - 1), y(v / most)], [x(2 * (i + 1) / shares.length - 1), y(v / most)]]);
      parts.push(svg('path', { class: `bars ${kind}`, d: `${path([[left, bottom], ...steps, [right, bottom]])}Z` }));
    }
    if (b.weighted && b.temperature > 0) {
      const curve = Array.from({ length: 101 }, (_, i) => i / 50 - 1).map(s => [x(s), y(Math.exp((s - 1) / b.temperature))]);
      parts.push(svg('path', { class: 'line weight', d: path(curve) }));
    }
    this.svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
    this.svg.replaceChildren(...parts);
    this.svg.setAttribute('aria-label', describe(kinds, b));
  }
}

const NAMES = { positives: 'views of one image', false: 'other images of the class', negatives: 'images of other classes' };

function describe(kinds, { weighted, temperature, classes }) {
  const names = { ...NAMES, ...classes.length < 2 ? { negatives: 'different images' } : {} };
  const pairs = kinds.map(k => `${k.total} pairs of ${names[k.kind]}, mean ${k.mean.toFixed(2)}`).join('; ');
  const weight = weighted && temperature > 0 ? ` At temperature ${temperature.toPrecision(2)} a cosine of 0 weighs ${Math.exp(-1 / temperature).toPrecision(1)} of a cosine of 1.` : '';
  return `Histogram of cosines. ${pairs}.${weight}`;
}

const centre = (i, n) => (2 * i + 1) / n - 1;

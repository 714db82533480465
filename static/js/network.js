// The encoder and its head as the run built them: a row of pictures, a layer each, drawn by the shape of its result; and,
// unfolded, a line each with its weights.
import { html, svg } from './elements.js';
import { count } from './names.js';

const W = 46, H = 20;  // of a drawing
const MOST = 14;       // lines of a part; more are told, not drawn
const times = shape => shape.join('×');

export class Network {
  // stage has a place for the pictures, and one for what is folded away.
  constructor({ place, folds }, run) {
    this.row = html('div', { class: 'stack', 'aria-hidden': 'true' });  // the list says the same
    this.list = html('ol', { class: 'layers', 'aria-label': 'Layers of the encoder and the projection head' });
    this.all = html('summary', {}, 'Weights');
    this.sum = html('p', { class: 'quiet' });
    place.append(this.row);
    folds.prepend(html('details', {}, this.all, this.list, this.sum));
    let image = null;
    run.addEventListener('images', () => { image = [run.pictures.h, run.pictures.w, run.pictures.c]; });
    run.addEventListener('ready', e => image && this.#show(e.detail.stacks, image));
  }

  #show(stacks, image) {
    const known = JSON.stringify([stacks, image]);
    if (known === this.known) return;
    this.known = known;
    const drawn = [{ part: 'input', layer: { name: 'image', out: image } }, ...stacks.slice(0, 2).flatMap(({ part, layers }) => {
      const lines = repeats(layers).map(layer => ({ part, layer }));
      return lines.length > MOST ? [...lines.slice(0, MOST - 2), { left: lines.length - MOST + 1 }, lines.at(-1)] : lines;
    })];
    this.list.replaceChildren(...drawn.map(l => l.left ? html('li', { class: 'more quiet' }, `${l.left} more`) : this.#line(l.layer, image[1], l.part)));
    this.row.replaceChildren(...drawn.map(l => l.left ? html('span', {}, '…') : this.#picture(l.layer, image[1], l.part)));
    const total = s => s.layers.reduce((sum, l) => sum + l.parameters, 0);
    const parts = stacks.map(s => [s.part.replaceAll('.', ' '), total(s)]).filter(([, n]) => n);
    const all = `${count(parts.reduce((sum, [, n]) => sum + n, 0))} weights`;
    this.all.textContent = all;
    this.sum.textContent = `${parts.map(([name, n]) => `${name} ${count(n)}`).join(' + ')} = ${all}`;
  }

  #picture({ name, out, times: n = 1 }, side, part) {
    return html('span', { class: part, title: `${n > 1 ? `${n} × ` : ''}${name}: ${times(out)} for each image` }, draw(out, side), String(out.at(-1)));
  }

  #line({ name, with: also = [], out, parameters, times: n = 1 }, side, part) {
    const text = name.replace(/(\d)x(\d)/, '$1×$2'), how = [text, ...also].join(', ');
    const spoken = words => html('span', { class: 'sr' }, words);
    return html('li', { class: part, title: `${how}: ${times(out)} for each image` }, draw(out, side),
      html('span', { class: 'name' }, n > 1 ? `${n} × ${text}` : text, spoken(also.length ? `, ${also.join(', ')}` : '')),
      html('span', { class: 'shape' }, times(out)),
      html('span', { class: 'weights' }, parameters ? count(n * parameters) : '', spoken(parameters ? ' weights' : '')));
  }
}

// repeats makes one line of equal layers in a row.
function repeats(layers) {
  const lines = [];
  for (const l of layers) {
    const last = lines.at(-1);
    const alike = last && last.name === l.name && last.parameters === l.parameters && times(last.out) === times(l.out) && String(last.with) === String(l.with);
    if (alike) last.times++;
    else lines.push({ ...l, times: 1 });
  }
  return lines;
}

// draw shows a shape: maps of pixels as a slab as wide as they are and as thick as there are channels, tokens as a row of
// squares, a vector as a bar.
function draw(shape, side) {
  const picture = svg('svg', { viewBox: `0 0 ${W} ${H}`, 'aria-hidden': 'true' }), depth = n => 1.5 + Math.log2(n);
  if (shape.length === 3) {
    const [, w, c] = shape, base = 6 + 26 * Math.min(w / side, 1), lift = base / 4.5, thick = Math.min(depth(c), 10);
    const x = (W - base - lift) / 2, y = (H - lift - thick) / 2;
    picture.append(svg('path', { class: 'top', d: `M${x} ${y + lift}l${lift} ${-lift}h${base}l${-lift} ${lift}Z` }),
      svg('path', { class: 'side', d: `M${x + base} ${y + lift}l${lift} ${-lift}v${thick}l${-lift} ${lift}Z` }),
      svg('path', { class: 'front', d: `M${x} ${y + lift}h${base}v${thick}h${-base}Z` }));
  } else if (shape.length === 2) {
    const n = Math.min(shape[0], 9), size = Math.min(2.5 + depth(shape[1]) / 2, W / n - 1.2), y = (H - size) / 2;
    for (let i = 0; i < n; i++) {
      const x = W / 2 + (i - n / 2) * (size + 1) + 0.5;
      picture.append(svg('rect', { class: 'front', x, y, width: size, height: size, rx: 0.8 }));
    }
  } else {
    const width = Math.min(5 * depth(shape[0]), W - 2);
    picture.append(svg('rect', { class: 'front', x: (W - width) / 2, y: H / 2 - 2.5, width, height: 5, rx: 2.5 }));
  }
  return picture;
}

// Two views of a few training images, as the settings make them now, with the box that each view is cut from.
import { pixels } from './protocol.js';
import { draw } from './pictures.js';
import { html, svg } from './svg.js';

const IMAGES = 4;
const WAIT = 150;  // milliseconds after a change

export class Samples {
  #draw = 1;
  #timer = 0;

  // stage has a head for a button and a place for pictures.
  constructor({ head, place }, run) {
    this.run = run;
    this.grid = html('div', { class: 'samples' });
    const again = html('button', { type: 'button', title: 'Other images and other random views' }, 'Others');
    again.addEventListener('click', () => { this.#draw++; this.#ask(); });
    head.append(again);
    place.append(this.grid);
    run.addEventListener('ready', () => this.#soon());
    run.addEventListener('settings', () => this.#soon());
    run.addEventListener('views', e => this.#show(e.detail));
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), WAIT);
  }

  #ask() { this.run.send('sample', { n: IMAGES, draw: this.#draw }); }

  #show({ buffer, head, body }) {
    const all = { h: head.h, w: head.w, c: head.c, pixels: pixels(buffer, body) };
    this.grid.replaceChildren(...Array.from({ length: head.n }, (_, i) => {
      const made = [head.made[2 * i], head.made[2 * i + 1]];
      const boxes = svg('svg', { viewBox: `0 0 ${head.w} ${head.h}`, 'aria-hidden': 'true' });
      made.forEach((m, v) => boxes.append(svg('polygon', { class: `box ${v ? 'b' : ''}`, points: m.corners.map(p => p.join(' ')).join(', ') })));
      const picture = (image, ...over) => html('div', { class: 'picture' }, draw(all, image), ...over);
      const words = m => m.words.join(', ');
      return html('figure', { class: 'sample' },
        picture(i, boxes), html('span', { 'aria-hidden': 'true' }, '→'),
        ...made.map((m, v) => { const p = picture(head.n + 2 * i + v); p.title = words(m); p.classList.add(v ? 'b' : 'a'); return p; }),
        html('figcaption', { class: 'sr' }, `${head.labels[i] || 'image'}: first view ${words(made[0])}; second view ${words(made[1])}`));
    }));
  }
}

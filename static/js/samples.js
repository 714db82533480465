// The views of a few training images, as the settings make them now and the network gets them: with the box that each is cut
// from, what is hidden of it, and the caption beside it.
import { html, svg } from './elements.js';
import { pixels } from './protocol.js';
import { draw } from './pictures.js';

const IMAGES = 4, VIEWS = 8;  // at most
const WAIT = 150;  // milliseconds after a change
const HUES = 4;    // of the views of an image
const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four'];
const number = n => NUMBERS[n] ?? String(n);

export class Samples {
  #draw = 1;
  #timer = 0;

  // stage has a head for a button and a place for pictures.
  constructor({ head, place }, run) {
    this.run = run;
    this.title = head.querySelector('h3');
    this.grid = html('div', { class: 'samples' });
    const again = html('button', { type: 'button', title: 'Other images and other random views' }, 'Others');
    again.addEventListener('click', () => { this.#draw++; this.#ask(); });
    head.append(again);
    place.append(this.grid);
    run.addEventListener('ready', () => this.#soon());
    run.addEventListener('settings', () => this.#soon());
    run.addEventListener('views', e => this.#show(e.detail));
    run.addEventListener('state', ({ detail: { phase } }) => { if (phase === 'failed') this.#clear(); });
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), WAIT);
  }

  #ask() { this.run.send('sample', { n: IMAGES, views: VIEWS, draw: this.#draw }); }

  // clear shows no views where there is no run to make them.
  #clear() {
    this.title.textContent = 'Views';
    this.grid.replaceChildren();
  }

  #show({ buffer, head, body }) {
    const { n, h, w, c, whole, local } = head, all = { h, w, c, pixels: pixels(buffer, body) };
    const small = { h: local.h, w: local.w, c, pixels: all.pixels.subarray(n * (1 + whole) * h * w * c) };
    this.title.textContent = `${number(whole)} view${whole === 1 ? '' : 's'}${local.n ? `, ${number(local.n).toLowerCase()} small` : ''}`;
    this.grid.classList.toggle('wide', whole + local.n > 2 || head.patch > 0 || head.captions.some(Boolean));
    this.grid.classList.toggle('many', whole + local.n > VIEWS);
    const sized = (images, i) => {
      const picture = draw(images, i);
      picture.style.setProperty('--share', images.w / Math.max(h, w));
      return picture;
    };
    this.grid.replaceChildren(...Array.from({ length: n }, (_, i) => {
      const made = head.made.slice(i * (whole + local.n), (i + 1) * (whole + local.n)), words = m => m.words.join(', ');
      const look = v => `v${v % HUES}${v < whole ? '' : ' local'}`;
      const boxes = over(w, h, made.flatMap((m, v) => ['box halo', `box ${look(v)}`].map(name => svg('polygon', { class: name, points: m.corners.map(p => p.join(' ')).join(', ') }))));
      const view = (m, v) => {
        const picture = v < whole ? sized(all, n + i * whole + v) : sized(small, i * local.n + v - whole);
        return html('div', { class: `picture ${look(v)}`, title: words(m) }, picture, ...hidden(m, head.patch, v < whole ? all : small));
      };
      const name = v => v < whole ? `view ${v + 1}` : `small view ${v - whole + 1}`;
      return html('figure', { class: 'sample' },
        html('div', { class: 'picture' }, sized(all, i), boxes), html('span', { 'aria-hidden': 'true' }, '→'),
        html('div', { class: 'views' }, ...made.map(view), ...head.captions[i] ? [html('q', {}, head.captions[i])] : []),
        html('figcaption', { class: 'sr' }, `${head.labels[i] || 'image'}: ${made.map((m, v) => `${name(v)} ${words(m)}`).join('; ')}`));
    }));
  }
}

const over = (w, h, shapes) => {
  const layer = svg('svg', { viewBox: `0 0 ${w} ${h}`, 'aria-hidden': 'true' });
  layer.append(...shapes);
  return layer;
};

// hidden draws the patches of a view that the encoder does not see.
function hidden({ hidden }, side, { w, h }) {
  if (!hidden?.length) return [];
  const across = w / side;
  return [over(w, h, hidden.map(p => svg('rect', { class: 'unseen', x: side * (p % across), y: side * Math.floor(p / across), width: side, height: side })))];
}

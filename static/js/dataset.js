// The data set in pictures: some held-out images of each class, how many there are to learn from and to test on, their
// size, and what is not labelled.
import { draw } from './space.js';
import { html } from './svg.js';

const PICTURES = 16;  // about so many
const EACH = 8;       // of a class at most
const count = n => n.toLocaleString('en');

export class DataPictures {
  constructor({ place }, run) {
    this.run = run;
    this.classes = html('ul', { class: 'classes', 'aria-label': 'Some images of the data set' });
    this.facts = html('p', { class: 'quiet' });
    place.append(this.classes, this.facts);
    run.addEventListener('images', () => this.#show());
    run.addEventListener('ready', () => this.#tell());
  }

  // labelled tells whether the images have classes; those without are all called the same.
  get #labelled() { return this.run.pictures.names.length > 1; }

  #show() {
    const { names, labels, n } = this.run.pictures, shown = names.slice(0, PICTURES);
    const each = this.#labelled ? Math.min(Math.max(Math.round(PICTURES / names.length), 1), EACH) : PICTURES;
    const images = shown.map(() => []);
    for (let i = 0; i < n; i++) if (images[labels[i]]?.length < each) images[labels[i]].push(i);
    this.classes.replaceChildren(...shown.map((name, k) => html('li', {},
      html('span', { class: 'row-of' }, ...images[k].map(i => draw(this.run.pictures, i))), this.#labelled ? html('span', { class: 'name', title: name }, name) : '')),
    ...names.length > shown.length ? [html('li', { class: 'quiet' }, `and ${names.length - shown.length} more classes`)] : []);
  }

  #tell() {
    const { ready, pictures: p, settings } = this.run;
    if (!p) return;
    const size = `${p.w}×${p.h} pixels, ${p.c === 1 ? 'gray' : 'colour'}`;
    const learns = settings.algorithm.flow.branches.some(b => b.from === 'labels');
    const labels = !this.#labelled ? 'They have no labels, so accuracy is not measured.' : learns ? `${settings.algorithm.title} learns from their labels, too.` : 'Labels only measure; training does not see them.';
    // What the user's own images are is told where they came in.
    this.facts.textContent = settings.data === 'yours' ? this.#labelled ? labels : '' : `${count(ready.train_images)} images to learn from, ${count(ready.test_images)} held out; ${size}${this.#labelled ? `; ${p.names.length} classes` : ''}. ${labels}`;
  }
}

// The data set in pictures: a held-out image of each class, how many there are to learn from and to test on, their
// size, and what is not labelled.
import { html } from './elements.js';
import { count } from './names.js';
import { draw } from './pictures.js';

const CLASSES = 16;  // that are shown, at most
const ALL = 16;      // images of a set without classes
const LONG = 8;      // letters of a name that takes no second line

// measures tells how many images there are, their form and of how many classes they are, 0 where they have none.
export const measures = (train, test, { w, h, c }, classes) =>
  `${count(train)} to learn from, ${count(test)} held out; ${w}×${h}, ${c === 1 ? 'gray' : 'colour'}${classes ? `; ${classes} classes` : ''}`;

export class DataPictures {
  constructor({ place }, run) {
    this.run = run;
    this.classes = html('ul', { class: 'classes', 'aria-label': 'Some images of the data set' });
    this.facts = html('p', { class: 'quiet' });
    place.append(this.classes, this.facts);
    run.addEventListener('images', () => this.#show());
    run.addEventListener('ready', () => this.#tell());
  }

  #show() {
    const { names, labels, labelled, n } = this.run.pictures, shown = names.slice(0, CLASSES), each = labelled ? 1 : ALL;
    const images = shown.map(() => []), more = names.length - shown.length;
    for (let i = 0; i < n; i++) if (images[labels[i]]?.length < each) images[labels[i]].push(i);
    this.classes.classList.toggle('long', shown.some(name => name.length > LONG));
    this.classes.replaceChildren(...shown.map((name, k) => html('li', {},
      ...images[k].map(i => draw(this.run.pictures, i)), labelled ? html('span', { class: 'name', title: name }, name) : '')),
    ...more ? [html('li', { class: 'quiet' }, `and ${count(more)} more class${more > 1 ? 'es' : ''}`)] : []);
  }

  #tell() {
    const { ready, pictures: p, settings } = this.run;
    if (!p) return;
    const { title, flow } = settings.algorithm, learns = from => flow.branches.some(b => b.from === from && !(b.switch && settings.off(b.switch)));
    const labels = learns('labels') ? `${title} learns from their labels, too.`
      : learns('caption') ? `${title} learns from captions, which may name the class.` : 'Labels only measure.';
    if (settings.data === 'yours') {  // what they are is told where they came in
      this.facts.textContent = p.labelled ? labels : '';
      return;
    }
    const facts = measures(ready.train_images, ready.test_images, p, p.labelled ? p.names.length : 0);
    this.facts.textContent = `${facts}. ${p.labelled ? labels : 'They have no labels, so accuracy is not measured.'}`;
  }
}

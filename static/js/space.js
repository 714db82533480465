// The centre of the page: how the embedding is drawn, what is chosen in it, and its nearest neighbours.
import { html } from './elements.js';
import { legend } from './legend.js';
import { LOOK } from './look.js';
import { count } from './names.js';
import { draw } from './pictures.js';

const PROJECTIONS = {
  sphere: 'Directions in space, which most losses compare',
  pca: 'Along the axes of greatest variance',
  tsne: 'Neighbours stay neighbours; distances between groups mean little. It goes on with training',
  umap: 'Neighbours stay neighbours, groups a little apart. It goes on with training',
};
const SHOWN = { sphere: 'as directions in space, on a sphere', pca: 'by PCA', tsne: 'by t-SNE', umap: 'by UMAP' };
const COLOURS = { agreement: 'neighbours that agree' };  // that are called otherwise than in the address
const HINT = 'Drag to turn, scroll to zoom, press a point for its neighbours, hold Shift or press Select and drag to catch points. With the keyboard: arrows, + and −, comma and full stop, Enter to choose.';

export class Space {
  #focus = -1;  // the chosen point
  #buttons = new Map();
  #selects = new Map();
  #coloured;    // what the view's colours tell

  constructor(element, run, view) {
    Object.assign(this, { run, view });
    this.tools = element.querySelector('#space-tools');
    this.said = element.querySelector('#hover');
    this.legend = element.querySelector('#legend');
    this.strip = element.querySelector('#neighbours');
    this.said.textContent = this.said.parentElement.dataset.hint = HINT;
    this.#build(element);
    run.addEventListener('images', () => this.#newImages());
    run.addEventListener('neighbours', e => this.#neighbours(e.detail));
    run.addEventListener('look', () => this.#show());
    run.addEventListener('ready', () => this.#ready());
    this.#show();
  }

  get #look() { return this.run.settings.look; }

  #build(element) {
    const projections = element.querySelector('#projections');
    for (const [name, text] of Object.entries(LOOK.projection)) {
      const button = html('button', { type: 'button', 'data-projection': name, title: PROJECTIONS[name] }, text);
      button.addEventListener('click', () => this.#change({ projection: name }));
      projections.append(button);
      this.#buttons.set(name, button);
    }
    const choice = (key, label, help) => {
      const select = html('select', { 'aria-label': label, title: help }, ...Object.entries(LOOK[key]).map(([value, text]) => html('option', { value }, text)));
      select.addEventListener('change', () => this.#change({ [key]: select.value }));
      this.tools.append(html('label', { class: 'tool' }, html('span', { class: 'quiet' }, label), select));
      this.#selects.set(key, select);
    };
    choice('of', 'Of', 'What the points are: the projections z, which the loss compares, or the representations h, which are kept after training');
    choice('colour', 'Colour', 'What the colours of the points tell');
    choice('as', 'As', 'How a point is drawn');
    choice('show', 'Show', 'How many held-out images are points, at most');
    choice('pairs', 'Pairs', 'The two views of images of the last batch: springs between them, or the force of the loss on each, pull by the positives and push by the rest');
    const select = element.querySelector('#select');
    select.addEventListener('click', () => {
      const on = select.getAttribute('aria-pressed') === 'false';
      select.setAttribute('aria-pressed', String(on));
      this.view.show({ drag: on ? 'catch' : 'turn' });
    });
    const search = this.search = html('input', { type: 'search', 'aria-label': 'Search points by class, by the value of a factor, or by the name of your file' });
    search.addEventListener('input', () => this.#search(search.value.trim().toLowerCase()));
    this.tools.append(html('label', { class: 'tool' }, html('span', { class: 'quiet' }, 'Find'), search));
  }

  #change(look) {
    Object.assign(this.#look, look);
    this.run.dispatchEvent(new CustomEvent('look'));
  }

  // show brings the choices to the controls, the view and the trainer.
  #show() {
    const { projection, colour, as, pairs } = this.#look;
    for (const [name, b] of this.#buttons) b.setAttribute('aria-pressed', String(name === projection));
    for (const [key, select] of this.#selects) select.value = this.#look[key];
    this.view.show({ projection, points: as, pairs, ...colour === this.#coloured ? {} : { colour, hide: [] } });
    this.#coloured = colour;
    this.#describe();
    this.#tell();
  }

  // describe tells those who cannot see the picture what it shows.
  #describe() {
    if (!this.run.pictures) return;
    const { n, names } = this.run.pictures, { projection, of, as, colour } = this.#look;
    const coloured = colour === 'class' && names.length < 2 ? 'all of one colour' : `coloured by ${COLOURS[colour] ?? colour}`;
    this.view.describe(`${count(n)} held-out images as ${as}: their ${of === 'z' ? 'projections z' : 'representations h'}, ${SHOWN[projection]}, ${coloured}.`);
  }

  #tell() {
    const { projection, of, show, colour, pairs } = this.#look;
    this.run.send('look', { projection, space: of, points: Number(show), colour, pairs: pairs !== 'none', focus: this.#focus });
  }

  #newImages() {
    const { labelled, factors, files } = this.run.pictures, { colour } = this.#look, select = this.#selects.get('colour');
    const known = [...Object.keys(LOOK.colour), ...Object.keys(factors), 'loss', ...labelled ? ['agreement'] : []];
    const lost = select.value && !known.includes(colour);  // the images before had it
    select.replaceChildren(...known.map(name => html('option', { value: name }, COLOURS[name] ?? name)));
    this.search.value = '';
    this.search.placeholder = [...labelled ? ['class'] : [], ...Object.keys(factors).length ? ['value'] : [], ...files ? ['file'] : []].join(' or ');
    this.said.textContent = HINT;
    this.strip.replaceChildren();
    this.#focus = -1;
    this.#change(lost ? { colour: 'class' } : {});
  }

  #ready() {
    const { colour } = this.#look, select = this.#selects.get('colour');
    if (select.value) return this.#tell();
    this.#change({ colour: 'class' });
    const detail = { message: `The address asks for colour "${colour}", which these images do not have; class is used`, hint: '', fatal: false };
    this.run.dispatchEvent(new CustomEvent('error', { detail }));
  }

  // hear takes what the view says of the user's hand.
  hear(name, head) {
    if (name === 'view' && head.projection && head.projection !== this.#look.projection) this.#change({ projection: head.projection });  // by a key
    if (name === 'legend') legend(this.legend, head, this.view.hidden, hide => this.view.show({ hide }));
    if (name === 'hover') this.#hover(head);
    if (name === 'selection') this.#selected(head.points);
  }

  #hover({ index, label, chosen }) {
    if (index >= 0) this.said.textContent = `${label ? `${label}, ` : ''}image ${index}${this.#file(index)}`;
    if (chosen === this.#focus) return;
    if (chosen < 0) this.strip.replaceChildren();
    this.#focus = chosen;
    this.#tell();
  }

  // file is how the file of an image is told after it, where it has one of its own.
  #file(i) {
    const name = this.run.pictures?.files?.[i];
    return name ? `, ${name}` : '';
  }

  // mark lets points stand out and says how many of each class they are.
  #mark(points, what) {
    this.view.show({ marked: points });
    const { labels, names } = this.run.pictures, of = new Map();
    for (const i of points) of.set(labels[i], (of.get(labels[i]) ?? 0) + 1);
    const most = [...of].filter(([label]) => label >= 0).sort((a, b) => b[1] - a[1]).slice(0, 5);
    const shares = most.map(([label, n]) => n === points.length ? `${n > 1 ? 'all ' : ''}${names[label]}` : `${names[label]} ${Math.round(100 * n / points.length)}%`).join(', ');
    const number = points.length === 1 ? '1 point' : `${count(points.length)} points`;
    this.said.textContent = points.length ? `${number} ${what}${shares && `: ${shares}`}.` : HINT;
  }

  #selected(points) {
    this.search.value = '';  // what was found is marked no longer
    if (this.run.pictures) this.#mark(points, points.length === 1 ? 'is caught' : 'are caught');
  }

  #search(text) {
    const p = this.run.pictures;
    if (!p) return;
    const found = [];
    if (text) {
      for (let i = 0; i < p.n; i++) {
        const words = [p.names[p.labels[i]] ?? '', p.files?.[i] ?? '', ...Object.values(p.factors).map(f => f.names[f.of[i]] ?? '')];
        if (words.some(w => w.toLowerCase() === text || text.length > 2 && w.toLowerCase().includes(text))) found.push(i);
      }
    }
    if (text && !found.length) {
      this.view.show({ marked: [] });
      this.said.textContent = `No point is called "${text}".`;
    } else this.#mark(found, `${found.length === 1 ? 'is' : 'are'} called "${text}"`);
  }

  // neighbours shows a point with those nearest to it, before training and now.
  #neighbours(m) {
    if (m.point !== this.#focus || !this.run.pictures) return;
    const { labels, labelled } = this.run.pictures;
    const row = (title, points) => {
      const same = points.filter(i => labels[i] === labels[m.point]).length;
      const alike = `${same} of ${points.length} of its class`.replaceAll(' ', '\u00a0');  // a line of its own, where there is no room for one
      const head = html('span', { class: 'quiet' }, labelled ? `${title}: ${alike}` : title);
      return html('div', { class: 'strip' }, head, ...points.map(i => this.#thumbnail(i, labels[i] === labels[m.point])));
    };
    const buttons = () => [...this.strip.querySelectorAll('button')], focused = buttons().indexOf(document.activeElement);
    this.strip.replaceChildren(row('Nearest untrained', m.before), row('Nearest now', m.now));
    buttons()[focused]?.focus();  // who walks through them by keyboard stays there
  }

  #thumbnail(i, same) {
    const { names, labels } = this.run.pictures;
    const name = `image ${i}, ${names[labels[i]] ?? 'no class'}${this.#file(i)}`;
    const button = html('button', { type: 'button', class: same ? 'thumbnail' : 'thumbnail other', title: name, 'aria-label': name }, draw(this.run.pictures, i));
    button.addEventListener('click', () => this.view.show({ chosen: i }));
    return button;
  }
}

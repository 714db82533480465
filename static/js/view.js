// The page's handle of the view, a program in an iframe. What it should show is kept, so that a view that comes late or
// starts again (after a lost WebGL context) shows it too.
import { decode, encode } from './protocol.js';

// What the page says where the picture is drawn without WebGL.
const WITHOUT = {
  none: 'The browser gives this page no WebGL, so the picture is drawn by the processor.',
  lost: 'WebGL was lost twice, so the picture is drawn by the processor.',
  emulated: 'Drawn by the processor, which here is faster than WebGL.',
};

const dark = matchMedia('(prefers-color-scheme: dark)');
const calm = matchMedia('(prefers-reduced-motion: reduce)');

export class View {
  #frame = null;
  #ready = false;
  #without = null;  // says that there is no WebGL
  #state = { hide: [], drag: 'turn', marked: [] };  // and what space.js shows
  #kept = new Map();  // the last images, snapshot and pairs, in this order
  #chosen = -1;  // the point that is
  #wish = 0;     // how often the view was told its state
  #text = '';    // what it shows, for those who cannot see it
  #listen;

  // listen(name, head) hears what the view says.
  constructor(listen) {
    this.#listen = listen;
    for (const query of [dark, calm]) query.addEventListener('change', () => this.#tell());
    addEventListener('message', ({ data, source, origin }) => {
      if (!this.#frame || source !== this.#frame.contentWindow || origin !== location.origin) return;
      this.#hear(decode(data));
    });
  }

  // open puts the view into an element.
  open(element) {
    if (this.#frame) return;
    this.#frame = document.createElement('iframe');
    this.#frame.src = `view.html${location.search}`;  // embed, webgl
    this.#frame.title = 'Embedding: drag or use the arrow keys to turn it, + and − to zoom, comma and full stop to walk through the points';
    this.#without = Object.assign(document.createElement('p'), { className: 'view-without', hidden: true });
    this.#without.setAttribute('role', 'status');
    element.append(this.#frame, this.#without);
  }

  #hear({ name, head }) {
    if (name === 'view' && !head.projection) {  // it has just started
      this.#ready = true;
      this.#without.hidden = !head.without;
      this.#without.textContent = WITHOUT[head.without] ?? '';
      // Factors to colour by, groups to hide and points to mark are those of the images, and numbers are of a colour.
      const { images, ...rest } = Object.fromEntries(this.#kept), chosen = this.#chosen;
      if (images) this.#post(images);
      this.#tell();
      for (const buffer of Object.values(rest)) this.#post(buffer);
      if (chosen >= 0) this.show({ chosen });
      return;
    }
    if (name === 'legend' && this.#ready) {  // it has the images; before, it is empty and light
      this.#frame.classList.add('ready');
      this.#label();
    }
    if (name === 'view') {
      if (head.wish !== this.#wish) return;  // what a key chose before the last wish, which the view follows
      this.#state.projection = head.projection;
    }
    if (name === 'hover') this.#chosen = head.chosen;
    if (name === 'error') {  // what it shows last hides what the page says instead
      this.#ready = false;
      this.#frame.classList.remove('ready');
    }
    this.#listen(name, head);
  }

  #tell() {
    const state = { theme: dark.matches ? 'dark' : 'light', motion: calm.matches ? 'none' : 'smooth', ...this.#state };
    this.#post(encode('view', { wish: ++this.#wish, ...state }));
  }

  #post(buffer) {
    if (this.#ready) this.#frame.contentWindow.postMessage(buffer, location.origin);
  }

  // describe says what is shown, for those who cannot see it.
  describe(text) {
    this.#text = text;
    this.#label();
  }

  // label makes a screen reader say so of the canvas, and leave the keys that it knows to it.
  #label() {
    const canvas = this.#ready && this.#frame.contentDocument.querySelector('canvas');
    if (!canvas) return;
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-label', this.#text);
  }

  images(buffer) {
    this.#kept = new Map([['images', buffer]]);
    Object.assign(this.#state, { hide: [], marked: [] });
    this.#chosen = -1;
    this.#post(buffer);
  }

  snapshot(buffer) { this.#keep('snapshot', buffer); }
  pairs(buffer) { this.#keep('pairs', buffer); }

  #keep(name, buffer) {
    this.#kept.set(name, buffer);
    this.#post(buffer);
  }

  // picture returns what is shown as a PNG, null where nothing is.
  async picture() { return this.#shows ? this.#frame.contentWindow.picture() : null; }

  // drawing returns it as an SVG with a title, null where nothing is.
  drawing(title) { return this.#shows ? this.#frame.contentWindow.drawing(title) : null; }

  // record returns a stream of it and an end() to call, null where nothing is shown.
  record() { return this.#shows ? this.#frame.contentWindow.record() : null; }

  get #shows() { return this.#ready && this.#kept.size > 0; }

  // The groups of the legend that are hidden, by index.
  get hidden() { return this.#state.hide; }

  // show changes {projection, hide, colour, points, pairs, drag, marked}, and chosen for once.
  show({ chosen, ...state }) {
    const differs = Object.entries(state).some(([key, value]) => this.#state[key] !== value);  // or the view has just said so itself
    Object.assign(this.#state, state);
    if (chosen !== undefined) this.#post(encode('view', { wish: this.#wish, chosen, hide: null, marked: null }));
    else if (differs) this.#tell();
  }
}

// What can be taken from the page and brought back: the run as a checkpoint, figures and points as tables, the picture,
// the address, and the command that trains the same natively.
import { command } from './address.js';
import { Clip } from './clip.js';
import { html } from './elements.js';
import { count } from './names.js';
import { Table } from './table.js';

const STEPS = 20_000, EVALUATIONS = 5_000;  // that are kept of a run

// save lets the user keep a file.
function save(name, content, type) {
  const link = html('a', { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const quoted = v => v == null ? '' : /[",\n]/.test(v) ? `"${String(v).replaceAll('"', '""')}"` : v;
const csv = rows => rows.map(row => row.map(quoted).join(',')).join('\n') + '\n';

const FIGURES = ['step', 'epoch', 'loss', 'lr', 'knn_top1', 'std', 'effective_rank', 'alignment', 'uniformity', 'images_per_second'];

export class Keep {
  #steps = new Table(FIGURES.length, STEPS);
  #evaluations = new Table(FIGURES.length, EVALUATIONS);

  // say(text) tells the user what was done, fail(message, hint) what could not be: on the page, which the dialog covers.
  constructor(button, run, view, say, fail) {
    Object.assign(this, { run, view, say });
    this.fail = (...why) => { this.dialog.close(); fail(...why); };
    run.addEventListener('metrics', ({ detail: m }) => {
      const table = m.std == null ? this.#steps : this.#evaluations;
      table.add(FIGURES.map(key => m[key] ?? NaN));
    });
    run.addEventListener('state', e => { if (e.detail.phase === 'loading') this.#steps.clear(), this.#evaluations.clear(); });
    run.addEventListener('checkpoint', ({ detail: { buffer, head, body } }) => save(head.name, new Uint8Array(buffer, body), 'application/octet-stream'));
    this.said = html('p', { class: 'quiet', role: 'status' });
    this.file = html('input', { type: 'file', accept: '.safetensors', hidden: true });
    this.file.addEventListener('change', () => { if (this.file.files[0]) this.load(this.file.files[0]); this.file.value = ''; });
    this.dialog = html('dialog', { class: 'keep', 'aria-labelledby': 'keep-title' }, html('h2', { id: 'keep-title' }, 'Keep and share'), this.#list(), this.file,
      html('form', { method: 'dialog' }, html('button', {}, 'Close'), this.said));
    document.body.append(this.dialog);
    button.addEventListener('click', () => this.open());
  }

  get #name() { return `${this.run.settings.algo}-${this.run.settings.data}-${this.run.metrics.step}`; }

  open() {
    const yours = this.run.settings.data === 'yours';
    this.address.textContent = yours ? 'Holds every setting, but not your images: whoever opens it needs them, too.' : 'Holds every setting and how the embedding is shown; whoever opens it sees the same experiment.';
    this.command.textContent = command(this.run.settings);
    this.said.textContent = '';
    if (!this.dialog.open) this.dialog.showModal();
  }

  #list() {
    const item = (title, what, ...buttons) => html('li', {}, html('div', {}, html('b', {}, title), html('p', { class: 'quiet' }, what)), ...buttons);
    const button = (text, label, f) => {
      const b = html('button', { type: 'button', 'aria-label': label }, text);
      b.addEventListener('click', f);
      return b;
    };
    this.address = html('span');
    this.command = html('code', { tabindex: '0' });
    return html('ul', { class: 'keeps' },
      item('Address', this.address, button('Copy', 'Copy the address', () => this.copy(location.href))),
      item('Run', 'Weights, optimiser and state as a file, which you may also drop onto the page. It goes on bit for bit, here or natively.',
        button('Save', 'Save the run', () => this.saveRun()), button('Load…', 'Load a run', () => this.file.click())),
      item('Figures', 'Steps and evaluations, as CSV; of a very long run every second, every fourth and so on.', button('Save', 'Save the figures', () => this.figures())),
      item('Points', 'Positions of the embedding with classes, and your images\' files, as CSV.', button('Save', 'Save the points', () => this.points())),
      item('Picture', 'The embedding as it is shown, in pixels or as a drawing.',
        button('PNG', 'Save the picture as PNG', () => this.picture()), button('SVG', 'Save the picture as SVG', () => this.drawing())),
      this.#clipItem(item, button),
      html('li', {}, html('div', {}, html('b', {}, 'The same natively'), html('p', {}, this.command)),
        button('Copy', 'Copy the command', () => this.copy(this.command.textContent))));
  }

  #clipItem(item, button) {
    const refused = Clip.refused();
    if (refused) return item('Clip', refused);
    const done = film => {
      save(`${this.#name}.webm`, film, 'video/webm');
      this.say('The clip is saved.');
    };
    const clip = new Clip(this.view, document.querySelector('.space-head'), done, this.fail);
    return item('Clip', 'What the embedding does, as a film (WebM). Turn it, train, then press Stop.',
      button('Record', 'Record a clip of the embedding', () => { this.dialog.close(); clip.start(); }));
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.said.textContent = 'Copied.';
    } catch {
      this.said.textContent = 'The browser does not let this page copy: select the text and copy it by hand.';
    }
  }

  saveRun() { if (!this.run.save()) this.fail('there is no run to save', 'change the setting that it could not start with, or press Reset'); }

  // load goes on with a checkpoint.
  async load(file) {
    if (file.size > 1 << 30) return this.fail(`${file.name} has ${count(Math.round(file.size / 2 ** 20))} MB, more than a run of this page`, 'choose a file that was saved here, or a checkpoint of the command');
    const bytes = await file.arrayBuffer().catch(() => null);
    if (!bytes) return this.fail(`${file.name} cannot be read`, 'choose it again');
    this.dialog.close();
    this.run.open(file.name, new Uint8Array(bytes));
  }

  figures() {
    const rows = [...this.#steps.rows(), ...this.#evaluations.rows()].sort((a, b) => a[0] - b[0]);
    save('figures.csv', csv([FIGURES, ...rows]), 'text/csv');
  }

  points() {
    const e = this.run.embedding();
    if (!e) return this.fail('there are no points yet', 'wait until the run is ready');
    const names = Object.keys(e).filter(name => e[name] instanceof Float32Array && e[name].length === 3 * e.n);
    const place = (name, i) => [...e[name].subarray(3 * i, 3 * i + 3)];
    const files = e.files ? [e.files] : [];
    const rows = Array.from({ length: e.n }, (_, i) => [i, ...files.map(f => f[i]), e.classes[e.labels[i]] ?? '', ...names.flatMap(name => place(name, i))]);
    save('points.csv', csv([['image', ...files.map(() => 'file'), 'class', ...names.flatMap(n => [`${n}_x`, `${n}_y`, `${n}_z`])], ...rows]), 'text/csv');
  }

  async picture() {
    const blob = await this.view.picture();
    if (blob) save(`${this.#name}.png`, blob, 'image/png');
    else this.fail('there is no picture yet', 'wait until the embedding is shown');
  }

  drawing() {
    const { settings, metrics } = this.run, drawing = this.view.drawing(`${settings.algorithm.title} on ${settings.data}, step ${metrics.step}`);
    if (drawing) save(`${this.#name}.svg`, drawing, 'image/svg+xml');
    else this.fail('there is no picture yet', 'wait until the embedding is shown');
  }
}

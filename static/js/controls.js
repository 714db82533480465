// The form of the experiment, made from the registry: what to train on what, and every hyperparameter along the way of
// the data.

const TITLES = { run: 'Run', views: 'Views', encoder: 'Encoder', head: 'Projection head', algorithm: 'Algorithm', optimiser: 'Optimiser', evaluation: 'Evaluation' };
const OPEN = ['algorithm'];
const NAMES = { shapes: 'Shapes', mnist: 'MNIST', yours: 'your images', convnet: 'ConvNet', mlp: 'MLP', resnet: 'ResNet', vit: 'ViT' };

// title is how a data set or an encoder is written.
export const title = name => NAMES[name] ?? name;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// words makes a label of a key.
const words = key => (key[0].toUpperCase() + key.slice(1)).replaceAll('-', ' ')
  .replace(/^Lr\b/, 'Learning rate').replace(/^Knn k$/, 'Neighbours').replace(/^Knn\b/, 'kNN').replace(/\bprob$/, 'probability');

export class Controls {
  #rows = new Map();
  #picks = new Map();
  #groups = [];

  // form holds the controls, help shows what the one in use does; onPick(kind, name) hears a choice of data, algorithm or
  // encoder, onChange(key, text) a valid change of a hyperparameter.
  constructor(form, help, settings, onPick, onChange) {
    Object.assign(this, { form, help, settings, onPick, onChange });
    form.addEventListener('submit', e => e.preventDefault());
    const { registry } = settings;
    this.#pick('data', 'Data', registry.datasets);
    this.#pick('algo', 'Algorithm', registry.algorithms);
    this.#pick('encoder', 'Encoder', registry.encoders);
    for (const group of Object.keys(TITLES)) this.#group(group, registry.params.filter(p => p.group === group));
    this.refresh();
  }

  #pick(kind, label, entries) {
    const select = make('select', { id: `pick-${kind}` });
    for (const e of entries) select.append(make('option', { value: e.name }, e.title ?? title(e.name)));
    select.addEventListener('change', () => this.onPick(kind, select.value));
    const row = make('div', { class: 'row wide' }, make('label', { for: select.id }, label), select);
    this.#explain(row, select, () => {
      const e = entries.find(e => e.name === select.value);
      return [e.title ?? title(e.name), e.help];
    });
    this.#picks.set(kind, select);
    this.form.append(row);
  }

  // below puts an element after the choice of data, algorithm or encoder.
  below(kind, element) { this.#picks.get(kind).closest('.row').after(element); }

  // offer adds an entry {name, title, help} to a choice, in the place of one with its name.
  offer(kind, entry) {
    const select = this.#picks.get(kind), { datasets } = this.settings.registry, at = datasets.findIndex(e => e.name === entry.name);
    datasets.splice(at < 0 ? datasets.length : at, 1, entry);
    const option = [...select.options].find(o => o.value === entry.name) ?? make('option', { value: entry.name });
    option.textContent = entry.title;
    select.append(option);
  }

  #group(name, params) {
    if (!params.length) return;
    const rows = make('div', { class: 'rows' }), count = make('span', { class: 'quiet' });
    const details = make('details', { open: OPEN.includes(name) }, make('summary', {}, TITLES[name], ' ', count), rows);
    for (const p of params) rows.append(this.#row(p));
    this.#groups.push({ details, params, count });
    this.form.append(details);
  }

  #row(p) {
    const id = `set-${p.key}`, label = make('label', { for: id }, words(p.key)), row = make('div', { class: 'row' }, label);
    if (p.unit) label.append(' ', make('span', { class: 'unit' }, p.unit));
    const back = make('button', { type: 'button', class: 'default', title: 'Back to the default', 'aria-label': `${words(p.key)}: back to the default` }, '↺');
    const error = make('p', { class: 'error', id: `${id}-error`, hidden: true });
    const field = p.kind === 'bool' ? make('input', { type: 'checkbox', id })
      : p.kind === 'choice' ? make('select', { id }, ...p.choices.map(c => make('option', {}, c)))
        : make('input', { type: 'text', id, inputmode: p.kind === 'widths' ? 'text' : 'decimal', 'aria-describedby': error.id });
    const entry = { p, row, field, error, slider: this.#slider(p) };
    row.append(make('div', { class: 'field' }, back, field));
    if (entry.slider) {
      entry.slider.setAttribute('aria-label', words(p.key));
      entry.slider.addEventListener('input', () => { field.value = fromSlider(p, entry.slider.value); });
      entry.slider.addEventListener('change', () => this.#changed(entry, field.value));
      row.append(entry.slider);
    }
    row.append(error);
    field.addEventListener('change', () => this.#changed(entry, p.kind === 'bool' ? String(field.checked) : field.value.trim()));
    back.addEventListener('click', () => { this.#changed(entry, String(this.settings.default(p.key))); field.focus(); });
    this.#explain(row, field, () => [words(p.key), `${p.help}. ${this.#range(p)}Default ${this.settings.default(p.key)}. ${p.live ? 'Takes effect at once.' : 'A change starts the run again.'}`]);
    this.#rows.set(p.key, entry);
    return row;
  }

  #range = p => p.kind === 'float' || p.kind === 'int' ? `${p.min} to ${p.max.toLocaleString('en')}${p.unit ? ` ${p.unit}` : ''}. ` : '';

  // A slider suits a range that an eye can divide: a few units, or a few powers of ten.
  #slider(p) {
    if (p.kind !== 'float' || p.max > 180) return null;
    return make('input', { type: 'range', min: 0, max: 1, step: 'any' });
  }

  #explain(row, field, text) {
    const show = () => {
      const [name, help] = text();
      this.help.replaceChildren(make('p', {}, make('b', {}, name)), make('p', {}, help[0].toUpperCase() + help.slice(1)));
      field.title = help;
    };
    row.addEventListener('pointerenter', show);
    row.addEventListener('focusin', show);
    field.setAttribute('aria-description', text()[1]);
  }

  #changed(entry, text) {
    const wrong = this.settings.check(entry.p.key, text);
    entry.error.textContent = wrong;
    entry.error.hidden = !wrong;
    entry.field.setAttribute('aria-invalid', String(!!wrong));
    if (!wrong) this.onChange(entry.p.key, text);
  }

  // refresh shows the settings as they are.
  refresh() {
    const s = this.settings;
    for (const [kind, select] of this.#picks) select.value = s[kind];
    for (const { p, row, field, slider, error } of this.#rows.values()) {
      const value = s.value(p.key);
      row.hidden = !s.uses(p);
      row.classList.toggle('changed', s.given.has(p.key));
      if (p.kind === 'bool') field.checked = value === 'true';
      else if (document.activeElement !== field || error.hidden) field.value = value;
      if (error.hidden === false && !s.check(p.key, field.value)) error.hidden = true, field.setAttribute('aria-invalid', 'false');
      if (slider) slider.value = toSlider(p, Number(value));
    }
    for (const { details, params, count } of this.#groups) {
      const used = params.filter(p => s.uses(p)), changed = used.filter(p => s.given.has(p.key)).length;
      details.hidden = !used.length;
      count.textContent = changed ? `· ${changed} changed` : '';
    }
  }
}

// A slider goes from 0 to 1; where the range spans more than two powers of ten it is logarithmic.
const logarithmic = p => p.min > 0 && p.max / p.min > 100;
const toSlider = (p, v) => logarithmic(p) ? Math.log(v / p.min) / Math.log(p.max / p.min) : (v - p.min) / (p.max - p.min);
function fromSlider(p, t) {
  const v = logarithmic(p) ? p.min * (p.max / p.min) ** t : p.min + t * (p.max - p.min);
  return String(Number(v.toPrecision(2)));
}

// The form of the experiment, made from the registry: the stages that the data pass from top to bottom, each with its
// choice, its picture and its hyperparameters.
import { html } from './elements.js';
import { capital, count, title } from './names.js';
import { STAGES } from './stages.js';

const PARTS = [
  { name: 'data', title: 'Data', pick: 'data', list: 'datasets', groups: [] },
  { name: 'views', title: 'Two views', groups: ['views'], front: ['augment'] },
  { name: 'encoder', title: 'Encoder and head', pick: 'encoder', list: 'encoders', groups: ['encoder', 'head'] },
  { name: 'algorithm', title: 'Algorithm', pick: 'algo', list: 'algorithms', groups: ['algorithm'], front: ['temperature'] },
  { name: 'optimiser', title: 'Optimiser', groups: ['optimiser'], front: ['optimiser', 'lr'] },
  { name: 'run', title: 'Run and evaluation', groups: ['run', 'evaluation'] },
];
const GROUPS = { views: 'Strengths', encoder: 'Layers', head: 'Head', algorithm: 'Settings', optimiser: 'Schedule', run: 'Run', evaluation: 'Evaluation' };

// words makes a label of a key.
const words = key => capital(key).replaceAll('-', ' ')
  .replace(/^Lr\b/, 'Learning rate').replace(/^Knn k$/, 'Neighbours').replace(/^Knn\b/, 'kNN').replace(/\bprob$/, 'probability');

export class Controls {
  #rows = new Map();
  #picks = new Map();
  #groups = [];
  #stages = new Map();
  #idle = {};      // settings that change nothing, by key: why
  #describe = [];  // functions that describe a field, whose default depends on the choices

  // form holds the controls, help shows what the one in use does; onPick(kind, name) hears a choice of data, algorithm or
  // encoder, onChange(key, text) a valid change of a hyperparameter.
  constructor(form, help, settings, onPick, onChange) {
    Object.assign(this, { form, help, settings, onPick, onChange });
    form.addEventListener('submit', e => e.preventDefault());
    for (const part of PARTS) this.#add(part);
    this.refresh();
  }

  // add makes a stage: a head with its choice, places for pictures, what is changed most, and the rest folded away.
  #add({ name, title, pick, list, groups, front = [] }) {
    const { registry } = this.settings, id = `stage-${name}`, of = group => registry.params.filter(p => p.group === group);
    const heading = html('h3', { id }, pick ? html('label', { for: `pick-${pick}` }, title) : title), head = html('div', { class: 'stage-head' }, heading);
    const place = html('div', { class: 'place' }), section = html('section', { class: 'stage', 'aria-labelledby': id, 'data-stage': name }, head, place);
    if (pick) head.append(this.#pick(pick, title, registry[list], head));
    const all = groups.flatMap(of), switches = all.filter(p => p.kind === 'bool' && p.live && p.group === 'algorithm'), shown = all.filter(p => front.includes(p.key));
    if (switches.length) section.append(html('div', { class: 'switches', role: 'group', 'aria-label': 'Switches' }, ...switches.map(p => this.#row(p, false))));
    if (shown.length) section.append(html('div', { class: 'rows' }, ...shown.map(p => this.#row(p))));
    const folds = html('div', { class: 'folds' }, ...groups.map(group => this.#fold(GROUPS[group], of(group).filter(p => !switches.includes(p) && !shown.includes(p)))));
    section.append(folds);
    this.form.append(section);
    this.#stages.set(name, { section, head, place, folds });
  }

  #pick(kind, label, entries, row) {
    const select = html('select', { id: `pick-${kind}` });
    for (const e of entries) select.append(html('option', { value: e.name }, e.title ?? title(e.name)));
    select.addEventListener('change', () => this.onPick(kind, select.value));
    this.#explain(row, select, () => {
      const e = entries.find(e => e.name === select.value);
      return [e.title ?? title(e.name), e.help];
    });
    this.#picks.set(kind, select);
    return select;
  }

  // stage returns a stage's elements: its head, the place of its picture, and what is folded away.
  stage(name) { return this.#stages.get(name); }

  // light lets the stage shine that a stage of a step belongs to, '' for none.
  light(name) { for (const [stage, { section }] of this.#stages) section.classList.toggle('lit', STAGES[name]?.of === stage); }

  // offer adds an entry {name, title, help} to a choice, in the place of one with its name.
  offer(kind, entry) {
    const select = this.#picks.get(kind), { datasets } = this.settings.registry, at = datasets.findIndex(e => e.name === entry.name);
    datasets.splice(at < 0 ? datasets.length : at, 1, entry);
    const option = [...select.options].find(o => o.value === entry.name) ?? html('option', { value: entry.name });
    option.textContent = entry.title;
    select.append(option);
  }

  #fold(name, params) {
    const count = html('span', { class: 'quiet' });
    const details = html('details', {}, html('summary', {}, name, ' ', count), html('div', { class: 'rows' }, ...params.map(p => this.#row(p))));
    this.#groups.push({ details, params, count });
    return details;
  }

  #row(p, reset = true) {
    const id = `set-${p.key}`, label = html('label', { for: id }, words(p.key)), row = html('div', { class: 'row' }, label);
    if (p.unit && !words(p.key).endsWith(p.unit)) label.append(' ', html('span', { class: 'unit' }, p.unit));
    const back = html('button', { type: 'button', class: 'default', title: 'Back to the default', 'aria-label': `${words(p.key)}: back to the default` }, '↺');
    const error = html('p', { class: 'error', id: `${id}-error`, hidden: true });
    const field = p.kind === 'bool' ? html('input', { type: 'checkbox', id })
      : p.kind === 'choice' ? html('select', { id }, ...p.choices.map(c => html('option', {}, c)))
        : html('input', { type: 'text', id, class: p.kind, inputmode: p.kind === 'widths' ? 'text' : 'decimal' });
    const idle = html('p', { class: 'idle', hidden: true }), entry = { p, row, field, error, idle, slider: this.#slider(p) };
    row.append(html('div', { class: 'field' }, ...reset ? [back] : [], field));
    if (entry.slider) {
      entry.slider.setAttribute('aria-label', words(p.key));
      entry.slider.addEventListener('input', () => {
        field.value = fromSlider(p, entry.slider.value);
        entry.slider.setAttribute('aria-valuetext', field.value);
      });
      entry.slider.addEventListener('change', () => this.#changed(entry, field.value));
      let before;  // a finger that scrolls the page may have come down on the slider, which jumps to it at once
      entry.slider.addEventListener('pointerdown', () => { before = field.value; });
      entry.slider.addEventListener('pointercancel', () => this.#changed(entry, before));
      row.append(entry.slider);
    }
    row.append(error, idle);
    field.addEventListener('change', () => this.#changed(entry, p.kind === 'bool' ? String(field.checked) : field.value.trim()));
    back.addEventListener('click', () => { this.#changed(entry, String(this.settings.default(p.key))); field.focus(); });
    const acts = p.live ? 'Takes effect at once.' : 'A change starts the run again.';
    this.#explain(row, field, () => [words(p.key), `${this.#why(p.key)}${p.help}. ${this.#range(p)}Default ${this.settings.default(p.key)}. ${acts}`]);
    this.#rows.set(p.key, entry);
    return row;
  }

  #why = key => this.#idle[key] ? `No effect: ${this.#idle[key]}. ` : '';

  #range = p => p.kind === 'float' || p.kind === 'int' ? `${p.min} to ${count(p.max)}${p.unit ? ` ${p.unit}` : ''}. ` : '';

  // A slider suits a range that an eye can divide: a few units, or a few powers of ten.
  #slider(p) {
    if (p.kind !== 'float' || p.max > 180) return null;
    return html('input', { type: 'range', min: 0, max: 1, step: 'any' });
  }

  #explain(row, field, text) {
    const show = () => {
      const [name, help] = text();
      this.help.replaceChildren(html('p', {}, html('b', {}, name)), html('p', {}, capital(help)));
    };
    row.addEventListener('pointerenter', show);
    row.addEventListener('focusin', show);
    this.#describe.push(() => {
      const [, help] = text();
      field.title = help;
      field.setAttribute('aria-description', help);
    });
  }

  #changed(entry, text) {
    const wrong = this.settings.check(entry.p.key, text);
    this.#correct(entry, wrong);
    if (!wrong) this.onChange(entry.p.key, text);
  }

  #correct({ field, error }, wrong) {
    error.textContent = wrong;
    error.hidden = !wrong;
    field.setAttribute('aria-invalid', String(!!wrong));
    if (wrong) field.setAttribute('aria-describedby', error.id);
    else field.removeAttribute('aria-describedby');  // an empty one would silence the description
  }

  // blame shows a message of the trainer at the field that it begins with, until a setting changes.
  blame(message) {
    const entry = this.#rows.get(message.split(' ')[0]);
    if (!entry) return;
    this.#correct(entry, `${capital(message)}.`);
    const fold = entry.row.closest('details');
    if (fold) fold.open = true;
  }

  // rest tells which settings change nothing, by key: why.
  rest(idle) {
    this.#idle = idle;
    for (const { p, idle: note, slider } of this.#rows.values()) {
      note.textContent = this.#why(p.key).trim();
      note.hidden = !note.textContent;
      slider?.setAttribute('aria-description', note.textContent);
    }
    for (const describe of this.#describe) describe();
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
      if (!error.hidden && !s.check(p.key, field.value)) this.#correct({ field, error }, '');
      if (slider) {
        slider.value = toSlider(p, Number(value));
        slider.setAttribute('aria-valuetext', value);
      }
    }
    for (const describe of this.#describe) describe();
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
  return String(Math.min(Math.max(Number(v.toPrecision(2)), p.min), p.max));  // 0.9999 is not 1
}

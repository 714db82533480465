// What the user wants to run. The registry declares every hyperparameter; the most specific default wins, as in
// core/train: algorithm over kind of views over data set over table.

import { USUAL } from './look.js';
import { count } from './names.js';

// The choices, and the registry's lists that they are made from.
export const LISTS = { algo: 'algorithms', data: 'datasets', encoder: 'encoders' };

export class Settings {
  constructor(registry) {
    this.registry = registry;
    this.params = new Map(registry.params.map(p => [p.key, p]));
    this.algo = this.#first(registry.algorithms, 'simclr');
    this.data = this.#first(registry.datasets, 'shapes');
    this.encoder = this.#first(registry.encoders, 'convnet');
    this.initial = { algo: this.algo, data: this.data, encoder: this.encoder };
    this.given = new Map();  // values that differ from their default, as text
    this.look = { ...USUAL };  // of the embedding
  }

  // clear goes back to all defaults.
  clear() {
    Object.assign(this, this.initial);
    this.given.clear();
  }

  #first = (list, wanted) => (list.find(x => x.name === wanted) ?? list[0]).name;

  get algorithm() { return this.registry.algorithms.find(a => a.name === this.algo); }

  // uses tells whether the run depends on a hyperparameter at all.
  uses(param) {
    if (param.owned && !(param.key in this.algorithm.defaults) && !(param.key in this.#views)) return false;
    if (param.group === 'encoder') return this.registry.encoders.find(e => e.name === this.encoder).keys.includes(param.key);
    return true;
  }

  // The default of the data set or the table.
  #plain = key => this.registry.data_defaults[this.data]?.[key] ?? this.params.get(key).default;

  // The defaults of the chosen kind of views, with those that only it has.
  get #views() { return this.registry.view_defaults[this.given.get('augment') ?? this.#plain('augment')] ?? {}; }

  default(key) { return this.algorithm.defaults[key] ?? this.#views[key] ?? this.#plain(key); }

  value(key) { return this.given.get(key) ?? String(this.default(key)); }

  // off tells whether a switch is off, or a number 0.
  off(key) { return this.value(key) === 'false' || Number(this.value(key)) === 0; }

  // give sets a value, given as text, and reports whether it changed.
  give(key, text) {
    const before = this.value(key), { kind } = this.params.get(key);
    if (kind === 'float' || kind === 'int') text = String(Number(text));  // 1e-3 is 0.001
    if (text === String(this.default(key))) this.given.delete(key);
    else this.given.set(key, text);
    return this.value(key) !== before;
  }

  // check returns what is wrong with a value, '' if nothing is.
  check(key, text) {
    const p = this.params.get(key);
    if (p.kind === 'choice') return p.choices.includes(text) ? '' : `Choose one of ${p.choices.join(', ')}.`;
    if (p.kind === 'bool') return ['true', 'false'].includes(text) ? '' : 'Give true or false.';
    const numbers = p.kind === 'widths' ? text.split('-') : [text], whole = p.kind !== 'float';
    const form = p.kind === 'widths' ? /^\d+$/ : /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
    const good = t => form.test(t) && (!whole || Number.isInteger(Number(t))) && Number(t) >= p.min && Number(t) <= p.max;
    if (numbers.every(good)) return '';
    const range = `from ${p.min} to ${count(p.max)}`;
    return p.kind === 'widths' ? `Give whole numbers ${range} joined by dashes, such as ${p.default}.` : `Give a ${whole ? 'whole ' : ''}number ${range}.`;
  }

  // run is what the trainer needs to start.
  run() {
    const values = {};
    for (const [key, text] of this.given) if (this.uses(this.params.get(key))) values[key] = text;
    return { algo: this.algo, data: this.data, encoder: this.encoder, values };
  }
}

// The address of the page holds the whole state after its #: v=1, then what differs from the defaults, of the settings and of
// how the embedding is shown, so that a copied address shows the same experiment. What is wrong in one is told, and defaults
// take its place.
import { LOOK, USUAL } from './look.js';
import { LISTS } from './settings.js';

const VERSION = '1';

// read gives the settings what an address says. It returns what is wrong with it, a sentence each.
export function read(settings, hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  settings.look = { ...USUAL };
  if (![...given].length) return [];
  if (given.get('v') !== VERSION) return [`The address has version "${given.get('v') ?? ''}" of the state, this page knows ${VERSION}; the defaults are used.`];
  const wrong = [];
  for (const [kind, list] of Object.entries(LISTS)) {
    const name = given.get(kind);
    if (name === null) continue;
    if (settings.registry[list].some(e => e.name === name)) settings[kind] = name;
    else if (kind === 'data' && name === 'yours') wrong.push(`The address is of an experiment on somebody's own images, which it cannot hold; ${settings.data} is used until they are chosen under "Your own images".`);
    else wrong.push(`The address asks for ${kind} "${name}", which there is not; ${settings[kind]} is used.`);
  }
  for (const [key, names] of Object.entries(LOOK)) {
    const name = given.get(key);
    if (name === null) continue;
    if (key === 'colour' || Object.hasOwn(names, name)) settings.look[key] = name;  // what colours there are the images tell
    else wrong.push(`The address asks for ${key} "${name}", which there is not; ${settings.look[key]} is used.`);
  }
  // The kind of views comes first, since it brings keys of its own.
  const entries = [...given].filter(([key]) => key !== 'v' && !(key in LISTS) && !(key in LOOK)).sort(([a], [b]) => (b === 'augment') - (a === 'augment'));
  for (const [key, text] of entries) {
    if (!settings.params.has(key)) wrong.push(`The address has the setting "${key}", which there is not; it is left out.`);
    else if (settings.check(key, text)) wrong.push(`The address sets ${key} to "${text}"; the default ${settings.default(key)} is used. ${settings.check(key, text)}`);
    else settings.give(key, text);
  }
  return wrong;
}

// write returns the address's part after the page's name for the settings, '' for the defaults.
export function write(settings) {
  const run = settings.run(), state = new URLSearchParams({ v: VERSION });
  for (const kind of Object.keys(LISTS)) if (run[kind] !== settings.initial[kind]) state.set(kind, run[kind]);
  for (const [key, text] of Object.entries(run.values)) state.set(key, text);
  for (const [key, name] of Object.entries(settings.look)) if (name !== USUAL[key]) state.set(key, name);
  return [...state].length > 1 ? `#${state}` : '';
}

// keep makes the address follow the settings, and the settings an address that the user edits.
export function keep(run, told) {
  const show = () => {
    const address = location.pathname + location.search + write(run.settings);
    if (address !== location.pathname + location.search + location.hash) history.replaceState(null, '', address);
  };
  for (const event of ['settings', 'look']) run.addEventListener(event, show);
  addEventListener('hashchange', () => {
    run.settings.clear();
    told(read(run.settings, location.hash));
    run.start();
    for (const event of ['settings', 'look']) run.dispatchEvent(new CustomEvent(event));
  });
  show();
}

// command returns the command that trains the same natively.
export function command(settings) {
  const run = settings.run();
  const flags = Object.entries(run.values).map(([key, text]) => ['true', 'false'].includes(text) ? `-${key}=${text}` : `-${key} ${text}`);
  return ['pushpull train', `-algo ${run.algo}`, `-data ${run.data === 'yours' ? 'path/to/images' : run.data}`, `-encoder ${run.encoder}`, ...flags].join(' ');
}

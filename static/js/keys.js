// Keys that press the page's buttons, and the list of them.
import { html } from './elements.js';

const KEYS = [
  ['Space', 'play or pause'],
  ['S', 'one step'],
  ['R', 'reset'],
  ['1 to 4', 'sphere, PCA, t-SNE, UMAP'],
  ['K', 'keep and share'],
  ['F', 'the embedding on the whole screen, and back'],
  ['?', 'this list'],
  ['In the picture', 'arrows turn it, + and − zoom, 0 goes home, s, p, t and u choose sphere, PCA, t-SNE and UMAP, '
    + 'comma and full stop walk through the points, x catches the chosen one, X those near it too, Escape lets go'],
];
const OFF = 'pushpull: no letters';
const BUTTONS = { ' ': 'play', s: 'step', r: 'reset', k: 'keep', f: 'full', '?': 'keys' };  // by their ids

// What takes every key for itself, and what takes the space bar.
const TYPED = 'input, select, dialog', PRESSED = `${TYPED}, button, summary, [tabindex="0"]`;

// stored gives what f finds in the browser's storage, null where the browser has none for this page: what is chosen there
// lasts as long as the page.
function stored(f) {
  try {
    return f(localStorage);
  } catch {
    return null;
  }
}

// keys makes the list, which a button opens, and listens. Who dictates, or hits keys by chance, can switch them off there.
export function keys(button, list) {
  const letters = list.querySelector('input');
  letters.checked = stored(s => s.getItem(OFF)) === null;
  letters.addEventListener('change', () => stored(s => letters.checked ? s.removeItem(OFF) : s.setItem(OFF, 'yes')));
  list.querySelector('dl').append(...KEYS.flatMap(([key, what]) => [html('dt', {}, key), html('dd', {}, what)]));
  button.addEventListener('click', () => {
    list.showModal();
    list.querySelector('form button').focus();  // not the switch: a key hit twice would turn it
  });
  addEventListener('keydown', e => {
    if (!letters.checked || e.repeat || e.ctrlKey || e.metaKey || e.altKey || e.target.closest(e.key === ' ' ? PRESSED : TYPED)) return;
    const pressed = document.getElementById(BUTTONS[e.key.toLowerCase()]) ?? document.querySelectorAll('[data-projection]')['1234'.indexOf(e.key)];
    if (!pressed) return;
    e.preventDefault();
    pressed.click();
  });
}

// The groups of points as the view draws them, each a button that hides or shows its points, a scale of colours, and the
// forces on pairs.
import { html, svg } from './elements.js';
import { capital } from './names.js';

// legend makes a list show what the view says of its colours, and the groups hide, by index, as hidden. onHide hears the
// indices after a button is pressed. Buttons of the same groups stay, so that a keyboard's focus does.
export function legend(list, { entries, ramp, forces, why }, hide, onHide) {
  const groups = JSON.stringify(entries);
  if (list.dataset.groups !== groups) {
    list.dataset.groups = groups;
    const again = new Set(entries.map(e => e.light + e.shape)).size < entries.length;
    list.replaceChildren(...entries.map(item), ...again ? [html('li', { class: 'quiet' }, 'Colours and markers repeat: press a name to tell groups apart.')] : []);
  }
  const buttons = [...list.querySelectorAll('button')];
  buttons.forEach((button, i) => {
    button.setAttribute('aria-pressed', String(!hide.includes(i)));
    button.onclick = () => {
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      onHide(buttons.flatMap((b, j) => b.getAttribute('aria-pressed') === 'true' ? [] : [j]));
    };
  });
  for (const e of list.querySelectorAll('.scale, .force')) e.remove();
  if (ramp) list.prepend(scale(ramp));
  list.append(...forces.map(force), ...why ? [html('li', { class: 'force quiet' }, `${capital(why)}.`)] : []);
}

function item(e) {
  return html('li', {}, html('button', { type: 'button', title: `${e.count} of the points; drawn as a ${e.shape}` }, icon(e.path, e), e.name));
}

const ARROW = 'M1 9h11V5l7 5-7 5v-4H1z';

function force(e) { return html('li', { class: 'force' }, icon(ARROW, e), e.name); }

// icon draws a path in the colours of both themes.
function icon(path, { light, dark }) {
  const picture = svg('svg', { viewBox: '0 0 20 20', 'aria-hidden': 'true' });
  picture.append(svg('path', { d: path, 'fill-rule': 'evenodd' }));
  picture.style.setProperty('--light', light);
  picture.style.setProperty('--dark', dark);
  return picture;
}

function scale(ramp) {
  const bar = html('span', { class: 'ramp', 'aria-hidden': 'true' }), short = v => String(Number(v.toPrecision(2)));
  bar.style.setProperty('--light', `linear-gradient(to right, ${ramp.light.join(', ')})`);
  bar.style.setProperty('--dark', `linear-gradient(to right, ${ramp.dark.join(', ')})`);
  return html('li', { class: 'scale' }, short(ramp.low), bar, short(ramp.high), ' ', html('span', { class: 'quiet' }, ramp.what));
}

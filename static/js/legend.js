// The groups of points as the view draws them, each a button that hides or shows its points, or a scale of colours.
import { html, svg } from './svg.js';

// legend makes a list show what the view says of its colours, and the groups hide, by index, as hidden. onHide hears the
// indices after a button is pressed. Buttons of the same groups stay, so that a keyboard's focus does.
export function legend(list, { entries, ramp }, hide, onHide) {
  const groups = JSON.stringify(entries);
  if (list.dataset.groups !== groups) {
    list.dataset.groups = groups;
    list.replaceChildren(...entries.map(item));
  }
  const buttons = [...list.querySelectorAll('button')];
  buttons.forEach((button, i) => {
    button.setAttribute('aria-pressed', String(!hide.includes(i)));
    button.onclick = () => {
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      onHide(buttons.flatMap((b, j) => b.getAttribute('aria-pressed') === 'true' ? [] : [j]));
    };
  });
  list.querySelector('.scale')?.remove();
  if (ramp) list.prepend(scale(ramp));
}

function item(e) {
  const icon = svg('svg', { viewBox: '0 0 20 20', 'aria-hidden': 'true' });
  icon.append(svg('path', { d: e.path, 'fill-rule': 'evenodd' }));
  icon.style.setProperty('--light', e.light);
  icon.style.setProperty('--dark', e.dark);
  return html('li', {}, html('button', { type: 'button', title: `${e.count} of the points; drawn as a ${e.shape}` }, icon, e.name));
}

function scale(ramp) {
  const bar = html('span', { class: 'ramp', 'aria-hidden': 'true' }), short = v => String(Number(v.toPrecision(2)));
  bar.style.setProperty('--light', `linear-gradient(to right, ${ramp.light.join(', ')})`);
  bar.style.setProperty('--dark', `linear-gradient(to right, ${ramp.dark.join(', ')})`);
  return html('li', { class: 'scale' }, short(ramp.low), bar, short(ramp.high));
}

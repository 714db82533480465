// The groups of points as the view draws them, each a button that hides or shows its points, or a scale of colours.
import { html, svg } from './svg.js';

// legend fills a list from what the view says of its colours; onHide hears the indices of the hidden groups.
export function legend(list, { entries, ramp }, onHide) {
  const hidden = new Set();
  const items = entries.map((e, i) => {
    const icon = svg('svg', { viewBox: '0 0 20 20', 'aria-hidden': 'true' });
    icon.append(svg('path', { d: e.path, 'fill-rule': 'evenodd' }));
    icon.style.setProperty('--light', e.light);
    icon.style.setProperty('--dark', e.dark);
    const button = html('button', { type: 'button', title: `${e.count} of the points; drawn as a ${e.shape}`, 'aria-pressed': 'true' }, icon, e.name);
    button.addEventListener('click', () => {
      hidden.has(i) ? hidden.delete(i) : hidden.add(i);
      button.setAttribute('aria-pressed', String(!hidden.has(i)));
      onHide([...hidden]);
    });
    return html('li', {}, button);
  });
  if (ramp) {
    const bar = html('span', { class: 'ramp', 'aria-hidden': 'true' }), short = v => String(Number(v.toPrecision(2)));
    bar.style.setProperty('--light', `linear-gradient(to right, ${ramp.light.join(', ')})`);
    bar.style.setProperty('--dark', `linear-gradient(to right, ${ramp.dark.join(', ')})`);
    items.unshift(html('li', { class: 'scale' }, short(ramp.low), bar, short(ramp.high)));
  }
  list.replaceChildren(...items);
}

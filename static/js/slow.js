// Slow motion: the trainer stays a while at each stage of a step, and says which: it lights up.
import { stages } from './diagram.js';
import { html } from './elements.js';
import { STAGES } from './stages.js';

const STAY = 600;  // milliseconds a stage

// slow lets buttons with a data-speed choose the pace, and shows in a list which stage works.
export function slow(buttons, strip, run) {
  const items = new Map(Object.entries(STAGES).map(([name, { title }]) => [name, html('li', {}, title)]));
  strip.append(...items.values());
  let chosen = 'full';
  const tell = () => run.send('pace', { milliseconds: chosen === 'slow' ? STAY : 0 });
  for (const button of buttons) {
    button.addEventListener('click', () => {
      chosen = button.dataset.speed;
      for (const b of buttons) b.setAttribute('aria-pressed', String(b === button));
      strip.hidden = chosen !== 'slow';
      tell();
    });
  }
  const offer = () => {  // the stages that this algorithm has
    const known = stages(run.settings);
    for (const [name, item] of items) item.hidden = !known.has(name);
  };
  offer();
  run.addEventListener('settings', offer);
  run.addEventListener('ready', tell);
  run.addEventListener('stage', ({ detail: { name } }) => {
    for (const [n, item] of items) item.classList.toggle('lit', n === name);
  });
}

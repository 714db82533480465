// The run that another has taken the place of, after Reset, a changed setting or a loaded run: the page offers to go back to it.
import { title } from './controls.js';
import { html } from './svg.js';

// before shows the offer in the element.
export function before(run, element) {
  const said = html('span'), back = html('button', { type: 'button' }, 'Go back'), close = html('button', { type: 'button', 'aria-label': 'Forget the run before' }, '×');
  const offer = html('p', { class: 'news', id: 'run-before', role: 'status' }, said, back, close);
  let replaced = null;
  const forget = () => { replaced = null; offer.remove(); };
  run.addEventListener('replaced', ({ detail }) => {
    replaced = detail;
    const algorithm = run.settings.registry.algorithms.find(a => a.name === detail.algo);
    said.textContent = `${algorithm?.title ?? 'The run before'} on ${title(detail.data)} is kept as it was at step ${detail.step.toLocaleString('en')}.`;
    element.append(offer);
  });
  back.addEventListener('click', () => {
    const { name, bytes } = replaced;
    forget();
    run.open(name, bytes);
  });
  close.addEventListener('click', forget);
}
